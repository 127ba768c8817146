import { nodeStack } from '../common/node-stack'
import { NIC_DEVICE, NIC_SENDS, nicReceives, outer, socketReceives, socketSends, step } from '../common/path'
import type { Pass, Path, Step } from '../common/path'

const RULES = 'calico'
/** The pod's interface, seen from inside it and from the node. */
const POD = 'pod eth0'
const CALI = 'cali'
const TUNNEL = 'tunl0'

const { prerouting, forwarding, sending, receiving } = nodeStack(RULES)

/** A pod's packet, up to the node's side of its interface. */
const POD_SENDS: Pass = { entry: 'inline', steps: [...socketSends(POD), step('veth-transmit', POD)] }

/** The node's stack takes it up: ip_rcv orphans it (net/ipv4/ip_input.c, ip_rcv_core). */
const nodeTakes = (steps: readonly Step[]): Pass => ({
  entry: 'backlog',
  steps: [step('backlog', CALI), ...prerouting(CALI), ...steps],
  orphans: true,
})

/** From the node's stack into a pod. */
const TO_POD: readonly Step[] = [...forwarding(CALI), step('veth-transmit', CALI)]
const POD_RECEIVES: Pass = { entry: 'backlog', steps: [step('backlog', POD), ...socketReceives(POD)] }

/** Encapsulation; the outer packet passes OUTPUT and POSTROUTING as the node's own. */
const ENCAPSULATE: readonly Step[] = [
  step('ipip-encapsulate', TUNNEL),
  ...outer([
    step('nf-output', NIC_DEVICE, RULES),
    step('nf-conntrack', NIC_DEVICE),
    step('nf-postrouting', NIC_DEVICE, RULES),
  ]),
  ...NIC_SENDS,
]

/** Arrival of a tunnel packet: cali-INPUT lets it in when its sender is a node. */
const DECAPSULATE: readonly Pass[] = [
  nicReceives(true),
  {
    entry: 'inline',
    steps: [
      ...outer([
        step('nf-prerouting', NIC_DEVICE, RULES),
        step('nf-conntrack', NIC_DEVICE),
        step('ip-local-deliver', NIC_DEVICE),
        step('nf-input', NIC_DEVICE, RULES),
      ]),
      step('ipip-decapsulate', TUNNEL),
    ],
  },
]

const afterTunnel = (steps: readonly Step[]): Pass => ({
  entry: 'groCell',
  steps: [step('gro-cell', TUNNEL), ...prerouting(TUNNEL), ...steps],
})

/** Pod to pod on one node: through the node's stack, two backlogs. */
export const POD_TO_LOCAL_POD: Path = [POD_SENDS, nodeTakes(TO_POD), POD_RECEIVES]

/** Pod to its own node. */
export const POD_TO_OWN_NODE: Path = [POD_SENDS, nodeTakes(receiving(CALI))]

/** A node to a pod on it. */
export const NODE_TO_LOCAL_POD: Path = [
  { entry: 'inline', steps: [...socketSends(CALI), ...sending(CALI), step('veth-transmit', CALI)] },
  { ...POD_RECEIVES, orphans: true },
]

/** A pod into the tunnel. */
export const POD_TO_TUNNEL: Path = [POD_SENDS, nodeTakes([...forwarding(TUNNEL), ...ENCAPSULATE])]

/** A node's own packet into the tunnel. */
export const NODE_TO_TUNNEL: Path = [
  { entry: 'inline', steps: [...socketSends(TUNNEL), ...sending(TUNNEL), ...ENCAPSULATE] },
]

/** Out of the tunnel into a pod. */
export const TUNNEL_TO_POD: Path = [...DECAPSULATE, afterTunnel(TO_POD), POD_RECEIVES]

/** Out of the tunnel to a socket of the node. */
export const TUNNEL_TO_NODE: Path = [...DECAPSULATE, afterTunnel(receiving(TUNNEL))]

/** A pod to what is no pod: masqueraded as its node. */
export const POD_TO_OUTSIDE: Path = [POD_SENDS, nodeTakes([...forwarding(NIC_DEVICE), ...NIC_SENDS])]

/** Answers to that. */
export const OUTSIDE_TO_POD: Path = [
  nicReceives(false),
  { entry: 'inline', steps: [...prerouting(NIC_DEVICE), ...TO_POD] },
  POD_RECEIVES,
]

/** A node's own traffic with its own address. */
export const NODE_PATHS = {
  sends: [{ entry: 'inline', steps: [...socketSends(NIC_DEVICE), ...sending(NIC_DEVICE), ...NIC_SENDS] }],
  receives: [nicReceives(false), { entry: 'inline', steps: [...prerouting(NIC_DEVICE), ...receiving(NIC_DEVICE)] }],
  loopback: [
    { entry: 'inline', steps: [...socketSends('lo'), ...sending('lo'), step('loopback-transmit', 'lo')] },
    {
      entry: 'backlog',
      steps: [step('backlog', 'lo'), step('nf-prerouting', 'lo', RULES), ...receiving('lo')],
      orphans: true,
    },
  ],
} as const satisfies Record<string, Path>
