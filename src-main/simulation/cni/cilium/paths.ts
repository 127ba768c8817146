import { nodeStack } from '../common/node-stack'
import { NIC_DEVICE, NIC_SENDS, nicReceives, outer, socketReceives, socketSends, step } from '../common/path'
import type { Pass, Path, Step } from '../common/path'

/** Chains of kube-proxy and the few that Cilium adds (CILIUM_PRE_raw, CILIUM_FORWARD, CILIUM_POST_nat, …). */
const RULES = 'cilium'
/** The pod's interface, seen from inside it and from the node. */
const POD = 'pod eth0'
const LXC = 'lxc'
const TUNNEL = 'cilium_vxlan'
const HOST = 'cilium_host'

const { prerouting, forwarding, sending, receiving } = nodeStack(RULES)

/** A pod's packet, up to the node's side of its interface. */
const POD_SENDS: Pass = { entry: 'inline', steps: [...socketSends(POD), step('veth-transmit', POD)] }

/** cil_from_container on the node's side, before anything of the node's stack: the socket's account goes on. */
const FROM_POD: readonly Step[] = [step('backlog', LXC), step('bpf-from-container', LXC)]

/** Ingress policy of the receiving pod (a tail call), then a redirect to the node's side of its interface. */
const TO_POD: readonly Step[] = [step('bpf-to-container', LXC), step('veth-transmit', LXC)]
const POD_RECEIVES: Pass = { entry: 'backlog', steps: [step('backlog', POD), ...socketReceives(POD)] }

/** Encapsulation; the outer packet passes OUTPUT and POSTROUTING. cil_to_netdev is not attached: see the README. */
const ENCAPSULATE: readonly Step[] = [
  step('bpf-to-overlay', TUNNEL),
  step('vxlan-encapsulate', TUNNEL),
  ...outer([
    step('nf-output', NIC_DEVICE, RULES),
    step('nf-conntrack', NIC_DEVICE),
    step('nf-postrouting', NIC_DEVICE, RULES),
  ]),
  ...NIC_SENDS,
]

const DECAPSULATE: readonly Pass[] = [
  nicReceives(true),
  {
    entry: 'inline',
    steps: [
      step('bpf-from-netdev', NIC_DEVICE),
      ...outer([
        step('nf-prerouting', NIC_DEVICE, RULES),
        step('nf-conntrack', NIC_DEVICE),
        step('ip-local-deliver', NIC_DEVICE),
        step('nf-input', NIC_DEVICE, RULES),
      ]),
      step('vxlan-decapsulate', TUNNEL),
    ],
  },
]

const afterTunnel = (steps: readonly Step[]): Pass => ({
  entry: 'groCell',
  steps: [step('gro-cell', TUNNEL), step('bpf-from-overlay', TUNNEL), ...steps],
})

/** Redirected to the ingress of cilium_host: a backlog more (bpf_redirect with BPF_F_INGRESS goes through netif_rx). */
const HOST_RECEIVES: Pass = {
  entry: 'backlog',
  steps: [step('backlog', HOST), step('bpf-to-host', HOST), ...prerouting(HOST), ...receiving(HOST)],
}

/** Pod to pod on one node: no netfilter, two backlogs. */
export const POD_TO_LOCAL_POD: Path = [
  POD_SENDS,
  { entry: 'backlog', steps: [...FROM_POD, ...TO_POD] },
  { ...POD_RECEIVES, orphans: true },
]

/** Pod to its own node. */
export const POD_TO_OWN_NODE: Path = [
  POD_SENDS,
  { entry: 'backlog', steps: FROM_POD },
  { ...HOST_RECEIVES, orphans: true },
]

/** A node to a pod on it. */
export const NODE_TO_LOCAL_POD: Path = [
  { entry: 'inline', steps: [...socketSends(HOST), ...sending(HOST), step('bpf-from-host', HOST), ...TO_POD] },
  { ...POD_RECEIVES, orphans: true },
]

/** A pod into the tunnel. */
export const POD_TO_TUNNEL: Path = [POD_SENDS, { entry: 'backlog', steps: [...FROM_POD, ...ENCAPSULATE] }]

/** A node's own packet into the tunnel. */
export const NODE_TO_TUNNEL: Path = [
  { entry: 'inline', steps: [...socketSends(HOST), ...sending(HOST), step('bpf-from-host', HOST), ...ENCAPSULATE] },
]

/** Out of the tunnel into a pod: redirect to its interface's egress and a backlog, because host routing is legacy. */
export const TUNNEL_TO_POD: Path = [...DECAPSULATE, afterTunnel(TO_POD), POD_RECEIVES]

/** Out of the tunnel to a socket of the node. */
export const TUNNEL_TO_NODE: Path = [...DECAPSULATE, afterTunnel([]), HOST_RECEIVES]

/** A pod to what is no pod: up to the stack, masqueraded by iptables. */
export const POD_TO_OUTSIDE: Path = [
  POD_SENDS,
  {
    entry: 'backlog',
    steps: [...FROM_POD, ...prerouting(LXC), ...forwarding(NIC_DEVICE), ...NIC_SENDS],
    orphans: true,
  },
]

/** Answers to that: the stack routes the pod CIDR to cilium_host. */
export const OUTSIDE_TO_POD: Path = [
  nicReceives(false),
  {
    entry: 'inline',
    steps: [
      step('bpf-from-netdev', NIC_DEVICE),
      ...prerouting(NIC_DEVICE),
      ...forwarding(HOST),
      step('bpf-from-host', HOST),
      ...TO_POD,
    ],
  },
  POD_RECEIVES,
]

/** A node's own traffic with its own address. */
export const NODE_PATHS = {
  sends: [{ entry: 'inline', steps: [...socketSends(NIC_DEVICE), ...sending(NIC_DEVICE), ...NIC_SENDS] }],
  receives: [
    nicReceives(false),
    {
      entry: 'inline',
      steps: [step('bpf-from-netdev', NIC_DEVICE), ...prerouting(NIC_DEVICE), ...receiving(NIC_DEVICE)],
    },
  ],
  loopback: [
    { entry: 'inline', steps: [...socketSends('lo'), ...sending('lo'), step('loopback-transmit', 'lo')] },
    {
      entry: 'backlog',
      steps: [step('backlog', 'lo'), step('nf-prerouting', 'lo', RULES), ...receiving('lo')],
      orphans: true,
    },
  ],
} as const satisfies Record<string, Path>
