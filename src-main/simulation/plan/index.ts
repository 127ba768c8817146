export { buildRunPlan } from './build-run-plan'
export { CALIBRATION, calibrationWith, type CalibrationChanges } from './calibration'
export type { CostParameter } from './fitted-costs'
