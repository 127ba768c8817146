import type { DropReason, PASS_ENTRY, StageId } from '#shared/plan/index'

import { LOOPBACK_DEVICE, NIC_DEVICE, POD_DEVICE } from './device'

/**
 * Stages whose kind depends on the transport and on whether the packet carries payload: the plan puts the right stage in
 * their place (`tcp-transmit`, `udp-transmit`; `tcp-receive`, `tcp-ack-receive`, `udp-receive`).
 */
type TransportStep = 'transport-transmit' | 'transport-receive'

/**
 * What a step does to the packet's bytes:
 * - `address`: the frame gets the addresses of the step's device, or no link-layer header where the device has none;
 * - `decrement`: the TTL;
 * - `translate`: the trip's next translation is made;
 * - `option`: the IPv4 header gets the trip's option;
 * - `encapsulate`, `decapsulate`: the trip's next tunnel is put on, the outermost taken off.
 */
export type Change = 'address' | 'decrement' | 'translate' | 'option' | 'encapsulate' | 'decapsulate'

/** A step of a packet's way through a host. */
export interface Step {
  readonly stage: StageId | TransportStep
  /** The device or hook's device on which it happens, as `ip link` names it; `cali`, `lxc` stand for the pod's own. */
  readonly device: string
  /** Whose variant of the stage it is, where what a stage costs depends on it (`calico`: chains of Felix). */
  readonly kind?: string
  /** Set on a tunnel's outer headers: their connection is older than the packet's and never sees a first packet. */
  readonly outer?: true
  /** Set where the device sums in software what it sends, so that trains are split before the step. */
  readonly sumsInSoftware?: true
  /** How often the stage's cost applies: the rules that are tried. Once unless given. */
  readonly times?: number
  /** Why packets of a connection end here that the node does not remember: policies deny it to whoever sends them. */
  readonly deniesUnknown?: DropReason
  /** Set where the step puts an address of the node's in place of the source: the connection needs a port of that address. */
  readonly masquerades?: true
  /** What the step does to the packet, where the stage alone does not say it ({@link changesOf}). */
  readonly changes?: readonly Change[]
  /** The device whose frame the packet gets, where a program redirects it to one that is not the step's own. */
  readonly leavesBy?: string
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

const STAGE_CHANGES: Partial<Record<Step['stage'], readonly Change[]>> = {
  'ip-output': ['address'],
  'ip-forward': ['decrement', 'address'],
  qdisc: ['address'],
  'ipip-encapsulate': ['encapsulate'],
  'ipip-decapsulate': ['decapsulate'],
  'vxlan-encapsulate': ['encapsulate'],
  'vxlan-decapsulate': ['decapsulate'],
  'geneve-encapsulate': ['encapsulate'],
  'geneve-decapsulate': ['decapsulate'],
  'wireguard-queue': ['address'],
  'wireguard-encrypt': ['encapsulate'],
  'wireguard-decrypt': ['decapsulate'],
  'esp-encrypt': ['encapsulate'],
  'esp-decrypt': ['decapsulate'],
}

/** What a step does to the packet: what it says itself, or what its stage always does. */
export function changesOf({ stage, changes }: Step): readonly Change[] {
  return changes ?? STAGE_CHANGES[stage] ?? []
}

/** Makes a step. */
export function step(stage: Step['stage'], device: string, kind?: string): Step {
  return kind === undefined ? { stage, device } : { stage, device, kind }
}

/** A step that changes the packet. */
export function changing(changed: Step, ...changes: readonly Change[]): Step {
  return { ...changed, changes }
}

/** A program's step that redirects the packet to a device, with that device's frame. */
export function redirecting(program: Step, leavesBy: string, ...changes: readonly Change[]): Step {
  return { ...program, changes: [...changes, 'address'], leavesBy }
}

/** Marks steps as work on the outer headers of a tunnel. */
export function outer(steps: readonly Step[]): Step[] {
  return steps.map((each) => ({ ...each, outer: true }))
}

/** A pass without a queue in front of it. */
export function inline(steps: readonly Step[]): Pass {
  return { entry: 'inline', steps }
}

/** A pass behind the core's backlog, into which a virtual device put the packet; `device` is its receiving side. */
export function backlog(device: string, steps: readonly Step[]): Pass {
  return { entry: 'backlog', steps: [step('backlog', device), ...steps] }
}

/** The same pass, at whose start the sending socket's account ends. */
export function orphaning(pass: Pass): Pass {
  return { ...pass, orphans: true }
}

/** A path up to the first step of a stage, with or without that; all of it where it has none. */
export function upTo(path: Path, stage: Step['stage'], last: 'with' | 'without'): Path {
  const pass = path.findIndex(({ steps }) => steps.some((candidate) => candidate.stage === stage))
  if (pass < 0) return path
  const { steps, ...rest } = path[pass]!
  const end = steps.findIndex((candidate) => candidate.stage === stage) + (last === 'with' ? 1 : 0)
  return [...path.slice(0, pass), { ...rest, steps: steps.slice(0, end) }]
}

/** A socket sends: transport and IP layer. */
export function socketSends(device: string): Step[] {
  return [step('transport-transmit', device), step('ip-output', device)]
}

/** A socket receives: IP layer and transport. */
export function socketReceives(device: string): Step[] {
  return [step('ip-local-deliver', device), step('transport-receive', device)]
}

/** A pod's packet over a veth pair, up to the node's side of it. */
export const VETH_POD_SENDS: Pass = inline([...socketSends(POD_DEVICE), step('veth-transmit', POD_DEVICE)])

/** A pod receives: the packet waits in the backlog into which the node's side of its interface put it. */
export const POD_RECEIVES: Pass = backlog(POD_DEVICE, socketReceives(POD_DEVICE))

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
export const BARE_HOST_SENDS: Path = [inline([...socketSends(NIC_DEVICE), ...NIC_SENDS])]

/** A bare stack receives from the wire. */
export const BARE_HOST_RECEIVES: Path = [nicReceives(false), inline(socketReceives(NIC_DEVICE))]

/** A bare stack talks to itself. loopback_xmit orphans the packet (Linux drivers/net/loopback.c). */
export const BARE_LOOPBACK: Path = [
  inline([...socketSends(LOOPBACK_DEVICE), step('loopback-transmit', LOOPBACK_DEVICE)]),
  orphaning(backlog(LOOPBACK_DEVICE, socketReceives(LOOPBACK_DEVICE))),
]
