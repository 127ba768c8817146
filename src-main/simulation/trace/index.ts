export { tracePacket, type TraceRequest, type TraceResult } from './trace-packet'
