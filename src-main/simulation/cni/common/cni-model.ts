import type { DisciplineKind, Finding, Node, Variant } from '#shared/lab/index'
import type { CountingDataPlane, DropReason } from '#shared/plan/index'
import type { Ipv4Address, Ipv4Prefix } from '#shared/units/index'

import type { Pod } from '../../kubernetes/index'
import type { PodRoute, Topology } from '../../topology/index'
import type { DeviceTable, FrameAddresses } from './device'
import type { Path, Step } from './path'
import type { TrackingModel } from './tracking'
import type { Tunnel } from './tunnel'

/**
 * What every network plugin implements: from its settings and the cluster to a network that says, for any two ends, what
 * packets look like and which steps they take. A plugin describes each path once; costs, headers, MTU and traces all
 * derive from that description.
 */
export interface CniModel<Name extends Variant['cni'] = Variant['cni']> {
  readonly cni: Name
  /**
   * Sets the plugin up on all nodes. Findings are settings that are valid but not modelled, and pods without an address.
   */
  connect(cluster: ClusterView, settings: Extract<Variant, { cni: Name }>['settings']): CniResult
}

/** What a plugin sees of the lab. */
export interface ClusterView {
  readonly topology: Topology
  readonly nodes: readonly Node[]
  readonly podCidr: Ipv4Prefix
  readonly pods: readonly Pod[]
  /** The lab's objects, those of the plugin's own configuration among them; none where absent. */
  readonly manifests?: readonly unknown[]
  /** Where the variant's settings are in the lab, for findings. */
  readonly settingsPath: Finding['path']
}

/** A network, or why there is none. */
export interface CniResult {
  readonly network: CniNetwork
  readonly findings: readonly Finding[]
}

/** An end of a flow. */
export interface Endpoint {
  readonly kind: 'pod' | 'node' | 'external'
  /** Index of its host in the topology. */
  readonly host: number
  /** Index of the pod, −1 for others. */
  readonly pod: number
}

/** A plugin at work. */
export interface CniNetwork {
  /** The ways between two ends; undefined where packets cannot get there (a pod's address means nothing outside). */
  connection(client: Endpoint, server: Endpoint): Connection | undefined
  /**
   * The ways of a client's connection to an address of a node, or one that it announces, behind which a service's backend is:
   * on that node or on another, to which it hands the packets on. Nothing is translated on them yet but what the client's own
   * node does. Undefined where packets cannot get there.
   */
  entering(client: Endpoint, entry: Endpoint, server: Endpoint): Entrance | undefined
  /**
   * The same where programs on the node's interface answer for services; undefined where kube-proxy does, or packets cannot
   * get there.
   */
  serving(client: Endpoint, entry: Endpoint, server: Endpoint, ends: ServedEnds): ServedEntrance | undefined
  /**
   * The ways of a pod's packets out to its node and back to itself, which those have that go by way of a service to the pod that
   * sent them; undefined where pods have their node's stack.
   */
  hairpin(pod: Endpoint): Hairpin | undefined
  /** The path on which programs end what is for a service without an endpoint; undefined where kube-proxy's rules do. */
  readonly refusing: Path | undefined
  /** A trip with the devices of the interfaces that it takes, where hosts have several. */
  onInterfaces(trip: Trip, from: Endpoint, to: Endpoint): Trip
  /** What a node makes of a packet to an address of which it announces the whole range, and that no service has. */
  stray(address: Ipv4Address): Stray | undefined
  /** Why a host drops what arrives by a trip, before a socket or a pod has it; undefined where it takes it. */
  refusal(trip: Trip, from: Endpoint, to: Endpoint): Refusal | undefined
  /** Whom a pod asks for a MAC address before it sends to an end; undefined where it has no link layer of its own. */
  neighbour(pod: Endpoint, to: Endpoint): Neighbour | undefined
  /** The address of a pod; undefined where pods have their node's. */
  podAddress(pod: number): Ipv4Address | undefined
  /** Resident memory that the plugin's agents and tables take on a node, by the name it has in the calibration. */
  readonly memory: string
  /** Under which data plane its nodes count drops; absent where they have no counters but the kernel's. */
  readonly dataPlane?: CountingDataPlane
  /** What its nodes remember of connections. */
  readonly tracking: TrackingModel
  /** The devices that paths name. */
  readonly devices: DeviceTable
  /** What a device that paths name is called on a node; a pod's own has a name made of the pod's. */
  deviceName(device: string, pod: Pod): string
  /** Pod addresses that appear on the wire as they are, and who of the network knows the way to them. */
  readonly podRoutes: readonly PodRoute[]
  /** Largest packet that sockets of pods build and GRO merges (gso_max_size) where it is not the kernel's default. */
  readonly largestTrainBytes?: number
  /** Whether programs space what pods send out to other nodes by the pods' limits (annotation kubernetes.io/egress-bandwidth). */
  readonly limitsEgress?: boolean
  /** The queueing discipline that the plugin puts on nodes' NICs in place of what is there. */
  readonly discipline?: DisciplineKind
}

