import { counted, stageNamed } from '../analysis/index'
import type { VariantFacts, WayDirection, WayFacts, WayKind, WireHeader } from '../contract/comparison'
import type { StageGroup } from '../plan/index'
import { humanDuration } from '../units/index'

/** What carries pods' packets between nodes, by the stage that puts it on. */
const CARRIERS: Readonly<Record<string, string>> = {
  'ipip-encapsulate': 'IPIP',
  'vxlan-encapsulate': 'VXLAN',
  'geneve-encapsulate': 'Geneve',
  'wireguard-encrypt': 'WireGuard',
  'esp-encrypt': 'IPsec',
}

/** Carriers that nobody on the way can read. */
const ENCRYPTING = new Set(['WireGuard', 'IPsec'])

/** Bytes of an Ethernet header. */
const ETHERNET_BYTES = 14

/** Ends on two nodes of the cluster. */
const BETWEEN_NODES: readonly WayKind[] = ['one-subnet', 'two-subnets']

/** Kinds of ways in words. */
export const WAY_NAMES: Readonly<Record<WayKind, string>> = {
  'one-node': 'pods of one node',
  'one-subnet': 'nodes of one subnet',
  'two-subnets': 'nodes of two subnets',
  service: 'to a service',
  outside: 'to the outside',
}

/** The ways of a variant between two nodes of the cluster. */
export function waysBetweenNodes({ ways }: VariantFacts): readonly WayFacts[] {
  return ways.filter(({ kind }) => BETWEEN_NODES.includes(kind))
}

/** The way of a kind; undefined where the lab has no such ends. */
export function wayOf({ ways }: VariantFacts, kind: WayKind): WayFacts | undefined {
  return ways.find((way) => way.kind === kind)
}

/** The directions of a way that were walked. */
export function directionsOf({ request, answer }: WayFacts): readonly WayDirection[] {
  return answer === undefined ? [request] : [request, answer]
}

/** What is put around a packet on its way, innermost first: `VXLAN`, `WireGuard`. */
export function carriersOf({ stages }: WayDirection): string[] {
  return stages.flatMap(({ stage }) => CARRIERS[stage] ?? [])
}

/** Of a variant's ways between nodes, each combination of carriers once: `['VXLAN']`, `[]` for packets as they are. */
export function carriersBetweenNodes(facts: VariantFacts): string[][] {
  const seen = new Map(waysBetweenNodes(facts).map(({ request }) => [carriersOf(request).join(' '), carriersOf(request)]))
  return [...seen.values()]
}

/** Whether nobody on the way can read what a carrier has in it. */
export function isEncrypting(carrier: string): boolean {
  return ENCRYPTING.has(carrier)
}

/** Whether a packet's content is hidden on the wire. */
export function isEncrypted(direction: WayDirection): boolean {
  return carriersOf(direction).some(isEncrypting)
}

/** Bytes that the wire carries beyond the Ethernet header and the packet as the socket made it; 0 where it stays on its node. */
export function overheadBytes({ wireBytes, packetBytes }: WayDirection): number {
  return wireBytes === 0 ? 0 : wireBytes - ETHERNET_BYTES - packetBytes
}

/** How many of a way's stages belong to a group. */
export function stagesIn({ stages }: WayDirection, group: StageGroup): number {
  return stages.filter(({ stage }) => stageNamed(stage)?.group === group).length
}

/** Whether packets of any of a variant's ways go through programs. */
export function hasPrograms({ ways }: VariantFacts): boolean {
  return ways.some(({ request }) => stagesIn(request, 'ebpf') > 0)
}

/** CPU time of a way's stages of a group, ns. */
export function costIn({ stages }: WayDirection, group: StageGroup): number {
  return stages.reduce((sum, { stage, costNs }) => (stageNamed(stage)?.group === group ? sum + costNs : sum), 0)
}

/** How often a packet is looked up in the kernel's table of connections. */
export function lookUpsOf({ stages }: WayDirection): number {
  return stages.filter(({ stage }) => stage === 'nf-conntrack').length
}

/** What a packet meets of netfilter and what that costs: `PREROUTING, FORWARD, POSTROUTING and 1 look-up …, 1.40 µs`. */
export function netfilterText(direction: WayDirection): string {
  const hooks = direction.stages.flatMap(({ stage }) => HOOKS[stage] ?? [])
  const lookUps = lookUpsOf(direction)
  const met = hooks.length === 0 ? 'no hook of netfilter' : hooks.join(', ')
  const looked = `${lookUps === 0 ? 'no look-up' : counted(lookUps, 'look-up')} in the kernel’s table of connections`
  const costNs = costIn(direction, 'netfilter')
  return `${met} and ${looked}${costNs === 0 ? '' : `, ${humanDuration(costNs)} in all`}`
}

/** Hooks of netfilter by their stages. */
const HOOKS: Readonly<Record<string, string>> = {
  'nf-prerouting': 'PREROUTING', 'nf-input': 'INPUT', 'nf-forward': 'FORWARD', 'nf-output': 'OUTPUT', 'nf-postrouting': 'POSTROUTING',
}

/** The devices that a packet crosses on a node in order, those of pods by their kind: `pod eth0`, `cali…`, `tunl0`, `eth0`. */
export function devicesOn({ stages }: WayDirection, node: string): string[] {
  const devices = stages.filter((stage) => stage.node === node).map(({ device }) => deviceKind(device))
  return devices.filter((device, index) => device !== devices[index - 1])
}

/** The nodes that a packet goes through, in order. */
export function nodesOf({ stages }: WayDirection): string[] {
  return stages.map(({ node }) => node).filter((node, index, nodes) => node !== nodes[index - 1])
}

/** A device's name without what is particular to one pod. */
function deviceKind(device: string): string {
  if (/^\S+ \(.+\)$/u.test(device)) return `pod ${device.slice(0, device.indexOf(' '))}`
  return device.replace(/^(cali|lxc|veth)[0-9a-f]+$/u, '$1…')
}

/** The headers of a frame in one line: `Ethernet, IPv4, UDP 8472, VXLAN 257, Ethernet, IPv4, TCP`. */
export function wireText(headers: readonly WireHeader[]): string {
  return headers.map(headerText).join(', ')
}

const HEADERS: Readonly<Record<string, string>> = {
  ethernet: 'Ethernet', ipv4: 'IPv4', tcp: 'TCP', udp: 'UDP', icmp: 'ICMP', vxlan: 'VXLAN', geneve: 'Geneve', wireguard: 'WireGuard', esp: 'ESP', payload: 'payload',
}

/** A header by name, with the port or the network's identifier of a tunnel. */
function headerText({ layer, fields }: WireHeader, index: number, headers: readonly WireHeader[]): string {
  const name = HEADERS[layer] ?? layer
  const isTunnels = headers[index + 1] !== undefined && headers[index + 1]!.layer !== 'payload'
  const number = layer === 'udp' && isTunnels ? fields['udp.dstport'] : (fields['vxlan.vni'] ?? fields['geneve.vni'])
  return number === undefined ? name : `${name} ${Number(number)}`
}
