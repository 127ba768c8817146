export { buildRunPlan } from './build-run-plan'
export { CALIBRATION, calibrationWith, COST_PARAMETERS, type CalibrationChanges } from './calibration'
export { variantReach, type VariantReach } from './reach'
export type { CostParameter } from './fitted-costs'