/** The next hop of a pod's packets, as the pod's stack sees it. */
export interface NextHop {
  readonly address: Ipv4Address
  /** The node's side of the pod's interface. */
  readonly device: string
  /** Who answers for the address: the node's end of the interface, or another pod behind the bridge. */
  readonly answers: 'node' | 'pod'
  /** How the answer comes about, in words. */
  readonly how: string
}

/** A next hop with the MAC addresses of the question and the answer. */
export interface Neighbour extends NextHop {
  readonly askedFrom: FrameAddresses['source']
  readonly mac: FrameAddresses['destination']
}

/** Both directions of a flow. */
export interface Connection {
  /** Addresses as the client's transport sees them. */
  readonly clientAddress: Ipv4Address
  readonly serverAddress: Ipv4Address
  readonly forward: Trip
  readonly reverse: Trip
}

/** The ways of a pod that is its own backend. */
export interface Hairpin {
  readonly connection: Connection
  /** The address in place of the pod's own. */
  readonly seenAs: Ipv4Address
  /** Where and why packets never get back to the pod: in front of the first step of a stage. */
  readonly stopped?: { readonly before: Step['stage']; readonly reason: DropReason }
}

/** The ways of a connection by way of a node. */
export interface Entrance {
  /** Between client and node; where the server is on the node, up to it. */
  readonly outer: Connection
  /** Between node and server; undefined where that is on the node. */
  readonly inner: Connection | undefined
  /** The address that the node's own packets to the server have. */
  readonly nodeAddress: Ipv4Address
}

/** A service on a connection's way: where it is asked, and who answers. */
export interface ServedEnds {
  readonly frontend: { readonly address: Ipv4Address; readonly port: number }
  readonly backend: { readonly address: Ipv4Address; readonly port: number }
  readonly transport: 'tcp' | 'udp' | 'icmp'
}

/** The ways of a connection that programs hand on. */
export interface ServedEntrance extends Pick<Entrance, 'outer' | 'inner'> {
  /** The leg to the server of the packet that opens the connection, where it is another. */
  readonly opening: Trip | undefined
  readonly answersDirectly: boolean
  readonly seenAs: Ipv4Address | undefined
}

/** Where on a trip: on the host that sends, or on the one that receives. */
export type TripSide = 'sender' | 'receiver'

/** One direction of a flow. */
export interface Trip {
  /** Steps on the sending host; on one host all of them, to the receiving socket. */
  readonly transmit: Path
  /** Steps on the receiving host; undefined when that is the sender. */
  readonly receive: Path | undefined
  /** Largest IP packet that the sender's socket makes: the MTU of its route. */
  readonly mtuBytes: number
  /** Addresses as the sender's socket writes them. */
  readonly addresses: AddressPair
  /** Translations in the order in which steps make them. */
  readonly translations: readonly Translation[]
  /** The option that a step puts into the IPv4 header; whole words. */
  readonly ipOption?: Uint8Array
  /** Tunnels in the order in which steps put them on. */
  readonly tunnels: readonly Tunnel[]
  /** The addresses of a frame that leaves by a device; undefined for devices without a link-layer header. */
  readonly frames: (side: TripSide, device: string) => FrameAddresses | undefined
}

/** The way of a packet that a node has nobody for: to where it ends, or back out to the router that sent it. */
export interface Stray {
  readonly path: Path
  readonly end: 'back' | { readonly drop: DropReason }
}

/** Where and why a packet ends on the host at which it arrives. */
export interface Refusal {
  /** The way in, up to the step that drops it. */
  readonly receive: Path
  readonly reason: DropReason
  /** What decided it, in words. */
  readonly decidedBy: string
  /** Set where the host tells the sender that no socket has the port (ICMP port unreachable). */
  readonly tellsSender?: true
}

/** A translation: what it names becomes so, the rest stays as it is. */
export interface Translation {
  readonly source?: Ipv4Address
  readonly destination?: Ipv4Address
  readonly sourcePort?: number
  readonly destinationPort?: number
}

/** Source and destination of a packet. */
export interface AddressPair {
  readonly source: Ipv4Address
  readonly destination: Ipv4Address
}
