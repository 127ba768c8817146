import type { Bfd, CalicoSettings, Lab, Node } from '#shared/lab/index'
import {
  formatIpv4Address,
  ipv4Address,
  ipv4Prefix,
  nanos,
  nthIpv4Address,
  parseIpv4Address,
  SECOND_NS,
  type Ipv4Address,
  type Ipv4Prefix,
} from '#shared/units/index'

import { BIRD_TIMERS, CALICO_TIMERS, type PeerConfig, type PrefixRule, type SpeakerConfig } from '../bgp/index'
import type { AddressAssignment } from '../ipam/index'
import { matchesSelector, parseSelector } from '../policy/calico/selector'
import { interfaceOf, interfacesOf, interfaceTowards, portsOf, shareSubnet, type Topology } from '../topology/index'
import { calicoNodes, type CalicoNode } from './calico-nodes'

/** Speakers of a lab: nodes that run BIRD, in the lab's order, then switches with an AS number. */
export interface LabSpeakers {
  readonly configs: readonly SpeakerConfig[]
  /** The topology's element of each. */
  readonly elementOf: readonly number[]
}

/** Where a node says which cluster it reflects for; real nodes have it as an annotation, labs' have labels. */
const CLUSTER_ID_LABEL = 'projectcalico.org/RouteReflectorClusterID'
/** Links between switches get subnets of /30 out of this range, in order. */
const FABRIC_RANGE = ipv4Prefix(ipv4Address(0xac_1f_00_00), 16)

/** What BIRD has where nothing else is configured: 100 ms, five times (bird2-doc, BFD). */
const NODE_BFD: Bfd = { interval: nanos(100_000_000), multiplier: 5 }

type CalicoPeer = CalicoSettings['bgpPeers'][number]

/** The BGP speakers that Calico's settings make of a lab. */
export function calicoSpeakers(lab: Lab, topology: Topology, settings: CalicoSettings, addresses: AddressAssignment): LabSpeakers {
  return new SpeakerBuilder(lab, topology, settings, addresses).build()
}

/** How many of a lab's nodes are route reflectors. */
export function reflectorCount({ nodes }: Lab): number {
  return nodes.filter((node) => clusterIdOf(node) !== undefined).length
}

class SpeakerBuilder {
  private readonly lab: Lab
  private readonly topology: Topology
  private readonly settings: CalicoSettings
  private readonly addresses: AddressAssignment
  private readonly peers = new Map<number, PeerConfig[]>()
  private readonly nodes: readonly CalicoNode[]

  constructor(lab: Lab, topology: Topology, settings: CalicoSettings, addresses: AddressAssignment) {
    this.lab = lab
    this.topology = topology
    this.settings = settings
    this.addresses = addresses
    this.nodes = calicoNodes(topology.hosts, settings)
  }

  build(): LabSpeakers {
    if (this.settings.bgpConfiguration.nodeToNodeMeshEnabled) this.addMesh()
    for (const peer of this.settings.bgpPeers) this.addPeer(peer)
    const switches = this.lab.fabric.switches.flatMap(({ asn }, element) => (asn === undefined ? [] : [element]))
    return {
      configs: [...this.lab.nodes.map((_, node) => this.nodeSpeaker(node)), ...switches.map((element) => this.switchSpeaker(element))],
      elementOf: [...this.lab.nodes.map((_, node) => this.topology.switches.length + node), ...switches],
    }
  }

  /** Every node that is no reflector with every other; who waits follows from the addresses as text (confd). */
  private addMesh(): void {
    const members = this.lab.nodes.flatMap((node, index) => (clusterIdOf(node) === undefined ? [index] : []))
    for (const a of members) {
      for (const b of members) {
        if (a === b) continue
        const [own, other] = [formatIpv4Address(this.nodeAddress(a)), formatIpv4Address(this.nodeAddress(b))]
        this.add(a, { ...this.towards(a, b, undefined), passive: other > own })
      }
    }
  }

