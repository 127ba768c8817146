export { buildRunPlan } from './build-run-plan'
