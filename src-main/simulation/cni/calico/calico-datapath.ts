import { sha1 } from '@noble/hashes/legacy.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'

import { featureOverride, type CalicoSettings } from '#shared/lab/index'
import type { CountingDataPlane } from '#shared/plan/index'
import { ipv4Address, ipv4PrefixContains, type Ipv4Address } from '#shared/units/index'
import type { MacAddress } from '#shared/wire/index'

import type { AddressAssignment } from '../../ipam/index'
import type { Pod } from '../../kubernetes/index'
import { calicoNodes, isNear, type CalicoNode } from '../../agents/index'
import { interfacesOf, interfaceTowards, type PodRoute } from '../../topology/index'
import type { ArrivalCheck } from '../common/arrivals'
import { addressOf, interfaceMtu } from '../common/bare-connection'
import type { Carrier, Datapath, NodePaths } from '../common/datapath'
import type { ClusterView, Endpoint, NextHop, TripSide } from '../common/cni-model'
import { POD_DEVICE, type FrameAddresses } from '../common/device'
import type { EntryPrograms } from '../common/entry-programs'
import { hashedName, podInterfaceName } from '../common/device-name'
import { virtualMac } from '../common/mac'
import type { TrackingModel } from '../common/tracking'
import type { Tunnel } from '../common/tunnel'
import { tunnelChecks } from './arrival-checks'
import { bpfPaths } from './bpf-paths'
import type { CalicoPaths, CarrierKind } from './calico-paths'
import { CALI, CALICO_DEVICES, VXLAN_DEVICE } from './devices'
import { calicoEntryPrograms } from './entry-programs'
import { podMtu, wireguardMtu } from './mtu'
import { netfilterPaths } from './netfilter-paths'
import { dataPlaneOf, encapsulationOf } from './settings'
import { straysOf } from './strays'
import { calicoTracking } from './tracking'

/** 169.254.1.1, every pod's gateway (cni-plugin/pkg/dataplane/linux). */
const GATEWAY = ipv4Address(0xa9fe0101)
/** Every node's end of a pod's interface has this address (cni-plugin/pkg/dataplane/linux). */
const CALI_MAC = 0xeeeeeeeeeeee

/** Calico at work on a cluster. */
export class CalicoDatapath implements Datapath {
  readonly memory: string
  readonly dataPlane: CountingDataPlane
  readonly tracking: TrackingModel
  readonly devices = CALICO_DEVICES
  readonly podRoutes: readonly PodRoute[]
  readonly paths: NodePaths
  readonly entryPrograms?: EntryPrograms
  readonly strays?: Datapath['strays']
  readonly arrivalChecks: readonly ArrivalCheck[]
  /** Felix turns it off where programs check sources (felix/dataplane/linux/bpf_ep_mgr.go). */
  readonly reversePathsUnchecked?: 'all'
  private readonly nodes: readonly CalicoNode[]
  private readonly cluster: ClusterView
  private readonly settings: CalicoSettings
  private readonly addresses: AddressAssignment
  private readonly carriers: Readonly<Record<CarrierKind, Carrier>>
  private readonly vtepMacs: readonly MacAddress[]

  constructor(cluster: ClusterView, settings: CalicoSettings, addresses: AddressAssignment) {
    this.cluster = cluster
    this.settings = settings
    this.addresses = addresses
    this.nodes = calicoNodes(cluster.topology.hosts, settings)
    this.arrivalChecks = tunnelChecks(this.nodes, settings)
    const dataPlane = dataPlaneOf(settings)
    const calicoPaths = pathsOf(settings)
    this.memory = dataPlane === 'ebpf' ? 'calico-ebpf' : 'calico'
    this.dataPlane = `calico-${dataPlane}`
    if (dataPlane === 'ebpf') this.reversePathsUnchecked = 'all'
    this.tracking = calicoTracking(settings)
    this.paths = calicoPaths.paths
    if (calicoPaths.entry !== undefined) {
      this.entryPrograms = calicoEntryPrograms(calicoPaths.entry, settings, ({ host }) => this.nodes[host]!)
    }
    const strays = straysOf(settings, calicoPaths.paths.forwards)
    if (strays !== undefined) this.strays = strays
    this.carriers = {
      direct: this.carrierOf(calicoPaths, 'direct'),
      ipip: this.carrierOf(calicoPaths, 'ipip'),
      vxlan: this.carrierOf(calicoPaths, 'vxlan'),
      wireguard: this.carrierOf(calicoPaths, 'wireguard'),
    }
    this.vtepMacs = cluster.nodes.map(({ name }) => vtepMac(name))
    this.podRoutes = this.findPodRoutes()
  }

  /** cali and the start of the SHA-1 of namespace and name (libcalico-go, VethNameForWorkload). */
  deviceName(device: string, pod: Pod): string {
    if (device === CALI) return hashedName(CALI, pod.reference.replace('/', '.'), 11)
    return device === POD_DEVICE ? podInterfaceName(pod.reference) : device
  }

  podAddress(pod: number): Ipv4Address {
    return this.addresses.ofPod[pod]!
  }

  /** A link-local address that nobody has: the kernel answers for it, as proxy_arp is on and it has another way there. */
  nextHop(): NextHop {
    return { address: GATEWAY, device: CALI, answers: 'node', how: 'proxy_arp on the node’s end of the veth pair' }
  }

  /** Other nodes' routes to a node's pods lead to the address that its Node has. */
  readonly podGateway = (host: number): Ipv4Address => this.nodes[host]!.address

