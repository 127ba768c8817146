import type { CalicoSettings, Lab, Variant } from '#shared/lab/index'
import { nthIpv4Address, type Ipv4Address } from '#shared/units/index'

import { BgpSimulation, FabricNetwork, prefixKey, type FibChange, type FibEntry, type PrefixKey } from '../bgp/index'
import type { AddressAssignment } from '../ipam/index'
import { placePods, type Pod } from '../kubernetes/index'
import { shareSubnet, type Topology } from '../topology/index'
import { calicoSpeakers, type LabSpeakers } from './calico-speakers'
import { assignAddresses } from './pod-addresses'

/** Sessions of a lab have been up for so long when its time begins, ns: keepalives have lost their common beat. */
export const SETTLING_NS = 300e9
/** More sessions than this are refused: each is simulated with its timers and messages. */
const MAX_SESSIONS = 60_000

/** Routes of nodes and switches over time. */
export interface ControlPlane {
  readonly nodes: readonly { readonly name: string }[]
  /** Present where the plugin runs BGP. */
  readonly bgp: BgpSimulation | undefined
  /** The element of each speaker. */
  readonly speakers: LabSpeakers | undefined
  readonly addresses: AddressAssignment | undefined
  readonly pods: readonly Pod[]
  readonly network: FabricNetwork | undefined
  /** Rows that agents other than BGP write, per node: fixed while the lab's nodes are. */
  readonly agentRows: readonly ReadonlyMap<PrefixKey, FibEntry>[]
  /** A node's kernel routes at a time of the lab, ns. */
  fibAt(node: number, atNs: number): Map<PrefixKey, FibEntry>
  /** Changes that BGP makes from a time of the lab on, ns; times are the lab's. */
  changesAfter(atNs: number): FibChange[]
}

/** A control plane that is too large to be simulated, with the arithmetic. */
export class ControlPlaneTooLarge extends Error {}

/**
 * Sets up a variant's control plane: who writes which routes on which node. It is not run yet; its BGP, if any, begins
 * {@link SETTLING_NS} before the lab's time does. Requires: a valid lab.
 */
export function buildControlPlane(lab: Lab, variant: Variant, topology: Topology, seed: number): ControlPlane {
  const { pods } = placePods(lab)
  if (variant.cni === 'none') return withoutBgp(lab, topology, undefined, pods, () => undefined)
  const { assignment } = assignAddresses(variant, { nodes: lab.nodes, podCidr: lab.cluster.podCIDR, pods })
  if (variant.cni !== 'calico') {
    return withoutBgp(lab, topology, assignment, pods, agentNextHop(variant, topology, assignment))
  }
  const { settings } = variant
  const speakers = calicoSpeakers(lab, topology, settings, assignment)
  const sessions = speakers.configs.reduce((sum, { peers }) => sum + peers.length, 0) / 2
  if (sessions > MAX_SESSIONS) throw new ControlPlaneTooLarge(arithmetic(lab.nodes.length, sessions))
  const network = new FabricNetwork(topology, speakers.elementOf)
  const bgp = new BgpSimulation(speakers.configs, network, { seed })
  const felix = withoutBgp(lab, topology, assignment, pods, felixNextHop(settings, topology, assignment))
  return {
    ...felix,
    nodes: speakers.configs,
    bgp,
    speakers,
    network,
    fibAt: (node, atNs) => new Map([...bgp.fibAt(node, atNs + SETTLING_NS), ...(felix.agentRows[node] ?? [])]),
    changesAfter: (atNs) =>
      bgp
        .changes()
        .map((change) => ({ ...change, atNs: change.atNs - SETTLING_NS }))
        .filter((change) => change.atNs >= atNs),
  }
}

/** The next hop that an agent writes on one node for the pods of another; undefined where it writes none. */
type NextHop = (from: number, to: number) => Ipv4Address | undefined

