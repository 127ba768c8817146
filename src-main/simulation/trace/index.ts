export { tracePacket, type TraceRequest, type TraceResult } from './trace-packet'
export type { TracedProtocol } from './traced-packets'