  private addPeer(peer: CalicoPeer): void {
    const here = this.lab.nodes.flatMap((node, index) => (selects(peer, node) ? [index] : []))
    if (peer.peerSelector !== undefined) {
      const selector = parseSelector(peer.peerSelector)
      const there = this.lab.nodes.flatMap(({ labels }, index) =>
        'selector' in selector && matchesSelector(selector.selector, labels) ? [index] : [],
      )
      // Both ends get the peering, as confd makes it symmetrical.
      for (const a of here) {
        for (const b of there) if (a !== b) this.addBothWays(a, b, peer)
      }
      return
    }
    const address = peer.peerIP!
    const element = this.switchOf(address)
    for (const node of here) {
      this.add(node, this.towardsAddress(node, address, peer))
      if (element !== undefined) this.addToSwitch(element, node, address, peer)
    }
  }

  private addBothWays(a: number, b: number, peer: CalicoPeer): void {
    const [own, other] = [formatIpv4Address(this.nodeAddress(a)), formatIpv4Address(this.nodeAddress(b))]
    this.add(a, { ...this.towards(a, b, peer), passive: other > own })
    this.add(b, { ...this.towards(b, a, peer), passive: own > other })
  }

  private add(node: number, peer: PeerConfig): void {
    const list = this.peers.get(node) ?? []
    if (!list.some(({ address }) => address === peer.address)) list.push(peer)
    this.peers.set(node, list)
  }

  /** A node as a neighbour: a client where this node reflects for another cluster than its own, or none. */
  private towards(from: number, to: number, peer: CalicoPeer | undefined): PeerConfig {
    const [mine, its] = [clusterIdOf(this.lab.nodes[from]!), clusterIdOf(this.lab.nodes[to]!)]
    const asn = this.asnOf(to)
    const isClient = mine !== undefined && mine !== its && asn === this.asnOf(from)
    const address = this.nodeAddress(to)
    const isNear = shareSubnet(interfaceTowards(this.topology.hosts[from]!, address), interfaceOf(this.topology.hosts[to]!, address))
    const bfd = peer?.failureDetectionMode === 'BFDIfDirectlyConnected' && isNear ? bfdOf(NODE_BFD, NODE_BFD) : {}
    return { ...this.common(from, address, asn, peer), ...bfd, ...(isClient && { clusterId: mine }) }
  }

  private towardsAddress(from: number, address: Ipv4Address, peer: CalicoPeer): PeerConfig {
    const node = this.lab.nodes.findIndex((_, index) => this.nodeAddress(index) === address)
    if (node >= 0) return this.towards(from, node, peer)
    const element = this.switchOf(address)
    const asn = peer.asNumber ?? (element === undefined ? undefined : this.lab.fabric.switches[element]!.asn)
    const direct = asn !== this.asnOf(from) && element !== undefined
    const bfd = peer.failureDetectionMode === 'None' || element === undefined ? undefined : this.lab.fabric.switches[element]!.bfd
    return { ...this.common(from, address, asn ?? this.asnOf(from), peer), direct, addPath: true, ...bfdOf(bfd, NODE_BFD) }
  }

  private common(from: number, address: Ipv4Address, asn: number, peer: CalicoPeer | undefined): PeerConfig {
    const restart = peer?.maxRestartTime ?? this.settings.bgpConfiguration.nodeMeshMaxRestartTime
    return {
      address,
      asn,
      source: this.nodeAddress(from),
      passive: false,
      addPath: true,
      direct: false,
      nextHopSelf: peer?.nextHopMode === 'Self' ? 'always' : 'no',
      nextHopKeep: peer?.keepOriginalNextHop === true || peer?.nextHopMode === 'Keep',
      allowLocalAs: peer?.numAllowedLocalASNumbers ?? 0,
      ...(peer?.keepaliveTime !== undefined && { keepaliveSeconds: Number.parseInt(peer.keepaliveTime, 10) }),
      gracefulRestartSeconds: Number.parseInt(restart, 10),
      importFilter: this.rules(peer, 'importV4'),
      exportFilter: this.rules(peer, 'exportV4'),
    }
  }

