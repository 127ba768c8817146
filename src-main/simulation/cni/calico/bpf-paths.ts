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
  redirecting,
  socketReceives,
  socketSends,
  step,
  type Change,
  type Pass,
  type Path,
  type Step,
} from '../common/path'
import type { CalicoEntryPaths, CalicoPaths, CarrierKind } from './calico-paths'
import { CALI, IPIP_DEVICE, VXLAN_DEVICE, WIREGUARD_DEVICE } from './devices'
import { tunnelEntry, type TunnelOptions } from './tunnel-entry'

/** Rules that stay in the tables of a node whose data plane is eBPF. */
const RULES = 'calico-bpf'

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
  const toHostEndpoint = step('bpf-to-host-endpoint', NIC_DEVICE)
  const leaving: readonly Step[] = [toHostEndpoint, ...NIC_SENDS]
  const stack = nodeStack({
    rules: RULES,
    tracksOuter: false,
    arriving: [step('bpf-from-host-endpoint', NIC_DEVICE, 'stack')],
    leaving: [toHostEndpoint],
  })
  const { prerouting, forwarding, sending, receiving } = stack
  const fromTunnel = step('bpf-from-host-endpoint', NIC_DEVICE, 'tunnel')

  /** Delivery by a program: the frame is written and the TTL decremented as the stack would have. */
  const delivery = (by: Step): Pass[] => {
    const delivering = redirecting(by, CALI, 'decrement')
    return redirectsToPeer
      ? [inline([delivering, ...socketReceives(POD_DEVICE)])]
      : [inline([delivering, step('veth-transmit', CALI)]), POD_RECEIVES]
  }
  const joined = (first: Pass, [next, ...rest]: readonly Pass[]): Pass[] => [
    { ...first, steps: [...first.steps, ...next!.steps] },
    ...rest,
  ]
  /** The stack hands a packet to a pod: its device's program sees it on the way out. */
  const stackToPod: readonly Step[] = [
    ...forwarding(CALI),
    step('bpf-to-workload', CALI),
    step('veth-transmit', CALI),
  ]
  const fromPod = (by: Step, then: readonly Step[]): Pass => backlog(CALI, [by, ...then])

  const direct = (): CarrierPaths => ({
    podSends: [POD_SENDS, fromPod(changing(step('bpf-from-workload', CALI), 'decrement'), leaving)],
    nodeSends: stack.node.sends,
    podReceives: [nicReceives(false), ...delivery(step('bpf-from-host-endpoint', NIC_DEVICE))],
    nodeReceives: stack.node.receives,
    forwardSends: stack.forwards.leaves,
    forwardReceives: stack.forwards.arrives,
  })

  const tunnelled = (kind: 'ipip' | 'vxlan'): CarrierPaths => {
    const device = kind === 'ipip' ? IPIP_DEVICE : VXLAN_DEVICE
    const encapsulate: readonly Step[] = [tunnelEntry(kind, options), ...stack.sendingOuter, ...leaving]
    const decapsulate: readonly Pass[] = [
      nicReceives(true),
      inline([fromTunnel, ...stack.receivingOuter, step(`${kind}-decapsulate`, device)]),
    ]
    const cell = (steps: readonly Step[]): Pass => ({ entry: 'groCell', steps: [step('gro-cell', device), ...steps] })
    const fromWorkload = redirecting(step('bpf-from-workload', CALI, 'stack'), device, 'decrement')
    return {
      podSends: [POD_SENDS, fromPod(fromWorkload, encapsulate)],
      nodeSends: [inline([...socketSends(device), ...sending(device), ...encapsulate])],
      podReceives: [...decapsulate, ...joined(cell([]), delivery(step('bpf-from-tunnel', device)))],
      nodeReceives: [
        ...decapsulate,
        cell([step('bpf-from-tunnel', device), ...prerouting(device), ...receiving(device)]),
      ],
      forwardSends: [inline([...forwarding(device), ...encapsulate])],
      forwardReceives: [...decapsulate, cell([step('bpf-from-tunnel', device), ...prerouting(device)])],
    }
  }

  const encrypted = (): CarrierPaths => {
    const device = WIREGUARD_DEVICE
    const outerSends: readonly Step[] = [...stack.sendingOuter, toHostEndpoint]
    const outerReceives: readonly Step[] = [fromTunnel, ...stack.receivingOuter]
    const sends = (before: readonly Step[]) => wireguardSends(device, before, outerSends)
    const receives = (after: readonly Step[]) => wireguardReceives(device, outerReceives, after)
    const [queueing, ...crypto] = sends([])
    const fromWireguard = step('bpf-from-tunnel', device)
    const delivered = receives([])
    return {
      // Policy routing into the WireGuard table is the stack's: the program hands the packet over.
      podSends: [
        POD_SENDS,
        orphaning(
          fromPod(step('bpf-from-workload', CALI, 'stack'), [
            ...prerouting(CALI),
            ...forwarding(device),
            ...queueing!.steps,
          ]),
        ),
        ...crypto,
      ],
      nodeSends: sends([...socketSends(device), ...sending(device)]),
      podReceives: [...delivered.slice(0, -1), ...joined(delivered.at(-1)!, delivery(fromWireguard))],
      nodeReceives: receives([fromWireguard, ...prerouting(device), ...receiving(device)]),
      forwardSends: sends(forwarding(device)),
      forwardReceives: receives([fromWireguard, ...prerouting(device)]),
    }
  }

  const carriers = {
    direct,
    ipip: () => tunnelled('ipip'),
    vxlan: () => tunnelled('vxlan'),
    wireguard: encrypted,
  } as const satisfies Record<CarrierKind, () => CarrierPaths>

  const paths: NodePaths = {
    podToLocalPod: [
      POD_SENDS,
      // Without a queue in between, the pod's ip_rcv ends the socket's account in the same pass.
      ...joined(orphaning(backlog(CALI, [])), delivery(step('bpf-from-workload', CALI))),
    ],
    podToOwnNode: [
      POD_SENDS,
      orphaning(fromPod(step('bpf-from-workload', CALI, 'stack'), [...prerouting(CALI), ...receiving(CALI)])),
    ],
    nodeToLocalPod: [
      inline([
        ...socketSends(CALI),
        ...sending(CALI),
        step('bpf-to-workload', CALI),
        step('veth-transmit', CALI),
      ]),
      orphaning(POD_RECEIVES),
    ],
    outside: {
      // The program only marks the packet: ports are the stack's to choose (felix/bpf-gpl, natOutgoing).
      masqueraded: {
        out: [
          POD_SENDS,
          orphaning(
            fromPod(step('bpf-from-workload', CALI, 'stack'), [
              ...prerouting(CALI),
              ...forwarding(NIC_DEVICE),
              masquerading(NIC_DEVICE),
              ...leaving,
            ]),
          ),
        ],
        back: [
          nicReceives(false),
          inline([
            step('bpf-from-host-endpoint', NIC_DEVICE, 'stack'),
            ...prerouting(NIC_DEVICE),
            translating(NIC_DEVICE),
            ...stackToPod,
          ]),
          POD_RECEIVES,
        ],
      },
      plain: { out: direct().podSends, back: direct().podReceives },
    },
    node: stack.node,
    forwards: stack.forwards,
  }
  /** The program's NAT maps: on the NIC what comes, on the pod's device what answers. */
  const translates = (device: string, ...more: Change[]) => changing(step('bpf-service', device), 'translate', ...more)
  const fromHostEndpoint = step('bpf-from-host-endpoint', NIC_DEVICE)
  const fromNatTunnel = changing(step('bpf-from-host-endpoint', NIC_DEVICE, 'tunnel'), 'decapsulate')
  const answering = (...changes: Change[]): Path => {
    // The tunnel's headers go on with a decrement inside (vxlan_encap); without them the packet is forwarded like others.
    const forwards: Change[] = changes.includes('encapsulate') ? [] : ['decrement']
    const program = changing(step('bpf-from-workload', CALI), ...forwards)
    return [POD_SENDS, fromPod(program, [changing(step('bpf-service', CALI), ...changes), ...leaving])]
  }
  const intoStack = (before: readonly Step[]): Pass => inline([...before, ...prerouting(NIC_DEVICE), ...receiving(NIC_DEVICE)])
  const nodeAnswers = (...changes: Change[]): Path => [
    inline([...socketSends(NIC_DEVICE), ...sending(NIC_DEVICE), changing(step('bpf-service', NIC_DEVICE), ...changes), ...leaving]),
  ]
  const entry: CalicoEntryPaths = {
    refuses: [nicReceives(false), inline([fromHostEndpoint, step('bpf-service', NIC_DEVICE)])],
    local: (server) =>
      server === 'pod'
        ? {
            in: [nicReceives(false), ...joined(inline([translates(NIC_DEVICE)]), delivery(fromHostEndpoint))],
            out: answering('translate'),
          }
        : {
            in: [nicReceives(false), intoStack([step('bpf-from-host-endpoint', NIC_DEVICE, 'stack'), translates(NIC_DEVICE)])],
            out: nodeAnswers('translate'),
          },
    arrives: [nicReceives(false), inline([fromHostEndpoint])],
    // The packet goes into the tunnel with the TTL that it came with; inside it has one less (vxlan_encap).
    sends: [inline([changing(step('bpf-service', NIC_DEVICE), 'encapsulate'), ...leaving])],
    receives: (server) =>
      server === 'pod'
        ? [nicReceives(true), ...joined(inline([fromNatTunnel, translates(NIC_DEVICE)]), delivery(fromHostEndpoint))]
        : [nicReceives(true), intoStack([fromNatTunnel, translates(NIC_DEVICE)])],
    answers: (server, isDirect) => {
      const changes: Change[] = isDirect ? ['translate'] : ['translate', 'encapsulate']
      return server === 'pod' ? answering(...changes) : nodeAnswers(...changes)
    },
    returns: [nicReceives(true), inline([fromNatTunnel])],
    leaves: [inline([redirecting(step('bpf-service', NIC_DEVICE), NIC_DEVICE, 'decrement'), ...leaving])],
  }
  return { paths, carrier: (kind) => carriers[kind](), entry }
}

/** A pod's packet, up to the node's side of its interface. */
const POD_SENDS: Pass = inline([...socketSends(POD_DEVICE), step('veth-transmit', POD_DEVICE)])
const POD_RECEIVES: Pass = backlog(POD_DEVICE, socketReceives(POD_DEVICE))
