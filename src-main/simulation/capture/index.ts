export { parseFilter } from './parse-filter'
export { planCapture, type CaptureFile, type PlannedCapture } from './plan-capture'
