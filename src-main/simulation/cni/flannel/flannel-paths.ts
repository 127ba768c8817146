import type { CarrierPaths, NodePaths } from '../common/datapath'
import { NIC_DEVICE } from '../common/device'
import { masquerading, nodeStack, translating } from '../common/node-stack'
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
  type Step,
} from '../common/path'
import { BRIDGE, VETH, VXLAN_DEVICE } from './devices'

/** Chains of kube-proxy and Flannel (FLANNEL-FWD, FLANNEL-POSTRTG). */
const RULES = 'flannel'

const stack = nodeStack({ rules: RULES, tracksOuter: true })
const { prerouting, forwarding, sending, receiving, sendingOuter, receivingOuter } = stack

/** The bridge hands what is for its own MAC address to the node's stack: ip_rcv takes it from its socket's account. */
const nodeTakes = (steps: readonly Step[]): Pass =>
  orphaning(backlog(VETH, [step('bridge-forward', BRIDGE), ...prerouting(BRIDGE), ...steps]))

/** From the node's stack by the bridge into a pod. */
const TO_POD: readonly Step[] = [...forwarding(BRIDGE), step('bridge-transmit', BRIDGE), step('veth-transmit', VETH)]

/**
 * Between pods of one node the bridge forwards frames. Its packets pass the node's hooks all the same
 * (bridge-nf-call-iptables, which kube-proxy needs): PREROUTING, FORWARD and POSTROUTING, without a route and without a
 * decrement; br_netfilter takes the packet from its socket's account as ip_rcv would.
 */
const BRIDGED: Pass = orphaning(
  backlog(VETH, [
    step('bridge-forward', VETH),
    ...prerouting(BRIDGE),
    step('nf-forward', BRIDGE, RULES),
    step('nf-postrouting', BRIDGE, RULES),
    step('veth-transmit', VETH),
  ]),
)

/** Out of a pod by the node's stack and NIC, and back, without translation. */
const PLAIN = outsidePaths([], [])

/** Paths on one node and out of the cluster. */
export const FLANNEL_NODE_PATHS: NodePaths = {
  podToLocalPod: [VETH_POD_SENDS, BRIDGED, POD_RECEIVES],
  podToOwnNode: [VETH_POD_SENDS, nodeTakes(receiving(BRIDGE))],
  nodeToLocalPod: [
    inline([...socketSends(BRIDGE), ...sending(BRIDGE), step('bridge-transmit', BRIDGE), step('veth-transmit', VETH)]),
    orphaning(POD_RECEIVES),
  ],
  outside: {
    masqueraded: outsidePaths([masquerading(NIC_DEVICE)], [translating(NIC_DEVICE)]),
    plain: PLAIN,
  },
  node: stack.node,
  forwards: stack.forwards,
}

function outsidePaths(out: readonly Step[], back: readonly Step[]) {
  return {
    out: [VETH_POD_SENDS, nodeTakes([...forwarding(NIC_DEVICE), ...out, ...NIC_SENDS])],
    back: [nicReceives(false), inline([...prerouting(NIC_DEVICE), ...back, ...TO_POD]), POD_RECEIVES],
  }
}

/** Routes over the shared subnet (host-gw, DirectRouting). */
export const FLANNEL_DIRECT: CarrierPaths = {
  podSends: PLAIN.out,
  nodeSends: stack.node.sends,
  podReceives: PLAIN.back,
  nodeReceives: stack.node.receives,
  forwardSends: stack.forwards.leaves,
  forwardReceives: stack.forwards.arrives,
}

const ENCAPSULATE: readonly Step[] = [step('vxlan-encapsulate', VXLAN_DEVICE), ...sendingOuter, ...NIC_SENDS]
const DECAPSULATE: readonly Pass[] = [
  nicReceives(true),
  inline([...receivingOuter, step('vxlan-decapsulate', VXLAN_DEVICE)]),
]
const afterTunnel = (steps: readonly Step[]): Pass => ({
  entry: 'groCell',
  steps: [step('gro-cell', VXLAN_DEVICE), ...prerouting(VXLAN_DEVICE), ...steps],
})

/** VXLAN between all nodes. */
export const FLANNEL_VXLAN: CarrierPaths = {
  podSends: [VETH_POD_SENDS, nodeTakes([...forwarding(VXLAN_DEVICE), ...ENCAPSULATE])],
  nodeSends: [inline([...socketSends(VXLAN_DEVICE), ...sending(VXLAN_DEVICE), ...ENCAPSULATE])],
  podReceives: [...DECAPSULATE, afterTunnel(TO_POD), POD_RECEIVES],
  nodeReceives: [...DECAPSULATE, afterTunnel(receiving(VXLAN_DEVICE))],
  forwardSends: [inline([...forwarding(VXLAN_DEVICE), ...ENCAPSULATE])],
  forwardReceives: [...DECAPSULATE, afterTunnel([])],
}