  /** The rules of all filters that a peering names, in order. */
  private rules(peer: CalicoPeer | undefined, direction: 'importV4' | 'exportV4'): PrefixRule[] {
    const filters = (peer?.filters ?? []).map((name) => this.settings.bgpFilters.find((filter) => filter.name === name)!)
    return filters.flatMap((filter) =>
      filter[direction].map(({ action, cidr, matchOperator, prefixLength, source }): PrefixRule => ({
        ...(cidr !== undefined && matchOperator !== undefined && { match: { operator: matchOperator, cidr } }),
        lengths: [prefixLength?.min ?? 0, prefixLength?.max ?? 32],
        learnedOnly: source === 'RemotePeers',
        action,
      })),
    )
  }

  /** What `prefixAdvertisements` put on own prefixes. */
  private communities(): SpeakerConfig['communities'] {
    const { communities, prefixAdvertisements } = this.settings.bgpConfiguration
    return prefixAdvertisements.map(({ cidr, communities: names }) => ({
      cidr,
      values: names.map((name) => communityNumber(communities.find((known) => known.name === name)?.value ?? name)),
    }))
  }

  /** The switch's side of a peering with a node. */
  private addToSwitch(element: number, node: number, address: Ipv4Address, peer: CalicoPeer): void {
    const { asn, bfd } = this.lab.fabric.switches[element]!
    if (asn === undefined) return
    const internal = asn === this.asnOf(node)
    const key = -1 - element
    this.add(key, {
      address: this.nodeAddress(node),
      asn: this.asnOf(node),
      source: address,
      passive: false,
      addPath: false,
      direct: !internal,
      ...(internal && { clusterId: address }),
      ...(peer.failureDetectionMode !== 'None' && bfdOf(NODE_BFD, bfd)),
      nextHopSelf: internal ? 'external' : 'no',
      nextHopKeep: false,
      allowLocalAs: 0,
      importFilter: [],
      exportFilter: [],
    })
  }

  private nodeSpeaker(node: number): SpeakerConfig {
    const { name } = this.lab.nodes[node]!
    const host = this.topology.hosts[node]!
    const { subnet } = host
    const { ipPool } = this.settings
    const borrowed = this.addresses.borrowed.filter((entry) => entry.node === node).map((entry) => entry.address)
    return {
      name,
      routerId: this.nodeAddress(node),
      asn: this.asnOf(node),
      interfaces: interfacesOf(host).map(({ address, subnet: prefix }, segment) => ({ segment, address, prefix })),
      blocks: this.addresses.blocks[node]!,
      borrowed,
      peers: this.peers.get(node) ?? [],
      ...(subnet.length < 32 && { defaultGateway: nthIpv4Address(subnet, 1) }),
      isRouter: false,
      pools: [{ cidr: ipPool.cidr ?? this.lab.cluster.podCIDR, exported: !ipPool.disableBGPExport }],
      tunnelled: ipPool.ipipMode !== 'Never',
      programsPools: ipPool.vxlanMode === 'Never' && this.settings.bgpConfiguration.programClusterRoutes === 'Enabled',
      timers: CALICO_TIMERS,
      gracefulRestart: true,
      communities: this.communities(),
    }
  }

  private switchSpeaker(element: number): SpeakerConfig {
    const { asn, name } = this.lab.fabric.switches[element]!
    const ports = Array.from(portsOf(this.topology.adjacency, element))
    const interfaces = ports.map((port) => this.interfaceAt(element, port))
    const peers = [...(this.peers.get(-1 - element) ?? []), ...this.switchNeighbours(element, ports)]
    return {
      name,
      routerId: interfaces[0]?.address ?? ipv4Address(FABRIC_RANGE.network + 0xfffe - element),
      asn: asn!,
      interfaces: interfaces.length > 0 ? interfaces : [{ segment: 0, address: ipv4Address(0), prefix: ipv4Prefix(ipv4Address(0), 32) }],
      blocks: [],
      borrowed: [],
      peers,
      isRouter: true,
      pools: [],
      tunnelled: false,
      programsPools: true,
      timers: BIRD_TIMERS,
      gracefulRestart: true,
      communities: [],
    }
  }

