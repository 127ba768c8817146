export { openTrace, traceIn, tracePacket, type OpenedTrace, type TraceRequest, type TraceResult } from './trace-packet'
export { SAME_CORE, THREAD, Tracer } from './tracer'
export { underlayPath } from './underlay-path'
