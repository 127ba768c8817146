export { COMPLETION_CLASSES, completionClassOf } from './completion-classes'
export type { CompletionClassId } from './completion-classes'
export { Histogram, packHistogram, slotLowest, slotOf, unpackHistogram } from './histogram'
export type { HistogramData } from './histogram'
export { ProgressSlab } from './progress'
export type {
  CarriedTraffic,
  CompletionSummary,
  Estimate,
  LatencySummary,
  LinkResult,
  NodeResult,
  ResultFault,
  RunResult,
  RunWarning,
  SeedOutcome,
  SeedResult,
  SeedSeries,
  TrackingResult,
  TrafficResult,
  VariantResult,
} from './result'
