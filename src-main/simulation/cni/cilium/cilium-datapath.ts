import type { CiliumSettings } from '#shared/lab/index'
import { ipv4Address, ipv4PrefixContains, parseIpv4Prefix, type Ipv4Address, type Ipv4Prefix } from '#shared/units/index'

import { FIRST_IPSEC_KEY_ID } from '../../agents/index'
import type { AddressAssignment } from '../../ipam/index'
import type { Pod } from '../../kubernetes/index'
import { podAnnouncers } from '../../objects/index'
import { assignIdentities } from '../../policy/index'
import type { PodRoute } from '../../topology/index'
import { addressOf, interfaceMtu } from '../common/bare-connection'
import type { Carrier, CarrierPaths, Datapath, NodePaths } from '../common/datapath'
import type { ClusterView, Endpoint, NextHop, TripSide } from '../common/cni-model'
import { POD_DEVICE, type FrameAddresses } from '../common/device'
import { hashedName, podInterfaceName } from '../common/device-name'
import { virtualMac } from '../common/mac'
import type { TrackingModel } from '../common/tracking'
import type { EntryPrograms } from '../common/entry-programs'
import type { Tunnel } from '../common/tunnel'
import { CILIUM_DEVICES, HOST, LXC, TUNNEL_DEVICE } from './devices'
import { CiliumEntryPaths } from './entry-paths'
import { CiliumEntryPrograms } from './entry-programs'
import { modesOf, type CiliumModes } from './modes'
import { routeMtu, wireguardMtu } from './mtu'
import { ciliumTracking } from './tracking'

/** Ports of tunnels (pkg/defaults, TunnelPortVXLAN and TunnelPortGeneve; pkg/wireguard/types, ListenPort). */
const PORT = { vxlan: 8472, geneve: 6081, wireguard: 51_871 } as const
/** Identity of another node's own packets (pkg/identity/numericidentity.go, ReservedIdentityRemoteNode). */
const REMOTE_NODE_IDENTITY = 6
/** What pods' sockets build with BIG TCP (pkg/datapath/linux/bigtcp, BigTCPGSOMaxSize: 192 KiB). */
const BIG_TCP_BYTES = 196_608

/** 169.254.42.1, the source of what a pod gets from itself through a service (daemon, --ipv4-service-loopback-address). */
const SERVICE_LOOPBACK = ipv4Address(0xa9fe2a01)

/** Cilium at work on a cluster. */
export class CiliumDatapath implements Datapath {
  readonly memory: string
  readonly dataPlane = 'cilium'
  readonly tracking: TrackingModel
  readonly devices = CILIUM_DEVICES
  readonly podRoutes: readonly PodRoute[]
  readonly largestTrainBytes?: number
  readonly discipline?: 'fq'
  readonly limitsEgress: boolean
  readonly paths: NodePaths
  readonly entryPrograms?: EntryPrograms
  readonly hairpinAddress = SERVICE_LOOPBACK
  private readonly cluster: ClusterView
  private readonly settings: CiliumSettings
  private readonly modes: CiliumModes
  private readonly addresses: AddressAssignment
  private readonly identities: readonly number[]
  private readonly betweenPods: Carrier
  private readonly withNodes: Carrier
  /** An init container turns it off in `all`, and on cilium's and pods' devices (tools/sysctlfix); the NIC's own setting stays. */
  readonly reversePathsUnchecked = 'own'
  private readonly nativeCidr: Ipv4Prefix | undefined

  constructor(cluster: ClusterView, settings: CiliumSettings, addresses: AddressAssignment) {
    this.cluster = cluster
    this.settings = settings
    this.modes = modesOf(settings)
    this.addresses = addresses
    this.identities = assignIdentities(cluster.pods, settings).ofPod
    const paths = new CiliumEntryPaths(this.modes)
    this.memory = this.modes.replacesKubeProxy ? 'cilium-kpr' : 'cilium'
    this.tracking = ciliumTracking(settings)
    this.paths = paths.node
    this.betweenPods = this.carrierOf(paths.betweenPods, true)
    this.withNodes = this.carrierOf(paths.withNodes, false)
    if (this.modes.replacesKubeProxy) this.entryPrograms = this.programsAt(paths)
    const native = parseIpv4Prefix(settings.ipv4NativeRoutingCIDR)
    this.nativeCidr = native.ok ? native.value : undefined
    this.podRoutes = this.findPodRoutes()
    if (settings.enableIPv4BIGTCP) this.largestTrainBytes = BIG_TCP_BYTES
    // The bandwidth manager installs fq, which releases packets at the times that its program gives them.
    if (this.modes.bandwidthManager) this.discipline = 'fq'
    this.limitsEgress = this.modes.bandwidthManager
  }

  /** lxc and a hash; Cilium's is of the container's id. */
  deviceName(device: string, pod: Pod): string {
    if (device === LXC) return hashedName(LXC, pod.reference, 12)
    return device === POD_DEVICE ? podInterfaceName(pod.reference) : device
  }

  podAddress(pod: number): Ipv4Address {
    return this.addresses.ofPod[pod]!
  }

  /** The address of cilium_host; a netkit device has no link layer. */
  nextHop(pod: Endpoint): NextHop | undefined {
    if (this.modes.podDevice === 'netkit') return undefined
    const address = this.addresses.ofNode[pod.host]![0]!
    return { address, device: LXC, answers: 'node', how: 'the program on the node’s end of the veth pair (bpf_lxc.c, tail_handle_arp)' }
  }

