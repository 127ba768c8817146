import type { CalicoSettings, Lab, Variant } from '#shared/lab/index'
import { nthIpv4Address, type Ipv4Address } from '#shared/units/index'

import { BgpSimulation, FabricNetwork, prefixKey, type FibChange, type FibEntry, type PrefixKey } from '../bgp/index'
import type { AddressAssignment } from '../ipam/index'
import { placePods, type Pod } from '../kubernetes/index'
import { shareSubnet, type Topology } from '../topology/index'
import { calicoNodes, isNear } from './calico-nodes'
import { calicoSpeakers, type LabSpeakers } from './calico-speakers'
import { assignAddresses } from './pod-addresses'
import { podHistory } from './pod-history'
import { reflectedPlane, type ReflectedPlane } from './reflected-plane'

/** Sessions of a lab have been up for so long when its time begins, ns: keepalives have lost their common beat. */
export const SETTLING_NS = 300e9
/** More sessions than this are refused: each is simulated with its timers and messages. */
const MAX_SESSIONS = 60_000
/** With more paths than this, speakers are not simulated one by one: sessions, both directions, times blocks. */
const MAX_PATHS = 10_000_000

/** Routes of nodes and switches over time. */
export interface ControlPlane {
  readonly nodes: readonly { readonly name: string }[]
  /** Present where the plugin runs BGP. */
  readonly bgp: BgpSimulation | undefined
  /** The element of each speaker. */
  readonly speakers: LabSpeakers | undefined
  readonly addresses: AddressAssignment | undefined
  readonly network: FabricNetwork | undefined
  /** Present instead of `bgp` where there are too many paths to simulate each. */
  readonly large?: ReflectedPlane
  /** Who writes routes beside BIRD. */
  readonly writer: RouteWriter | undefined
  /** Rows of a node that this agent writes, and the kernel's own where there is no BIRD to know of them. */
  agentRows(node: number): ReadonlyMap<PrefixKey, FibEntry>
  /** A node's kernel routes at a time of the lab, ns. */
  fibAt(node: number, atNs: number): Map<PrefixKey, FibEntry>
  /** Changes that BGP makes from a time of the lab on, ns; times are the lab's. */
  changesAfter(atNs: number): FibChange[]
}

/** What a control plane keeps beside its routes. */
export interface Keeping {
  /** Every message that BGP sends. */
  readonly messages?: boolean
  /** BGP's tables and sessions over the lab's time. */
  readonly history?: boolean
  /** What BGP puts on the wire, as bytes. */
  readonly wire?: boolean
}

/** Who writes routes beside BIRD. */
export type RouteWriter = 'felix' | 'cilium-agent' | 'flanneld'

/** A control plane that is too large to be simulated, with the arithmetic. */
export class ControlPlaneTooLarge extends Error {}

/**
 * Sets up a variant's control plane: who writes which routes on which node. It is not run yet; its BGP, if any, begins
 * {@link SETTLING_NS} before the lab's time does. Requires: a valid lab.
 */
export function buildControlPlane(lab: Lab, variant: Variant, topology: Topology, seed: number, keeps: Keeping = {}): ControlPlane {
  const { pods } = placePods(lab)
  const { pods: everPods } = podHistory(lab)
  if (variant.cni === 'none') return withoutBgp(lab, topology, undefined, undefined, () => new Map())
  const { assignment } = assignAddresses(variant, { nodes: lab.nodes, podCidr: lab.cluster.podCIDR, pods: everPods })
  if (variant.cni !== 'calico') {
    const nextHop = agentNextHop(variant, topology, assignment)
    const writer = variant.cni === 'cilium' ? 'cilium-agent' : 'flanneld'
    return withoutBgp(lab, topology, assignment, writer, agentRows(assignment, pods, nextHop))
  }
  const { settings } = variant
  const meshed = settings.bgpConfiguration.nodeToNodeMeshEnabled ? lab.nodes.length : 0
  refuseTooManySessions(meshed, (meshed * (meshed - 1)) / 2)
  const speakers = calicoSpeakers(lab, topology, settings, assignment)
  const sessions = speakers.configs.reduce((sum, { peers }) => sum + peers.length, 0) / 2
  refuseTooManySessions(lab.nodes.length, sessions)
  const blocks = assignment.blocks.reduce((sum, ofNode) => sum + ofNode.length, 0)
  if (2 * sessions * blocks > MAX_PATHS) return largePlane(lab, topology, settings, assignment, pods, speakers, seed)
  const network = new FabricNetwork(topology, speakers.elementOf)
  const bgp = new BgpSimulation(speakers.configs, network, {
    seed,
    record: keeps.messages ?? false,
    wire: keeps.wire ?? false,
    ...(keeps.history === true && { historyFromNs: SETTLING_NS }),
  })
  const ofNode = agentRows(assignment, pods, felixNextHop(settings, topology, assignment))
  const felixRows: AgentRows = (speaker) => (speaker < lab.nodes.length ? ofNode(speaker) : new Map<PrefixKey, FibEntry>())
  return {
    nodes: speakers.configs,
    bgp,
    speakers,
    network,
    addresses: assignment,
    writer: 'felix',
    agentRows: felixRows,
    fibAt: (node, atNs) => new Map([...bgp.fibAt(node, atNs + SETTLING_NS), ...felixRows(node)]),
    changesAfter: (atNs) =>
      bgp
        .changes()
        .map((change) => ({ ...change, atNs: change.atNs - SETTLING_NS }))
        .filter((change) => change.atNs >= atNs),
  }
}

