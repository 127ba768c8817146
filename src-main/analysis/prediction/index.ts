export { parseMeasurementTable, type MeasurementTable, type TableProblem } from './measurement-table'
export { predictTable, type TablePrediction } from './predict-table'
