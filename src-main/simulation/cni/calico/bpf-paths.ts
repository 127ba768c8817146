import type { CarrierPaths, NodePaths } from '../common/datapath'
import { NIC_DEVICE, POD_DEVICE } from '../common/device'
import { masquerading, nodeStack, translating, wireguardReceives, wireguardSends } from '../common/node-stack'
import {
  backlog,
  changing,
  inline,
  NIC_SENDS,
  nicReceives,
  orphaning,
  POD_RECEIVES,
  redirecting,
  socketReceives,
  socketSends,
  step,
  VETH_POD_SENDS,
  type Change,
  type Pass,
  type Path,
  type Step,
} from '../common/path'
import type { CalicoEntryPaths, CalicoPaths, CarrierKind } from './calico-paths'
import { CALI, IPIP_DEVICE, VXLAN_DEVICE, WIREGUARD_DEVICE } from './devices'
import { tunnelEntry, type TunnelOptions } from './tunnel-entry'

/** How the paths of the eBPF data plane differ. */
export interface BpfOptions extends TunnelOptions {
  /** Whether programs hand packets to pods with redirect_peer (`bpfRedirectToPeer`), or through the device's queue. */
  readonly redirectsToPeer: boolean
}

/**
 * The paths of the eBPF data plane: programs on the pods' devices, the NIC and the tunnels decide and redirect, and the
 * node's stack sees a connection's packets only where a program hands them over.
 */
export function bpfPaths({ redirectsToPeer, ...options }: BpfOptions): CalicoPaths {
  const deliver = redirectsToPeer ? deliveredToPeer : deliveredByQueue
  const carriers: Readonly<Record<CarrierKind, () => CarrierPaths>> = {
    direct: () => direct(deliver),
    ipip: () => tunnelled('ipip', deliver, options),
    vxlan: () => tunnelled('vxlan', deliver, options),
    wireguard: () => encrypted(deliver),
  }
  return { paths: nodePaths(deliver), carrier: (kind) => carriers[kind](), entry: entryPaths(deliver) }
}

const TO_HOST_ENDPOINT = step('bpf-to-host-endpoint', NIC_DEVICE)
const FROM_HOST_ENDPOINT = step('bpf-from-host-endpoint', NIC_DEVICE)
/** The program lets the packet go on into the node's stack. */
const INTO_STACK = step('bpf-from-host-endpoint', NIC_DEVICE, 'stack')
/** The program knows a tunnel's packet from another node. */
const FROM_TUNNEL = step('bpf-from-host-endpoint', NIC_DEVICE, 'tunnel')
/** The pod's program hands a packet over to the node's stack. */
const TO_STACK = step('bpf-from-workload', CALI, 'stack')
const LEAVING: readonly Step[] = [TO_HOST_ENDPOINT, ...NIC_SENDS]

/** With the rules that stay in the tables of a node whose data plane is eBPF. */
const STACK = nodeStack({ rules: 'calico-bpf', tracksOuter: false, arriving: [INTO_STACK], leaving: [TO_HOST_ENDPOINT] })
const { prerouting, forwarding, sending, receiving } = STACK

/** How a program hands a packet to a pod: the frame is written and the TTL decremented as the stack would have. */
type Deliver = (by: Step) => Pass[]

const deliveredToPeer: Deliver = (by) => [inline([redirecting(by, CALI, 'decrement'), ...socketReceives(POD_DEVICE)])]

const deliveredByQueue: Deliver = (by) => [
  inline([redirecting(by, CALI, 'decrement'), step('veth-transmit', CALI)]),
  POD_RECEIVES,
]

/** The passes of a delivery, the first of them in one with what comes before it. */
function joined(first: Pass, [next, ...rest]: readonly Pass[]): Pass[] {
  return [{ ...first, steps: [...first.steps, ...next!.steps] }, ...rest]
}

