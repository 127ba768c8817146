import type { CarrierPaths, NodePaths } from '../common/datapath'
import { NIC_DEVICE, POD_DEVICE } from '../common/device'
import { masquerading, nodeStack, translating, wireguardReceives, wireguardSends } from '../common/node-stack'
import {
  backlog,
  inline,
  NIC_SENDS,
  nicReceives,
  orphaning,
  socketReceives,
  socketSends,
  step,
  type Pass,
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
  const tracked = nodeStack({ rules, tracksOuter: true })
  // Felix writes NOTRACK rules for its VXLAN port (felix/rules/static.go).
  const untracked = nodeStack({ rules, tracksOuter: false })
  const { prerouting, forwarding, sending, receiving } = tracked
  // ip_rcv takes the packet from its socket's account (net/ipv4/ip_input.c, ip_rcv_core).
  const nodeTakes = (steps: readonly Step[]): Pass => orphaning(backlog(CALI, [...prerouting(CALI), ...steps]))
  const toPod: readonly Step[] = [...forwarding(CALI), step('veth-transmit', CALI)]
  const nodeSends = (device: string): Step[] => [...socketSends(device), ...sending(device)]

  const direct = (): CarrierPaths => ({
    podSends: [POD_SENDS, nodeTakes([...forwarding(NIC_DEVICE), ...NIC_SENDS])],
    nodeSends: tracked.node.sends,
    podReceives: [nicReceives(false), inline([...prerouting(NIC_DEVICE), ...toPod]), POD_RECEIVES],
    nodeReceives: tracked.node.receives,
    forwardSends: tracked.forwards.leaves,
    forwardReceives: tracked.forwards.arrives,
  })

  const tunnelled = (kind: 'ipip' | 'vxlan'): CarrierPaths => {
    const device = kind === 'ipip' ? IPIP_DEVICE : VXLAN_DEVICE
    const stack = kind === 'ipip' ? tracked : untracked
    const encapsulate = [tunnelEntry(kind, options), ...stack.sendingOuter, ...NIC_SENDS]
    const decapsulate = [
      nicReceives(true),
      inline([...stack.receivingOuter, step(`${kind}-decapsulate`, device)]),
    ]
    const afterTunnel = (steps: readonly Step[]): Pass => ({
      entry: 'groCell',
      steps: [step('gro-cell', device), ...prerouting(device), ...steps],
    })
    return {
      podSends: [POD_SENDS, nodeTakes([...forwarding(device), ...encapsulate])],
      nodeSends: [inline([...nodeSends(device), ...encapsulate])],
      podReceives: [...decapsulate, afterTunnel(toPod), POD_RECEIVES],
      nodeReceives: [...decapsulate, afterTunnel(receiving(device))],
      forwardSends: [inline([...forwarding(device), ...encapsulate])],
      forwardReceives: [...decapsulate, afterTunnel([])],
    }
  }

  const encrypted = (): CarrierPaths => {
    const device = WIREGUARD_DEVICE
    const sends = (before: readonly Step[]) => wireguardSends(device, before, tracked.sendingOuter)
    const receives = (after: readonly Step[]) =>
      wireguardReceives(device, tracked.receivingOuter, [...prerouting(device), ...after])
    const [fromPod, ...crypto] = sends([])
    return {
      podSends: [POD_SENDS, nodeTakes([...forwarding(device), ...fromPod!.steps]), ...crypto],
      nodeSends: sends(nodeSends(device)),
      podReceives: [...receives(toPod), POD_RECEIVES],
      nodeReceives: receives(receiving(device)),
      forwardSends: sends(forwarding(device)),
      forwardReceives: receives([]),
    }
  }

  const carriers = {
    direct,
    ipip: () => tunnelled('ipip'),
    vxlan: () => tunnelled('vxlan'),
    wireguard: encrypted,
  } as const satisfies Record<CarrierKind, () => CarrierPaths>

  const outside = (out: readonly Step[], back: readonly Step[]) => ({
    out: [POD_SENDS, nodeTakes([...forwarding(NIC_DEVICE), ...out, ...NIC_SENDS])],
    back: [nicReceives(false), inline([...prerouting(NIC_DEVICE), ...back, ...toPod]), POD_RECEIVES],
  })
  const paths: NodePaths = {
    podToLocalPod: [POD_SENDS, nodeTakes(toPod), POD_RECEIVES],
    podToOwnNode: [POD_SENDS, nodeTakes(receiving(CALI))],
    nodeToLocalPod: [inline([...nodeSends(CALI), step('veth-transmit', CALI)]), orphaning(POD_RECEIVES)],
    outside: {
      masqueraded: outside([masquerading(NIC_DEVICE)], [translating(NIC_DEVICE)]),
      plain: outside([], []),
    },
    node: tracked.node,
    forwards: tracked.forwards,
  }
  return { paths, carrier: (kind) => carriers[kind]() }
}

/** A pod's packet, up to the node's side of its interface. */
const POD_SENDS: Pass = inline([...socketSends(POD_DEVICE), step('veth-transmit', POD_DEVICE)])
const POD_RECEIVES: Pass = backlog(POD_DEVICE, socketReceives(POD_DEVICE))
