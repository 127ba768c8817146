import { formatIpv4Address, ipv4Address } from '#shared/units/index'
import type { Packet, PacketLayer } from '#shared/wire/index'

const NAMES: Readonly<Record<PacketLayer['layer'], string>> = {
  ethernet: 'Ethernet',
  arp: 'ARP',
  ipv4: 'IPv4',
  ipv6: 'IPv6',
  udp: 'UDP',
  tcp: 'TCP',
  icmp: 'ICMP',
  icmpv6: 'ICMPv6',
  vxlan: 'VXLAN',
  geneve: 'Geneve',
  wireguard: 'WireGuard',
  esp: 'ESP',
  payload: 'payload',
}

/** What a stage did to a packet, in words; undefined where nothing. */
export function describeChange(before: Packet, after: Packet): string | undefined {
  const keepsFrame = isFramed(before) && isFramed(after) && isSameFrame(before, after)
  const [old, fresh] = keepsFrame ? [before.slice(1), after.slice(1)] : [before, after]
  const more = fresh.length - old.length
  const changes: string[] = []
  if (more > 0) changes.push(`put on: ${namesOf(fresh.slice(0, more))}`)
  else if (more < 0) changes.push(`taken off: ${namesOf(old.slice(0, -more))}`)
  else if (isFramed(old) && isFramed(fresh)) changes.push('new Ethernet addresses')
  // A frame more or less does not change which IP header is outermost; a tunnel does.
  if (isFramed(fresh) === isFramed(old) ? more === 0 : Math.abs(more) === 1) changes.push(...ipChanges(old, fresh))
  return changes.length === 0 ? undefined : changes.join('; ')
}

function namesOf(layers: Packet): string {
  return layers.map(({ layer }) => NAMES[layer]).join(', ')
}

function isFramed(packet: Packet): boolean {
  return packet[0]?.layer === 'ethernet'
}

function isSameFrame([before]: Packet, [after]: Packet): boolean {
  if (before?.layer !== 'ethernet' || after?.layer !== 'ethernet') return false
  return before.source === after.source && before.destination === after.destination
}

/** What became of the outermost IP header. */
function ipChanges(before: Packet, after: Packet): string[] {
  const old = before.find(({ layer }) => layer === 'ipv4')
  const fresh = after.find(({ layer }) => layer === 'ipv4')
  if (old?.layer !== 'ipv4' || fresh?.layer !== 'ipv4') return []
  const [oldPorts, freshPorts] = [portsOf(before), portsOf(after)]
  // An address alone, unless its port changes too.
  const change = (what: 'source' | 'destination'): string[] => {
    const [from, to] = [oldPorts?.[what], freshPorts?.[what]]
    if (old[what] === fresh[what] && from === to) return []
    const shown = (value: number, port: number | undefined) => `${formatIpv4Address(ipv4Address(value))}${from === to ? '' : `:${port}`}`
    return [`${what} ${shown(old[what], from)} → ${shown(fresh[what], to)}`]
  }
  return [
    ...(old.ttl === fresh.ttl ? [] : [`TTL ${old.ttl} → ${fresh.ttl}`]),
    ...(old.options === fresh.options ? [] : [`an option of ${(fresh.options ?? old.options)!.length} bytes put in`]),
    ...change('source'),
    ...change('destination'),
  ]
}

/** The ports behind the outermost IP header; undefined where the transport has none. */
function portsOf(packet: Packet): { readonly source: number; readonly destination: number } | undefined {
  const transport = packet[packet.findIndex(({ layer }) => layer === 'ipv4') + 1]
  if (transport?.layer !== 'tcp' && transport?.layer !== 'udp') return undefined
  return { source: transport.sourcePort, destination: transport.destinationPort }
}