function fromPod(by: Step, then: readonly Step[]): Pass {
  return backlog(CALI, [by, ...then])
}

function direct(deliver: Deliver): CarrierPaths {
  return {
    podSends: [VETH_POD_SENDS, fromPod(changing(step('bpf-from-workload', CALI), 'decrement'), LEAVING)],
    nodeSends: STACK.node.sends,
    podReceives: [nicReceives(false), ...deliver(FROM_HOST_ENDPOINT)],
    nodeReceives: STACK.node.receives,
    forwardSends: STACK.forwards.leaves,
    forwardReceives: STACK.forwards.arrives,
  }
}

function tunnelled(kind: 'ipip' | 'vxlan', deliver: Deliver, options: TunnelOptions): CarrierPaths {
  const device = kind === 'ipip' ? IPIP_DEVICE : VXLAN_DEVICE
  const encapsulate: readonly Step[] = [tunnelEntry(kind, options), ...STACK.sendingOuter, ...LEAVING]
  const decapsulate: readonly Pass[] = [
    nicReceives(true),
    inline([FROM_TUNNEL, ...STACK.receivingOuter, step(`${kind}-decapsulate`, device)]),
  ]
  const cell = (steps: readonly Step[]): Pass => ({ entry: 'groCell', steps: [step('gro-cell', device), ...steps] })
  const fromDevice = step('bpf-from-tunnel', device)
  return {
    podSends: [VETH_POD_SENDS, fromPod(redirecting(TO_STACK, device, 'decrement'), encapsulate)],
    nodeSends: [inline([...socketSends(device), ...sending(device), ...encapsulate])],
    podReceives: [...decapsulate, ...joined(cell([]), deliver(fromDevice))],
    nodeReceives: [...decapsulate, cell([fromDevice, ...prerouting(device), ...receiving(device)])],
    forwardSends: [inline([...forwarding(device), ...encapsulate])],
    forwardReceives: [...decapsulate, cell([fromDevice, ...prerouting(device)])],
  }
}

function encrypted(deliver: Deliver): CarrierPaths {
  const device = WIREGUARD_DEVICE
  const sends = (before: readonly Step[]) => wireguardSends(device, before, [...STACK.sendingOuter, TO_HOST_ENDPOINT])
  const receives = (after: readonly Step[]) => wireguardReceives(device, [FROM_TUNNEL, ...STACK.receivingOuter], after)
  const [queueing, ...crypto] = sends([])
  const fromDevice = step('bpf-from-tunnel', device)
  const delivered = receives([])
  return {
    // Policy routing into the WireGuard table is the stack's: the program hands the packet over.
    podSends: [
      VETH_POD_SENDS,
      orphaning(fromPod(TO_STACK, [...prerouting(CALI), ...forwarding(device), ...queueing!.steps])),
      ...crypto,
    ],
    nodeSends: sends([...socketSends(device), ...sending(device)]),
    podReceives: [...delivered.slice(0, -1), ...joined(delivered.at(-1)!, deliver(fromDevice))],
    nodeReceives: receives([fromDevice, ...prerouting(device), ...receiving(device)]),
    forwardSends: sends(forwarding(device)),
    forwardReceives: receives([fromDevice, ...prerouting(device)]),
  }
}