  /** Switches of another AS at the far ends of its links. */
  private switchNeighbours(element: number, ports: readonly number[]): PeerConfig[] {
    const { switches } = this.lab.fabric
    return ports.flatMap((port) => {
      const peer = this.topology.adjacency.peer[port]!
      const asn = switches[peer]?.asn
      if (asn === undefined || asn === switches[element]!.asn) return []
      return [
        {
          address: this.interfaceAt(peer, port ^ 1).address,
          asn,
          source: this.interfaceAt(element, port).address,
          passive: false,
          addPath: false,
          direct: true,
          ...bfdOf(switches[peer]!.bfd, switches[element]!.bfd),
          nextHopSelf: 'no' as const,
          nextHopKeep: false,
          allowLocalAs: 0,
          importFilter: [],
          exportFilter: [],
        },
      ]
    })
  }

  /** A switch's interface: the first address of a rack's subnet, or one of two of a link between switches. */
  private interfaceAt(element: number, port: number): { segment: number; address: Ipv4Address; prefix: Ipv4Prefix } {
    const host = this.topology.hosts[this.topology.adjacency.peer[port]! - this.topology.switches.length]
    if (host !== undefined && host.subnet.length < 32 && this.topology.switches[element]!.bridges) {
      return { segment: -1 - element, address: nthIpv4Address(host.subnet, 1), prefix: host.subnet }
    }
    const prefix = ipv4Prefix(ipv4Address(FABRIC_RANGE.network + 4 * (port >> 1)), 30)
    return { segment: port >> 1, address: nthIpv4Address(prefix, 1 + (port & 1)), prefix }
  }

  /** The switch that has an address: the first of a rack's subnet. */
  private switchOf(address: Ipv4Address): number | undefined {
    const node = this.topology.hosts.findIndex(({ subnet, kind }) => kind === 'node' && subnet.length < 32 && nthIpv4Address(subnet, 1) === address)
    if (node < 0) return undefined
    const [port] = portsOf(this.topology.adjacency, this.topology.switches.length + node)
    return port === undefined ? undefined : this.topology.adjacency.peer[port]
  }

  private nodeAddress(node: number): Ipv4Address {
    return this.nodes[node]!.address
  }

  private asnOf(node: number): number {
    return this.lab.nodes[node]!.asn ?? this.settings.bgpConfiguration.asNumber
  }
}

/** BFD with a neighbour, where both ends have it: packets come at the slower's interval, and are missed as it says. */
function bfdOf(remote: Bfd | undefined, own: Bfd | undefined): Pick<PeerConfig, 'bfd'> {
  if (remote === undefined || own === undefined) return {}
  return { bfd: { intervalSeconds: Math.max(remote.interval, own.interval) / SECOND_NS, multiplier: remote.multiplier } }
}

/** `65000:100` as one number. */
function communityNumber(text: string): number {
  const [high, low] = text.split(':').map(Number) as [number, number]
  return high * 0x1_0000 + low
}

/** The cluster a node reflects for. */
function clusterIdOf({ labels }: Node): Ipv4Address | undefined {
  const text = labels[CLUSTER_ID_LABEL]
  const parsed = text === undefined ? undefined : parseIpv4Address(text)
  return parsed?.ok ? parsed.value : undefined
}

function selects({ node, nodeSelector }: CalicoPeer, { name, labels }: Node): boolean {
  if (node !== undefined) return node === name
  if (nodeSelector === undefined) return true
  const parsed = parseSelector(nodeSelector)
  return 'selector' in parsed && matchesSelector(parsed.selector, labels)
}
