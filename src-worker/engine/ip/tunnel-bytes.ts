import { TRANSPORT, type FlowTable } from '#shared/plan/index'
import { ICMP, IPV4, TCP, UDP } from '#shared/wire/index'

const TRANSPORT_BYTES: readonly number[] = (() => {
  const bytes: number[] = []
  bytes[TRANSPORT.tcp] = TCP.length
  bytes[TRANSPORT.udp] = UDP.length
  bytes[TRANSPORT.icmp] = ICMP.length
  return bytes
})()

/** Bytes of the transport's header on the packets of a row (2 × flow + direction). */
export function transportBytes(flows: FlowTable, row: number): number {
  return TRANSPORT_BYTES[flows.transport[row >> 1]]
}

/** Bytes of all headers on the packets of a row, from the outermost IP header on. */
export function headerBytes(flows: FlowTable, row: number): number {
  return (row & 1) === 0 ? flows.forwardHeaderBytes[row >> 1] : flows.reverseHeaderBytes[row >> 1]
}

/** Bytes that tunnels add to the packets of a row; 0 where they leave as their transport made them. */
export function tunnelBytes(flows: FlowTable, row: number): number {
  return headerBytes(flows, row) - IPV4.length - transportBytes(flows, row)
}