function nodePaths(deliver: Deliver): NodePaths {
  const { podSends, podReceives } = direct(deliver)
  // The stack hands a packet to a pod: its device's program sees it on the way out.
  const toPod = [step('bpf-to-workload', CALI), step('veth-transmit', CALI)]
  return {
    podToLocalPod: [
      VETH_POD_SENDS,
      // Without a queue in between, the pod's ip_rcv ends the socket's account in the same pass.
      ...joined(orphaning(backlog(CALI, [])), deliver(step('bpf-from-workload', CALI))),
    ],
    podToOwnNode: [VETH_POD_SENDS, orphaning(fromPod(TO_STACK, [...prerouting(CALI), ...receiving(CALI)]))],
    nodeToLocalPod: [inline([...socketSends(CALI), ...sending(CALI), ...toPod]), orphaning(POD_RECEIVES)],
    outside: {
      // The program only marks the packet: ports are the stack's to choose (felix/bpf-gpl, natOutgoing).
      masqueraded: {
        out: [
          VETH_POD_SENDS,
          orphaning(fromPod(TO_STACK, [...prerouting(CALI), ...forwarding(NIC_DEVICE), masquerading(NIC_DEVICE), ...LEAVING])),
        ],
        back: [
          nicReceives(false),
          inline([INTO_STACK, ...prerouting(NIC_DEVICE), translating(NIC_DEVICE), ...forwarding(CALI), ...toPod]),
          POD_RECEIVES,
        ],
      },
      plain: { out: podSends, back: podReceives },
    },
    node: STACK.node,
    forwards: STACK.forwards,
  }
}

/** The program's NAT maps, on the NIC: of what comes, and of what the node answers. */
const TRANSLATES = changing(step('bpf-service', NIC_DEVICE), 'translate')
/** Out of the tunnel in which a node passes on what it was asked for. */
const FROM_NAT_TUNNEL = changing(FROM_TUNNEL, 'decapsulate')

function entryPaths(deliver: Deliver): CalicoEntryPaths {
  const arriving = nicReceives(false)
  const fromTunnel = nicReceives(true)
  return {
    refuses: [arriving, inline([FROM_HOST_ENDPOINT, step('bpf-service', NIC_DEVICE)])],
    local: (server) =>
      server === 'pod'
        ? { in: [arriving, ...joined(inline([TRANSLATES]), deliver(FROM_HOST_ENDPOINT))], out: podAnswers('translate') }
        : { in: [arriving, toOwnSocket([INTO_STACK, TRANSLATES])], out: nodeAnswers('translate') },
    arrives: [arriving, inline([FROM_HOST_ENDPOINT])],
    // The packet goes into the tunnel with the TTL that it came with; inside it has one less (vxlan_encap).
    sends: [inline([changing(step('bpf-service', NIC_DEVICE), 'encapsulate'), ...LEAVING])],
    receives: (server) =>
      server === 'pod'
        ? [fromTunnel, ...joined(inline([FROM_NAT_TUNNEL, TRANSLATES]), deliver(FROM_HOST_ENDPOINT))]
        : [fromTunnel, toOwnSocket([FROM_NAT_TUNNEL, TRANSLATES])],
    answers: (server, isDirect) => {
      const changes: Change[] = isDirect ? ['translate'] : ['translate', 'encapsulate']
      return server === 'pod' ? podAnswers(...changes) : nodeAnswers(...changes)
    },
    returns: [fromTunnel, inline([FROM_NAT_TUNNEL])],
    leaves: [inline([redirecting(step('bpf-service', NIC_DEVICE), NIC_DEVICE, 'decrement'), ...LEAVING])],
  }
}

function podAnswers(...changes: readonly Change[]): Path {
  // The tunnel's headers go on with a decrement inside (vxlan_encap); without them the packet is forwarded like others.
  const forwards: Change[] = changes.includes('encapsulate') ? [] : ['decrement']
  const program = changing(step('bpf-from-workload', CALI), ...forwards)
  return [VETH_POD_SENDS, fromPod(program, [changing(step('bpf-service', CALI), ...changes), ...LEAVING])]
}

function nodeAnswers(...changes: readonly Change[]): Path {
  const translates = changing(step('bpf-service', NIC_DEVICE), ...changes)
  return [inline([...socketSends(NIC_DEVICE), ...sending(NIC_DEVICE), translates, ...LEAVING])]
}

function toOwnSocket(before: readonly Step[]): Pass {
  return inline([...before, ...prerouting(NIC_DEVICE), ...receiving(NIC_DEVICE)])
}