  podMtu(host: number): number {
    return podMtu(this.settingsOf(host), interfaceMtu(this.cluster, host))
  }

  carrier(from: Endpoint, to: Endpoint): Carrier {
    // Felix puts pods' addresses behind WireGuard; nodes' own traffic only with wireguardHostEncryptionEnabled.
    const encrypts = this.settings.felixConfiguration.wireguardEnabled && from.kind === 'pod' && to.kind === 'pod'
    return this.carriers[encrypts ? 'wireguard' : this.encapsulation(from.host, to.host)]
  }

  /** What is in a pool counts as inside the cluster (felix/rules/nat.go): also where it is a node, or none of the cluster. */
  leavesAs(_: Endpoint, to: Endpoint): 'node' | 'pod' {
    const { ipPool, ipPools } = this.settings
    const isInPool = ipPools.some(({ cidr }) => ipv4PrefixContains(cidr, addressOf(this.cluster.topology, to)))
    return ipPool.natOutgoing && !isInPool ? 'node' : 'pod'
  }

  frame(side: TripSide, device: string, from: Endpoint, to: Endpoint): FrameAddresses | undefined {
    switch (device) {
      case POD_DEVICE:
        return { source: virtualMac('pod', this.podAddress(from.pod)), destination: CALI_MAC }
      case CALI:
        return { source: CALI_MAC, destination: virtualMac('pod', this.podAddress(to.pod)) }
      case VXLAN_DEVICE:
        return side === 'sender'
          ? { source: this.vtepMacs[from.host]!, destination: this.vtepMacs[to.host]! }
          : { source: 0, destination: 0 }
      default:
        return undefined
    }
  }

  /** By what a node sends to another: its own mask says whether that is near, not the other's. */
  private encapsulation(from: number, to: number): Exclude<CarrierKind, 'wireguard'> {
    const { kind, crossSubnetOnly } = encapsulationOf(this.settings)
    return crossSubnetOnly && isNear(this.nodes[from]!, this.nodes[to]!) ? 'direct' : kind
  }

  private settingsOf(host: number): CalicoSettings {
    return { ...this.settings, felixConfiguration: this.nodes[host]!.felixConfiguration }
  }

  private carrierOf({ carrier }: CalicoPaths, kind: CarrierKind): Carrier {
    return {
      paths: carrier(kind),
      tunnels: (from, to) => this.tunnels(kind, from, to),
      // What a node sends into a tunnel has the tunnel's address.
      nodeAddress: (host) =>
        kind === 'direct' ? this.cluster.topology.hosts[host]!.address : this.addresses.ofNode[host]![0]!,
    }
  }

  private tunnels(kind: CarrierKind, from: Endpoint, to: Endpoint): Tunnel[] {
    const [node, { address: destination }] = [this.nodes[from.host]!, this.nodes[to.host]!]
    const { address, felixConfiguration: felix } = node
    // tunl0 and WireGuard's socket are bound to no address: theirs is that of the interface that leads to the other node.
    const routed = interfaceTowards(this.cluster.topology.hosts[from.host]!, destination).address
    const outer = { source: kind === 'vxlan' ? address : routed, destination }
    switch (kind) {
      case 'direct':
        return []
      case 'ipip':
        return [{ kind, ...outer }]
      case 'vxlan':
        // Felix leaves the device's UDP checksum at the kernel's default, which is on.
        return [{ kind, ...outer, port: felix.vxlanPort, networkIdentifier: felix.vxlanVNI, checksum: true }]
      case 'wireguard': {
        const mtu = wireguardMtu(this.settingsOf(from.host), interfaceMtu(this.cluster, from.host))
        return [{ kind, ...outer, port: felix.wireguardListeningPort, mtu, receiver: to.host + 1 }]
      }
    }
  }

  /** Blocks that travel without encapsulation: to all who share a subnet, and by BGP to the fabric where it is a peer. */
  private findPodRoutes(): PodRoute[] {
    const { kind, crossSubnetOnly } = encapsulationOf(this.settings)
    if (kind !== 'direct' && !crossSubnetOnly) return []
    const announced = this.settings.bgpPeers.length > 0
    return this.addresses.blocks.flatMap((blocks, host) => {
      const own = interfacesOf(this.cluster.topology.hosts[host]!).findIndex(({ address }) => address === this.podGateway(host))
      return blocks.map((prefix) => ({ prefix, host, announced, ...(own > 0 && { interfaceNumber: own }) }))
    })
  }
}

function pathsOf(settings: CalicoSettings): CalicoPaths {
  const { felixConfiguration: felix } = settings
  const options = { sumsVxlanInSoftware: featureOverride(felix, 'ChecksumOffloadBroken') === true }
  switch (dataPlaneOf(settings)) {
    case 'iptables':
      return netfilterPaths('calico', options)
    case 'nftables':
      return netfilterPaths('calico-nft', options)
    case 'ebpf':
      return bpfPaths({ ...options, redirectsToPeer: felix.bpfRedirectToPeer !== 'Disabled' })
  }
}

/** The address of a node's VXLAN device: 0x66, then the start of the SHA-1 of its name (felix/calc/vxlan_resolver.go). */
function vtepMac(node: string): MacAddress {
  return [0x66, ...sha1(utf8ToBytes(node)).subarray(0, 5)].reduce((mac, byte) => mac * 0x100 + byte, 0)
}
