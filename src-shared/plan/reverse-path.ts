import { prefixLookup } from '#shared/lookup/index'

import { SOURCE_CHECK } from './network-tables'
import type { RunPlan } from './run-plan'

/**
 * Whether a switch that checks sources (RFC 3704, sections 2.2 and 2.4) lets a packet in that a host sent by the port
 * `arrival`. Loose: it knows a route to the source. Strict: one of its equal routes leaves by the interface that the packet
 * came by, which for the hosts of a bridged subnet is that subnet's. What comes from other switches is not checked: the edge
 * did. `source` is the packet's, or of an address that nodes announce the sender's own.
 */
export function hasRouteBack(
  { forwarding, ports, hosts, switches, switchCount }: Pick<RunPlan, 'forwarding' | 'ports' | 'hosts' | 'switches' | 'switchCount'>,
  element: number,
  arrival: number,
  source: number,
): boolean {
  const host = ports.owner[arrival]! - switchCount
  if (host < 0) return true
  const root = forwarding.root[element]!
  const route = prefixLookup(forwarding.tries, root, source)
  if (route < 0) return false
  if (switches.sourceCheck[element] === SOURCE_CHECK.loose) return true
  const isBridged = (route & 1) === 1 && (prefixLookup(forwarding.tries, root, hosts.address[host]!) & 1) === 1
  return isBridged || leavesBy(forwarding, route >> 1, arrival ^ 1)
}

function leavesBy({ groupFirst, groupPorts }: RunPlan['forwarding'], group: number, port: number): boolean {
  for (let at = groupFirst[group]!; at < groupFirst[group + 1]!; at++) if (groupPorts[at] === port) return true
  return false
}
