import type { FlannelSettings } from '#shared/lab/index'
import { nthIpv4Address, type Ipv4Address } from '#shared/units/index'

import type { AddressAssignment } from '../../ipam/index'
import type { Pod } from '../../kubernetes/index'
import { shareSubnet, type PodRoute } from '../../topology/index'
import { addressOf, interfaceMtu } from '../common/bare-connection'
import type { Carrier, Datapath } from '../common/datapath'
import type { ClusterView, Endpoint, Hairpin, NextHop, TripSide } from '../common/cni-model'
import { POD_DEVICE, type FrameAddresses } from '../common/device'
import { hashedName, podInterfaceName } from '../common/device-name'
import { virtualMac } from '../common/mac'
import { netfilterLooks, netfilterTables, type TrackingModel } from '../common/tracking'
import { UDP_TUNNEL_BYTES } from '../common/tunnel'
import { BRIDGE, FLANNEL_DEVICES, VETH, VXLAN_DEVICE } from './devices'
import { FLANNEL_DIRECT, FLANNEL_NODE_PATHS, FLANNEL_VXLAN } from './flannel-paths'

/** Flannel at work on a cluster. */
export class FlannelDatapath implements Datapath {
  readonly memory = 'flannel'
  readonly tracking: TrackingModel
  readonly devices = FLANNEL_DEVICES
  readonly podRoutes: readonly PodRoute[]
  readonly paths = FLANNEL_NODE_PATHS
  readonly hairpinStopped?: Hairpin['stopped']
  private readonly cluster: ClusterView
  private readonly settings: FlannelSettings
  private readonly addresses: AddressAssignment
  private readonly direct: Carrier
  private readonly vxlan: Carrier

  constructor(cluster: ClusterView, settings: FlannelSettings, addresses: AddressAssignment) {
    this.cluster = cluster
    this.settings = settings
    this.addresses = addresses
    this.tracking = { tables: netfilterTables(settings.kubeProxy.conntrack), looks: netfilterLooks }
    const { Type, DirectRouting, Port, VNI } = settings.Backend
    this.direct = {
      paths: FLANNEL_DIRECT,
      tunnels: () => [],
      nodeAddress: (host) => cluster.topology.hosts[host]!.address,
    }
    this.vxlan = {
      paths: FLANNEL_VXLAN,
      tunnels: (from, to) => [
        {
          kind: 'vxlan',
          source: addressOf(cluster.topology, from),
          destination: addressOf(cluster.topology, to),
          port: Port,
          networkIdentifier: VNI,
          checksum: true,
        },
      ],
      // The address of flannel.1: that of the node's range itself.
      nodeAddress: (host) => this.rangeAddress(host, 0),
    }
    const isDirect = Type === 'host-gw' || DirectRouting
    const routes = addresses.blocks.flatMap((blocks, host) => blocks.map((prefix) => ({ prefix, host, announced: false })))
    this.podRoutes = isDirect ? routes : []
    // br_netfilter bridges what PREROUTING translated, and the bridge sends nothing back by its own port (br_forward).
    if (!settings.delegate.hairpinMode) this.hairpinStopped = { before: 'nf-forward', reason: 'hairpin-off' }
  }

  /** veth and eight digits, which the bridge plugin draws. */
  deviceName(device: string, pod: Pod): string {
    if (device === VETH) return hashedName(VETH, pod.reference, 8)
    return device === POD_DEVICE ? podInterfaceName(pod.reference) : device
  }

  podAddress(pod: number): Ipv4Address {
    return this.addresses.ofPod[pod]!
  }

  /** Pods of a node are neighbours on its bridge; the bridge is the gateway to all others. */
  nextHop(pod: Endpoint, to: Endpoint): NextHop {
    if (to.kind === 'pod' && to.host === pod.host) {
      return { address: this.podAddress(to.pod), device: VETH, answers: 'pod', how: 'the pod itself: the bridge hands the question to all its ports' }
    }
    return { address: this.rangeAddress(pod.host, 1), device: VETH, answers: 'node', how: 'the node, whose address the bridge has' }
  }

  /** The backend's MTU, which the bridge plugin gives pods: the NIC's, with VXLAN less 50. */
  podMtu(host: number): number {
    const { Type, MTU } = this.settings.Backend
    const external = MTU ?? interfaceMtu(this.cluster, host)
    return Type === 'vxlan' ? external - UDP_TUNNEL_BYTES : external
  }

  carrier(from: Endpoint, to: Endpoint): Carrier {
    const { hosts } = this.cluster.topology
    const { Type, DirectRouting } = this.settings.Backend
    if (Type === 'host-gw') return this.direct
    return DirectRouting && shareSubnet(hosts[from.host]!, hosts[to.host]!) ? this.direct : this.vxlan
  }

  leavesAs(): 'node' {
    return 'node'
  }

  frame(side: TripSide, device: string, from: Endpoint, to: Endpoint): FrameAddresses | undefined {
    switch (device) {
      case POD_DEVICE: {
        const isNeighbour = to.kind === 'pod' && to.host === from.host
        const gateway = isNeighbour ? virtualMac('pod', this.podAddress(to.pod)) : this.bridgeMac(from.host)
        return { source: virtualMac('pod', this.podAddress(from.pod)), destination: gateway }
      }
      case BRIDGE: {
        const host = side === 'sender' ? from.host : to.host
        return { source: this.bridgeMac(host), destination: virtualMac('pod', this.podAddress(to.pod)) }
      }
      case VXLAN_DEVICE:
        return { source: this.tunnelMac(from.host), destination: this.tunnelMac(to.host) }
      default:
        return undefined
    }
  }

  private rangeAddress(host: number, index: number): Ipv4Address {
    return nthIpv4Address(this.addresses.blocks[host]![0]!, index)
  }

  private bridgeMac(host: number): number {
    return virtualMac('bridge', this.rangeAddress(host, 1))
  }

  private tunnelMac(host: number): number {
    return virtualMac('tunnel', this.rangeAddress(host, 0))
  }
}
