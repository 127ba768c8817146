export { parseMeasurementTable, type MeasurementTable } from './measurement-table'
export { predictTable, type TablePrediction } from './predict-table'
export type { SimulationOptions } from './row-simulation'
export { summarisePrediction, type PredictedRow, type PredictionSummary } from './ratios'
