export { calibrate } from './calibrate'
export { calibrationRecord } from './calibration-record'
export { calibrationReport } from './calibration-report'
