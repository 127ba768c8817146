import type { PASS_ENTRY, StageId } from '#shared/plan/index'

/**
 * Stages whose kind depends on the transport and on whether the packet carries payload: the plan puts the right stage in
 * their place (`tcp-transmit`, `udp-transmit`; `tcp-receive`, `tcp-ack-receive`, `udp-receive`).
 */
type TransportStep = 'transport-transmit' | 'transport-receive'

/** A step of a packet's way through a host. */
export interface Step {
  readonly stage: StageId | TransportStep
  /** The device or hook's device on which it happens, as `ip link` names it; `cali`, `lxc` stand for the pod's own. */
  readonly device: string
  /** Whose variant of the stage it is, where what a stage costs depends on it (`calico`: chains of Felix). */
  readonly kind?: string
  /** Set on a tunnel's outer headers: their connection is older than the packet's and never sees a first packet. */
  readonly outer?: true
}

/** How a packet joins the queue in front of a pass. */
type PassEntry = keyof typeof PASS_ENTRY

/** Steps that run without a queue in between. */
export interface Pass {
  readonly entry: PassEntry
  readonly steps: readonly Step[]
  /** Whether the stack drops its reference to the sending socket when the pass begins (skb_orphan in ip_rcv). */
  readonly orphans?: true
}

/** A way through one host, in the order of execution. The first pass of a way in from the wire has the entry `nic`. */
export type Path = readonly Pass[]

/** Makes a step. */
export function step(stage: Step['stage'], device: string, kind?: string): Step {
  return kind === undefined ? { stage, device } : { stage, device, kind }
}

/** Marks steps as work on the outer headers of a tunnel. */
export function outer(steps: readonly Step[]): Step[] {
  return steps.map((each) => ({ ...each, outer: true }))
}

/** The node's interface to the network. */
export const NIC_DEVICE = 'eth0'

/** A socket sends: transport and IP layer. */
export function socketSends(device: string): Step[] {
  return [step('transport-transmit', device), step('ip-output', device)]
}

/** A socket receives: IP layer and transport. */
export function socketReceives(device: string): Step[] {
  return [step('ip-local-deliver', device), step('transport-receive', device)]
}

/** The node's NIC sends. */
export const NIC_SENDS: readonly Step[] = [step('qdisc', NIC_DEVICE), step('nic-transmit', NIC_DEVICE)]

/** The node's NIC receives. Tunnel packets make GRO look into two headers. */
export function nicReceives(tunnel: boolean): Pass {
  return {
    entry: 'nic',
    steps: [step('nic-receive', NIC_DEVICE), step('gro', NIC_DEVICE, tunnel ? 'tunnel' : undefined)],
  }
}

/** A bare stack sends to the wire: an external host, or a node without a plugin. */
export const BARE_HOST_SENDS: Path = [{ entry: 'inline', steps: [...socketSends(NIC_DEVICE), ...NIC_SENDS] }]

/** A bare stack receives from the wire. */
export const BARE_HOST_RECEIVES: Path = [nicReceives(false), { entry: 'inline', steps: socketReceives(NIC_DEVICE) }]

/** A bare stack talks to itself. loopback_xmit orphans the packet (Linux drivers/net/loopback.c). */
export const BARE_LOOPBACK: Path = [
  { entry: 'inline', steps: [...socketSends('lo'), step('loopback-transmit', 'lo')] },
  { entry: 'backlog', steps: [step('backlog', 'lo'), ...socketReceives('lo')], orphans: true },
]