/** The next hop that an agent writes on one node for the pods of another; undefined where it writes none. */
type NextHop = (from: number, to: number) => Ipv4Address | undefined

/** Rows that agents other than BGP write on a node: fixed while the lab's nodes are. */
type AgentRows = (node: number) => Map<PrefixKey, FibEntry>

function withoutBgp(
  lab: Lab,
  topology: Topology,
  addresses: AddressAssignment | undefined,
  writer: RouteWriter | undefined,
  rows: AgentRows,
): ControlPlane {
  const all: AgentRows = (node) => new Map([...hostRows(topology, node), ...rows(node)])
  return {
    nodes: lab.nodes,
    bgp: undefined,
    speakers: undefined,
    network: undefined,
    addresses,
    writer,
    agentRows: all,
    fibAt: all,
    changesAfter: () => [],
  }
}

function agentRows(
  addresses: AddressAssignment,
  pods: readonly Pod[],
  nextHop: NextHop,
): AgentRows {
  return (node) => rowsOf(node, addresses, pods, nextHop)
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
  addresses: AddressAssignment,
  pods: readonly Pod[],
  nextHop: NextHop,
): Map<PrefixKey, FibEntry> {
  const rows = new Map<PrefixKey, FibEntry>()
  addresses.blocks.forEach((blocks, other) => {
    const gateway = other === node ? undefined : nextHop(node, other)
    if (gateway === undefined) return
    for (const block of blocks) rows.set(prefixKey(block), { kind: 'via', gateways: [gateway] })
  })
  pods.forEach((pod, index) => {
    const address = addresses.ofPod[index]
    if (pod.node === node && address !== undefined) rows.set(prefixKey({ network: address, length: 32 }), { kind: 'connected' })
  })
  return rows
}

/**
 * Felix: VXLAN routes lead to the other node's tunnel address, in the same subnet with CrossSubnet to the node itself. Those
 * of other pools are Felix's where it is told to program them (`programClusterRoutes`), and BIRD's otherwise: through tunl0
 * to the node, without encapsulation to nodes of the same subnet only.
 */
function felixNextHop(settings: CalicoSettings, { hosts }: Topology, addresses: AddressAssignment): NextHop {
  const { ipPool, felixConfiguration } = settings
  const nodes = calicoNodes(hosts, settings)
  const near = (from: number, to: number): boolean => isNear(nodes[from]!, nodes[to]!)
  if (ipPool.vxlanMode === 'Never') {
    if (felixConfiguration.programClusterRoutes === 'Disabled') return () => undefined
    const isTunnelled = ipPool.ipipMode !== 'Never'
    return (from, to) => (isTunnelled || near(from, to) ? nodes[to]!.address : undefined)
  }
  return (from, to) => (ipPool.vxlanMode === 'CrossSubnet' && near(from, to) ? nodes[to]!.address : addresses.ofNode[to]![0])
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

/** A design whose outcome is known without simulating every path, as long as nothing happens to it. */
function largePlane(
  lab: Lab,
  topology: Topology,
  settings: CalicoSettings,
  addresses: AddressAssignment,
  pods: readonly Pod[],
  { configs }: LabSpeakers,
  seed: number,
): ControlPlane {
  const reflected = lab.faults.length === 0 ? reflectedPlane(configs, pods.length, seed) : undefined
  if (reflected === undefined) {
    throw new ControlPlaneTooLarge(
      `${lab.nodes.length} nodes hold too many paths to simulate each. Only a design whose reflectors share one cluster id and serve all nodes can be this large, without faults.`,
    )
  }
  const felixRows = agentRows(addresses, pods, felixNextHop(settings, topology, addresses))
  return {
    nodes: configs,
    bgp: undefined,
    speakers: undefined,
    network: undefined,
    addresses,
    writer: 'felix',
    agentRows: felixRows,
    large: reflected,
    fibAt: (node) => new Map([...reflected.rows(node), ...felixRows(node)]),
    changesAfter: () => [],
  }
}

function refuseTooManySessions(nodes: number, sessions: number): void {
  if (sessions <= MAX_SESSIONS) return
  const whole = (value: number): string => value.toLocaleString('en-US')
  throw new ControlPlaneTooLarge(
    `${whole(nodes)} nodes have ${whole(sessions)} BGP sessions, in a full mesh n·(n−1)/2; more than ${whole(MAX_SESSIONS)} are not simulated. ` +
      `Each node would hold ${whole(Math.round((2 * sessions) / nodes))} sessions and send as many UPDATEs for every change. ` +
      'Use route reflectors: turn nodeToNodeMeshEnabled off and select reflectors with bgpPeers.',
  )
}
