import { formatIpv4Address, ipv4Address } from '#shared/units/index'
import type { Ipv4Layer, Packet } from '#shared/wire/index'

import type { TableRead } from '../cni/common/index'
import type { TripHop } from '../plan/index'

/** Tables of connections: a first packet finds nothing and leaves an entry. */
const CONNECTIONS: ReadonlySet<string> = new Set(['nf_conntrack', 'cali_v4_ct', 'cilium_ct4_global'])

/** What a table answers a packet, in words; undefined where the trace does not follow the table. */
export function readResult({ table }: TableRead, { isFirst, device, stage, packet }: TripHop): string | undefined {
  if (CONNECTIONS.has(table)) return isFirst ? 'nothing: an entry is made' : 'found'
  if (table.startsWith('main routing table')) return stage.startsWith('nf-') ? 'the interface it came by' : `dev ${device}`
  if (table.startsWith('local routing table')) return 'the host’s own'
  if (table.startsWith('forwarding entries of')) return stage.endsWith('encapsulate') ? `node ${destinationOf(packet)}` : undefined
  return undefined
}

function destinationOf(packet: Packet): string {
  const ip = packet.find((layer): layer is Ipv4Layer => layer.layer === 'ipv4')!
  return formatIpv4Address(ipv4Address(ip.destination))
}
