export { alignHops, type HopPair } from './align-hops'
export { readFrame, readHop, type ReadField, type ReadHeader, type ReadHop } from './read-hop'
export { captureOf } from './trace-capture'
export { traceTotals, type DirectionTotals, type TraceTotals } from './trace-totals'
