import type { DisciplineKind } from '#shared/lab/index'
import type { CountingDataPlane } from '#shared/plan/index'
import type { Ipv4Address, Ipv4Prefix } from '#shared/units/index'

import type { Pod } from '../../kubernetes/index'
import type { PodRoute } from '../../topology/index'
import type { ArrivalCheck } from './arrivals'
import type { ForwardPaths, HostPaths } from './bare-connection'
import type { Endpoint, Hairpin, NextHop, Stray, TripSide } from './cni-model'
import type { DeviceTable, FrameAddresses } from './device'
import type { EntryPrograms } from './entry-programs'
import type { PodGateway } from './on-interfaces'
import type { Path } from './path'
import type { UncheckedDevices } from './reverse-path'
import type { TrackingModel } from './tracking'
import type { Tunnel } from './tunnel'

/** Paths that stay on one node or leave the cluster. */
export interface NodePaths {
  readonly podToLocalPod: Path
  readonly podToOwnNode: Path
  readonly nodeToLocalPod: Path
  /** A pod to what is no pod, and the answers to that; with the pod's address translated or not. */
  readonly outside: { readonly masqueraded: OutsidePaths; readonly plain: OutsidePaths }
  /** A node's own traffic with its own address. */
  readonly node: HostPaths
  /** What the node forwards between its NIC and others. */
  readonly forwards: ForwardPaths
}

/** Ways of a pod's packets out of the cluster and back. */
export interface OutsidePaths {
  readonly out: Path
  readonly back: Path
}

/** Paths between nodes by one kind of carrier. */
export interface CarrierPaths {
  readonly podSends: Path
  readonly nodeSends: Path
  readonly podReceives: Path
  readonly nodeReceives: Path
  /** What a node forwards to pods of another node, and what it gets from them to forward. */
  readonly forwardSends: Path
  readonly forwardReceives: Path
}

/** How packets get from the pods of one node to those of another. */
export interface Carrier {
  readonly paths: CarrierPaths
  /** Tunnels in the order in which they are put on. */
  tunnels(from: Endpoint, to: Endpoint): readonly Tunnel[]
  /** The address that a node's own packets have in it. */
  nodeAddress(host: number): Ipv4Address
}

/** What a plugin makes of its settings; `ClusterNetwork` makes connections of it. */
export interface Datapath {
  readonly dataPlane?: CountingDataPlane
  readonly memory: string
  readonly tracking: TrackingModel
  readonly devices: DeviceTable
  readonly podRoutes: readonly PodRoute[]
  readonly largestTrainBytes?: number
  readonly limitsEgress?: boolean
  readonly discipline?: DisciplineKind
  readonly paths: NodePaths
  /** Behind which address of a host its pods are; the host's first where absent. */
  readonly podGateway?: PodGateway
  /** What the plugin's nodes look at in what arrives, beside what every node does. */
  readonly arrivalChecks?: readonly ArrivalCheck[]
  /** Where the plugin turns a node's check of reverse paths off; absent where it leaves it as it is. */
  readonly reversePathsUnchecked?: UncheckedDevices
  /** Ranges of services' addresses that nodes announce as a whole, and the way of what nobody in them has; absent where there are none. */
  readonly strays?: { readonly ranges: readonly Ipv4Prefix[]; readonly way: Stray }
  /** How programs answer for services that are asked at the node; absent where kube-proxy does. */
  readonly entryPrograms?: EntryPrograms
  /** The source of what a pod sends to itself by way of a service, where that is no address of its node. */
  readonly hairpinAddress?: Ipv4Address
  /** Where such packets end on the node; absent where they get back to the pod. */
  readonly hairpinStopped?: Hairpin['stopped']
  /** What a device is called on a node. */
  deviceName(device: string, pod: Pod): string
  podAddress(pod: number): Ipv4Address
  /** MTU of pods' routes on a node. */
  podMtu(host: number): number
  /** How two ends on different nodes, at least one of them a pod, are connected. */
  carrier(from: Endpoint, to: Endpoint): Carrier
  /** What a pod's packets to another node or an external host have for a source. */
  leavesAs(pod: Endpoint, to: Endpoint): 'node' | 'pod'
  /** The next hop of what a pod sends; undefined where its device has no link layer. */
  nextHop(pod: Endpoint, to: Endpoint): NextHop | undefined
  /** Addresses of frames on the plugin's own devices; undefined for those without a link-layer header. */
  frame(side: TripSide, device: string, from: Endpoint, to: Endpoint): FrameAddresses | undefined
}
