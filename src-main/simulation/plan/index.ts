export { buildRunPlan } from './build-run-plan'
export { CALIBRATION, calibrationWith, COST_PARAMETERS, type CalibrationChanges } from './calibration'
export type { CostParameter } from './fitted-costs'
