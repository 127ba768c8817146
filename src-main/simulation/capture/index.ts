export { planCapture, type CaptureRequest, type PlannedCapture } from './plan-capture'
