import { ICMP, IPV4, TCP, UDP } from '#shared/wire/index'

import { TRANSPORT, type FlowTable } from './flow-table'

/** Bytes of a transport header: TCP with the timestamp option. */
export const TRANSPORT_BYTES = { tcp: TCP.length, udp: UDP.length, icmp: ICMP.length } as const satisfies Readonly<
  Record<keyof typeof TRANSPORT, number>
>

const BYTES_BY_NUMBER: readonly number[] = (() => {
  const bytes: number[] = []
  bytes[TRANSPORT.tcp] = TRANSPORT_BYTES.tcp
  bytes[TRANSPORT.udp] = TRANSPORT_BYTES.udp
  bytes[TRANSPORT.icmp] = TRANSPORT_BYTES.icmp
  return bytes
})()

/** Bytes of the transport's header on the packets of a row (2 × flow + direction). */
export function transportBytes(flows: Pick<FlowTable, 'transport'>, row: number): number {
  return BYTES_BY_NUMBER[flows.transport[row >> 1]!]!
}

/** Bytes of all headers on the packets of a row, from the outermost IP header on. */
export function headerBytes(flows: Pick<FlowTable, 'forwardHeaderBytes' | 'reverseHeaderBytes'>, row: number): number {
  return ((row & 1) === 0 ? flows.forwardHeaderBytes : flows.reverseHeaderBytes)[row >> 1]!
}

/** Bytes that tunnels add to the packets of a row; 0 where they leave as their transport made them. */
export function tunnelBytes(flows: FlowTable, row: number): number {
  return headerBytes(flows, row) - IPV4.length - transportBytes(flows, row)
}