  podMtu(host: number): number {
    return routeMtu(this.modes, this.deviceMtu(host))
  }

  carrier(from: Endpoint, to: Endpoint): Carrier {
    return from.kind === 'pod' && to.kind === 'pod' ? this.betweenPods : this.withNodes
  }

  /**
   * Masqueraded is what leaves the range of native routing; towards other nodes only with a tunnel, in which a pod's
   * address means nothing to them (bpf/lib/nat.h, snat_v4_needs_masquerade; iptables: the set cilium_node_set_v4).
   */
  leavesAs(_: Endpoint, to: Endpoint): 'node' | 'pod' {
    if (this.modes.masquerade === 'none') return 'pod'
    const isNative = this.nativeCidr !== undefined && ipv4PrefixContains(this.nativeCidr, this.addressOf(to))
    if (isNative) return 'pod'
    return to.kind === 'node' && this.modes.tunnel === undefined ? 'pod' : 'node'
  }

  /** A pod's frame goes into the tunnel as it left the pod: from its interface to the node's side of it. */
  frame(_: TripSide, device: string, from: Endpoint, to: Endpoint): FrameAddresses | undefined {
    switch (device) {
      case POD_DEVICE: {
        const address = this.podAddress(from.pod)
        return { source: virtualMac('pod', address), destination: virtualMac('node', address) }
      }
      case LXC: {
        const address = this.podAddress(to.pod)
        return { source: virtualMac('node', address), destination: virtualMac('pod', address) }
      }
      case HOST:
      case TUNNEL_DEVICE.vxlan:
      case TUNNEL_DEVICE.geneve: {
        const mac = virtualMac('bridge', this.addressOf(from))
        return { source: mac, destination: mac }
      }
      default:
        return undefined
    }
  }

  private programsAt(paths: CiliumEntryPaths): EntryPrograms {
    return new CiliumEntryPrograms({
      settings: this.settings,
      paths,
      nodeAddress: (end) => this.addressOf(end),
      ownAddress: (entry) => this.withNodes.nodeAddress(entry.host),
      tunnels: (from, to) => this.withNodes.tunnels(from, to),
      genevePort: (this.modes.tunnel === 'geneve' ? this.settings.tunnelPort : 0) || PORT.geneve,
    })
  }

  private addressOf(end: Endpoint): Ipv4Address {
    return addressOf(this.cluster.topology, end)
  }

  private deviceMtu(host: number): number {
    return this.settings.MTU || interfaceMtu(this.cluster, host)
  }

  private carrierOf(paths: CarrierPaths, encrypts: boolean): Carrier {
    const isTunnelled = this.modes.tunnel !== undefined
    return {
      paths,
      tunnels: (from, to) => this.tunnels(from, to, encrypts ? this.modes.encryption : undefined),
      // The route to pods elsewhere names cilium_host's address as the source where a tunnel is behind it.
      nodeAddress: (host) =>
        isTunnelled ? this.addresses.ofNode[host]![0]! : this.cluster.topology.hosts[host]!.address,
    }
  }

  private tunnels(from: Endpoint, to: Endpoint, encryption: CiliumModes['encryption']): Tunnel[] {
    const outer = { source: this.addressOf(from), destination: this.addressOf(to) }
    const { tunnel: kind } = this.modes
    const tunnels: Tunnel[] = []
    if (encryption === 'ipsec') tunnels.push({ kind: 'esp', ...outer, spi: FIRST_IPSEC_KEY_ID })
    if (kind !== undefined) {
      const port = this.settings.tunnelPort || PORT[kind]
      const networkIdentifier = from.kind === 'pod' ? this.identities[from.pod]! : REMOTE_NODE_IDENTITY
      // Programs ask for a zero checksum (bpf/lib/overloadable_skb.h, BPF_F_ZERO_CSUM_TX).
      const common = { ...outer, port, networkIdentifier, checksum: false }
      tunnels.push(kind === 'vxlan' ? { kind, ...common } : { kind, ...common, options: [] })
    }
    if (encryption === 'wireguard') {
      const mtu = wireguardMtu(this.deviceMtu(from.host))
      tunnels.push({ kind: 'wireguard', ...outer, port: PORT.wireguard, mtu, receiver: to.host + 1 })
    }
    return tunnels
  }

  /**
   * Nodes' ranges without a tunnel: by routes that agents write on shared subnets, or by BGP everywhere: of all nodes, or of
   * those that Cilium's BGP resources have announce them, where there are such resources.
   */
  private findPodRoutes(): PodRoute[] {
    const { autoDirectNodeRoutes, bgpControlPlane } = this.settings
    const isKnown = autoDirectNodeRoutes || bgpControlPlane.enabled
    if (this.modes.tunnel !== undefined || !isKnown) return []
    const { manifests = [], nodes, topology } = this.cluster
    const announcers = podAnnouncers(manifests, nodes, topology)
    return this.addresses.blocks.flatMap((blocks, host) => {
      const announced = bgpControlPlane.enabled && (announcers?.[host] ?? true)
      return blocks.map((prefix) => ({ prefix, host, announced }))
    })
  }
}
