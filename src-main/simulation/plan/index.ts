export { buildRunPlan, type RunPlanResult } from './build-run-plan'
