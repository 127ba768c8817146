import type { CarrierPaths, NodePaths } from '../common/datapath'
import { NIC_DEVICE } from '../common/device'
import { masquerading, nodeStack, translating, wireguardReceives, wireguardSends, type NodeStack } from '../common/node-stack'
import {
  backlog,
  inline,
  NIC_SENDS,
  nicReceives,
  orphaning,
  POD_RECEIVES,
  socketSends,
  step,
  VETH_POD_SENDS,
  type Pass,
  type Path,
  type Step,
} from '../common/path'
import type { CalicoPaths, CarrierKind } from './calico-paths'
import { CALI, IPIP_DEVICE, VXLAN_DEVICE, WIREGUARD_DEVICE } from './devices'
import { tunnelEntry, type TunnelOptions } from './tunnel-entry'

/**
 * The paths of the iptables and nftables data planes: everything goes through the node's stack. `rules` is the kind of
 * the netfilter stages, which is all that the two differ in.
 */
export function netfilterPaths(rules: 'calico' | 'calico-nft', options: TunnelOptions): CalicoPaths {
  const paths = new NetfilterPaths(rules, options)
  return { paths: paths.ofNode(), carrier: (kind) => paths.carrier(kind) }
}

class NetfilterPaths {
  private readonly options: TunnelOptions
  private readonly tracked: NodeStack
  /** Felix writes NOTRACK rules for its VXLAN port (felix/rules/static.go). */
  private readonly untracked: NodeStack

  constructor(rules: string, options: TunnelOptions) {
    this.options = options
    this.tracked = nodeStack({ rules, tracksOuter: true })
    this.untracked = nodeStack({ rules, tracksOuter: false })
  }

  carrier(kind: CarrierKind): CarrierPaths {
    switch (kind) {
      case 'direct':
        return this.direct()
      case 'ipip':
        return this.tunnelled(kind, IPIP_DEVICE, this.tracked)
      case 'vxlan':
        return this.tunnelled(kind, VXLAN_DEVICE, this.untracked)
      case 'wireguard':
        return this.encrypted(WIREGUARD_DEVICE)
    }
  }

  ofNode(): NodePaths {
    const { receiving, node, forwards } = this.tracked
    return {
      podToLocalPod: [VETH_POD_SENDS, this.nodeTakes(this.toPod()), POD_RECEIVES],
      podToOwnNode: [VETH_POD_SENDS, this.nodeTakes(receiving(CALI))],
      nodeToLocalPod: [inline([...this.nodeSends(CALI), step('veth-transmit', CALI)]), orphaning(POD_RECEIVES)],
      outside: {
        masqueraded: this.outside([masquerading(NIC_DEVICE)], [translating(NIC_DEVICE)]),
        plain: this.outside([], []),
      },
      node,
      forwards,
    }
  }

  private direct(): CarrierPaths {
    const { node, forwards } = this.tracked
    const { out, back } = this.outside([], [])
    return {
      podSends: out,
      nodeSends: node.sends,
      podReceives: back,
      nodeReceives: node.receives,
      forwardSends: forwards.leaves,
      forwardReceives: forwards.arrives,
    }
  }

  private tunnelled(kind: 'ipip' | 'vxlan', device: string, { sendingOuter, receivingOuter }: NodeStack): CarrierPaths {
    const { prerouting, forwarding, receiving } = this.tracked
    const encapsulate = [tunnelEntry(kind, this.options), ...sendingOuter, ...NIC_SENDS]
    const decapsulate = [nicReceives(true), inline([...receivingOuter, step(`${kind}-decapsulate`, device)])]
    const afterTunnel = (steps: readonly Step[]): Pass => ({
      entry: 'groCell',
      steps: [step('gro-cell', device), ...prerouting(device), ...steps],
    })
    return {
      podSends: [VETH_POD_SENDS, this.nodeTakes([...forwarding(device), ...encapsulate])],
      nodeSends: [inline([...this.nodeSends(device), ...encapsulate])],
      podReceives: [...decapsulate, afterTunnel(this.toPod()), POD_RECEIVES],
      nodeReceives: [...decapsulate, afterTunnel(receiving(device))],
      forwardSends: [inline([...forwarding(device), ...encapsulate])],
      forwardReceives: [...decapsulate, afterTunnel([])],
    }
  }

  private encrypted(device: string): CarrierPaths {
    const { prerouting, forwarding, receiving, sendingOuter, receivingOuter } = this.tracked
    const sends = (before: readonly Step[]) => wireguardSends(device, before, sendingOuter)
    const receives = (after: readonly Step[]) => wireguardReceives(device, receivingOuter, [...prerouting(device), ...after])
    const [queueing, ...crypto] = sends([])
    return {
      podSends: [VETH_POD_SENDS, this.nodeTakes([...forwarding(device), ...queueing!.steps]), ...crypto],
      nodeSends: sends(this.nodeSends(device)),
      podReceives: [...receives(this.toPod()), POD_RECEIVES],
      nodeReceives: receives(receiving(device)),
      forwardSends: sends(forwarding(device)),
      forwardReceives: receives([]),
    }
  }

  /** A pod's way over the NIC and back, with what is done besides in the POSTROUTING and PREROUTING hooks. */
  private outside(leaving: readonly Step[], arriving: readonly Step[]): { readonly out: Path; readonly back: Path } {
    const { prerouting, forwarding } = this.tracked
    return {
      out: [VETH_POD_SENDS, this.nodeTakes([...forwarding(NIC_DEVICE), ...leaving, ...NIC_SENDS])],
      back: [nicReceives(false), inline([...prerouting(NIC_DEVICE), ...arriving, ...this.toPod()]), POD_RECEIVES],
    }
  }

  /** ip_rcv takes the packet from its socket's account (net/ipv4/ip_input.c, ip_rcv_core). */
  private nodeTakes(steps: readonly Step[]): Pass {
    return orphaning(backlog(CALI, [...this.tracked.prerouting(CALI), ...steps]))
  }

  private toPod(): Step[] {
    return [...this.tracked.forwarding(CALI), step('veth-transmit', CALI)]
  }

  private nodeSends(device: string): Step[] {
    return [...socketSends(device), ...this.tracked.sending(device)]
  }
}
