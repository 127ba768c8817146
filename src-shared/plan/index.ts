export {
  CAPTURE_COLUMN,
  CAPTURE_COLUMNS,
  CAPTURE_HEADER_BYTES,
  CAPTURE_WAY,
  type CaptureEnd,
  type CaptureFilter,
  type CapturePoint,
  type CaptureRecords,
  type CaptureTask,
  JOURNEY,
  JOURNEY_COLUMNS,
  JOURNEY_PASSES,
  UNSEEN_NS,
} from './capture'
export { COUNTING_DATA_PLANES, DROP_COUNTERS, dropCounter, type CountingDataPlane } from './drop-counters'
export { DROP_REASONS, dropReasonId } from './drop-reasons'
export type { DropReason } from './drop-reasons'
export { ARRIVALS, AUTOTUNED, CONGESTION, FLOW_KIND, FLOW_OF_TRAFFIC, HAS_NO_DELAY, SIZE_FORM, templateOf, TRANSPORT } from './flow-table'
export type { EgressLimits, FlowTable, RelayTable, SizeTable } from './flow-table'
export { headerBytes, TRANSPORT_BYTES, transportBytes, tunnelBytes } from './header-bytes'
export type { ForwardingTable } from './forwarding-table'
export { DISCIPLINE, SOURCE_CHECK, UPLINK_HASH, buildDisciplines, buildImpairments } from './network-tables'
export type { DisciplineRow, DisciplineTable, ImpairmentRow, ImpairmentTable, SwitchTable } from './network-tables'
export { PASS_ENTRY, PROGRAM_END } from './program-table'
export type { ProgramTable } from './program-table'
export { hasRouteBack } from './reverse-path'
export { coreTotal } from './run-plan'
export type {
  ApplicationCosts,
  HostTable,
  PlanLabels,
  PortTable,
  RunPlan,
  TemplateTable,
} from './run-plan'
export { rowEnds, type RowEnds } from './row-ends'
export { STAGE_GROUPS } from './stage-info'
export type { StageContext, StageGroup, StageInfo } from './stage-info'
export { STAGES, stageNumber } from './stages'
export type { StageId } from './stages'
export { emptyTimeline, TIMELINE_KIND, type ProgramSets, type TimelineTable } from './timeline'
export {
  noTracking,
  TRACKED_END,
  TRACKED_STATE,
  TRACKED_STATES,
  TRACKING_FORM,
  TRACKING_LOOK,
  type TrackingTable,
} from './tracking'
