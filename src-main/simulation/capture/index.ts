export { interfaceOffers } from './find-point'
export { openVariant, type CaptureRefusal } from './open-variant'
export { planCapture, type CaptureRequest, type PlannedCapture } from './plan-capture'
export { traceCaptured } from './trace-captured'
