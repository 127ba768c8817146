/**
 * Hosts whose tunnels make packets that are larger than their own interface carries, because the plugin was told of a
 * larger MTU, or the interface's became smaller: the tunnel's device and its pods keep theirs, and what the tunnel learns of
 * its route (net/ipv4/ip_tunnel_core.c, skb_tunnel_check_pmtu) does not count for what the node forwards (ip_forward_use_pmtu 0). What may be split leaves in pieces (net/ipv4/ip_output.c, ip_fragment): VXLAN, Geneve, WireGuard. What may
 * not is refused in front of the tunnel, and its sender is told (net/ipv4/ip_tunnel.c, tnl_update_pmtu): IPIP.
 */

import { headerBytes, templateOf, tunnelBytes, type RunPlan } from '#shared/plan/index'
import { DONT_FRAGMENT, ETHERNET, IPV4, readUint16 } from '#shared/wire/index'
import type { Links } from '../network/links'
import { headerAt, PACKET_FLAG, type PacketPool } from '../packet-pool'
import type { Fragmenter } from './fragmenter'
import type { PathMtu } from './path-mtu'

/** What of an engine is told of narrow interfaces. */
interface EngineParts {
  readonly links: Links
  readonly pool: PacketPool
  readonly fragmenter: Fragmenter
  readonly paths: PathMtu
  /** The host that each row's packets come from. */
  readonly senders: Int32Array
}

/** Makes hosts keep to the MTUs of their interfaces, which are `mtus` as the run begins, one for each; call it before. */
export function keepToInterfaces(mtus: Int32Array, plan: RunPlan, { links, pool, fragmenter, paths, senders }: EngineParts): void {
  const { flows, ports, switchCount } = plan
  for (let row = 0; row < flows.count * 2; row++) {
    const mtu = mtus[senders[row]]
    const isTooBig = tunnelBytes(flows, row) > 0 && headerBytes(flows, row) + flows.mssBytes[row >> 1] > mtu
    if (isTooBig && keepsWhole(plan, row)) paths.onError(row, mtu, 0)
  }
  const reserve = links.reserve.bind(links)
  links.reserve = (port, packet, nowNs) => {
    const host = ports.owner[port] - switchCount
    if (host < 0 || pool.ipBytes[packet] <= ports.mtuBytes[port] || !maySplit(pool, packet)) {
      reserve(port, packet, nowNs)
      // Pieces wait at the wire itself: behind the last of them the transmit queues have their turn again.
      if ((pool.flags[packet] & PACKET_FLAG.outerFragment) !== 0) links.wakeWhenFree(port)
      return
    }
    const first = packet
    const send = (to: number, piece: number, atNs: number): void => {
      if (piece === first) reserve(to, piece, atNs)
      else links.send(to, piece, atNs)
    }
    fragmenter.split(packet, ports.mtuBytes[port], { send }, port, nowNs)
  }
}

/** Whether the tunnel around a row's packets forbids to split them. */
function keepsWhole({ flows, templates }: RunPlan, row: number): boolean {
  const template = templateOf(flows, row)
  const flags = readUint16(templates.bytes, templates.first[template] + templates.outerIp[template] + IPV4.flagsFragment)
  return (flags & DONT_FRAGMENT) !== 0
}

function maySplit(pool: PacketPool, packet: number): boolean {
  return (readUint16(pool.header, headerAt(packet) + ETHERNET.length + IPV4.flagsFragment) & DONT_FRAGMENT) === 0
}