function withoutBgp(
  lab: Lab,
  topology: Topology,
  addresses: AddressAssignment | undefined,
  pods: readonly Pod[],
  nextHop: NextHop,
): ControlPlane {
  const agentRows = lab.nodes.map((_, node) => rowsOf(node, topology, addresses, pods, nextHop))
  return {
    nodes: lab.nodes,
    bgp: undefined,
    speakers: undefined,
    network: undefined,
    addresses,
    pods,
    agentRows,
    fibAt: (node) => new Map([...hostRows(topology, node), ...agentRows[node]!]),
    changesAfter: () => [],
  }
}

/** The node's own subnet and its default route. */
function hostRows({ hosts }: Topology, node: number): Map<PrefixKey, FibEntry> {
  const { subnet } = hosts[node]!
  const rows = new Map<PrefixKey, FibEntry>([[prefixKey(subnet), { kind: 'connected' }]])
  if (subnet.length < 32) rows.set(0, { kind: 'via', gateways: [nthIpv4Address(subnet, 1)] })
  return rows
}

/** Routes to the pods of other nodes and to the node's own. */
function rowsOf(
  node: number,
  topology: Topology,
  addresses: AddressAssignment | undefined,
  pods: readonly Pod[],
  nextHop: NextHop,
): Map<PrefixKey, FibEntry> {
  const rows = new Map<PrefixKey, FibEntry>()
  if (addresses === undefined) return rows
  addresses.blocks.forEach((blocks, other) => {
    const gateway = other === node ? undefined : nextHop(node, other)
    if (gateway === undefined) return
    for (const block of blocks) rows.set(prefixKey(block), { kind: 'via', gateways: [gateway] })
  })
  pods.forEach((pod, index) => {
    if (pod.node === node) rows.set(prefixKey({ network: addresses.ofPod[index]!, length: 32 }), { kind: 'connected' })
  })
  return rows
}

/** Felix: VXLAN routes lead to the other node's tunnel address, in the same subnet with CrossSubnet to the node itself. */
function felixNextHop({ ipPool }: CalicoSettings, { hosts }: Topology, addresses: AddressAssignment): NextHop {
  if (ipPool.vxlanMode === 'Never') return () => undefined
  return (from, to) =>
    ipPool.vxlanMode === 'CrossSubnet' && shareSubnet(hosts[from]!, hosts[to]!)
      ? hosts[to]!.address
      : addresses.ofNode[to]![0]
}

/** Cilium's agent and flanneld. */
function agentNextHop(
  variant: Exclude<Variant, { cni: 'none' | 'calico' }>,
  { hosts }: Topology,
  addresses: AddressAssignment,
): NextHop {
  if (variant.cni === 'cilium') {
    const { routingMode, autoDirectNodeRoutes } = variant.settings
    // In tunnel mode every range is behind the node's own cilium_host.
    if (routingMode === 'tunnel') return (from) => addresses.ofNode[from]![0]
    return (from, to) => (autoDirectNodeRoutes && shareSubnet(hosts[from]!, hosts[to]!) ? hosts[to]!.address : undefined)
  }
  const { Type, DirectRouting } = variant.settings.Backend
  return (from, to) => {
    const direct = Type === 'host-gw' || (DirectRouting && shareSubnet(hosts[from]!, hosts[to]!))
    if (direct) return hosts[to]!.address
    // flannel.1 has the address of the node's range itself.
    const [range] = addresses.blocks[to]!
    return range?.network
  }
}

function arithmetic(nodes: number, sessions: number): string {
  const whole = (value: number): string => value.toLocaleString('en-US')
  return (
    `${whole(nodes)} nodes have ${whole(sessions)} BGP sessions, in a full mesh n·(n−1)/2; more than ${whole(MAX_SESSIONS)} are not simulated. ` +
    `Each node would hold ${whole(Math.round((2 * sessions) / nodes))} sessions and send as many UPDATEs for every change. ` +
    'Use route reflectors: turn nodeToNodeMeshEnabled off and select reflectors with bgpPeers.'
  )
}
