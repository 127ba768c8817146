import { LOOPBACK_DEVICE, NIC_DEVICE } from './device'
import type { ForwardPaths, HostPaths } from './bare-connection'
import { backlog, changing, inline, NIC_SENDS, nicReceives, orphaning, outer, socketSends, step } from './path'
import type { Pass, Step } from './path'

/** The ways through a node's netfilter hooks and routing, priced by the rules that the plugin's installation puts there. */
export interface NodeStack {
  /** PREROUTING: raw chains, connection tracking, mangle chains, nat chains (for the first packet of a connection). */
  readonly prerouting: (device: string) => Step[]
  /** Forwarding to a device behind which the packet goes on. */
  readonly forwarding: (to: string) => Step[]
  /** OUTPUT and POSTROUTING of what the node itself sends. */
  readonly sending: (device: string) => Step[]
  /** Delivery to a socket of the node. */
  readonly receiving: (device: string) => Step[]
  /** A tunnel's outer packet on its way out: OUTPUT and POSTROUTING as the node's own. */
  readonly sendingOuter: readonly Step[]
  /** A tunnel's outer packet that arrived, up to the protocol's or UDP socket's handler. */
  readonly receivingOuter: readonly Step[]
  /** The node's own traffic. */
  readonly node: HostPaths
  /** What the node forwards from its NIC, and to it. */
  readonly forwards: ForwardPaths
}

/** What differs from plugin to plugin. */
export interface NodeStackOptions {
  /** Kind of the netfilter stages in the calibration. */
  readonly rules: string
  /** Whether connection tracking sees the tunnel's outer packets; Calico exempts its VXLAN (NOTRACK). */
  readonly tracksOuter: boolean
  /** Programs on the NIC that all packets meet, arriving and leaving. */
  readonly arriving?: readonly Step[]
  readonly leaving?: readonly Step[]
}

/** The node's stack under some rules. */
export function nodeStack({ rules, tracksOuter, arriving = [], leaving = [] }: NodeStackOptions): NodeStack {
  const conntrackOuter = tracksOuter ? [step('nf-conntrack', NIC_DEVICE)] : []
  const prerouting = (device: string): Step[] => [
    step('nf-prerouting', device, rules),
    step('nf-conntrack', device),
    step('nf-nat', device, rules),
  ]
  const sending = (device: string): Step[] => [
    step('nf-output', device, rules),
    step('nf-conntrack', device),
    step('nf-nat', device, rules),
    step('nf-postrouting', device, rules),
  ]
  const receiving = (device: string): Step[] => [
    step('ip-local-deliver', device),
    step('nf-input', device, rules),
    step('transport-receive', device),
  ]
  const forwarding = (to: string): Step[] => [step('ip-forward', to), step('nf-forward', to, rules), step('nf-postrouting', to, rules)]
  return {
    prerouting,
    forwarding,
    forwards: {
      arrives: [nicReceives(false), inline([...arriving, ...prerouting(NIC_DEVICE)])],
      leaves: [inline([...forwarding(NIC_DEVICE), ...leaving, ...NIC_SENDS])],
    },
    sending,
    receiving,
    sendingOuter: outer([
      step('nf-output', NIC_DEVICE, rules),
      ...conntrackOuter,
      step('nf-postrouting', NIC_DEVICE, rules),
    ]),
    receivingOuter: outer([
      step('nf-prerouting', NIC_DEVICE, rules),
      ...conntrackOuter,
      step('ip-local-deliver', NIC_DEVICE),
      step('nf-input', NIC_DEVICE, rules),
    ]),
    node: {
      sends: [inline([...socketSends(NIC_DEVICE), ...sending(NIC_DEVICE), ...leaving, ...NIC_SENDS])],
      receives: [nicReceives(false), inline([...arriving, ...prerouting(NIC_DEVICE), ...receiving(NIC_DEVICE)])],
      loopback: [
        inline([...socketSends(LOOPBACK_DEVICE), ...sending(LOOPBACK_DEVICE), step('loopback-transmit', LOOPBACK_DEVICE)]),
        orphaning(
          backlog(LOOPBACK_DEVICE, [step('nf-prerouting', LOOPBACK_DEVICE, rules), ...receiving(LOOPBACK_DEVICE)]),
        ),
      ],
    },
  }
}

/** Connection tracking translates addresses. */
export function translating(device: string): Step {
  return changing(step('nf-nat', device, 'translate'), 'translate')
}

/** Masquerading: the source becomes an address of the node, with a port that no other connection to the destination has. */
export function masquerading(device: string): Step {
  return { ...translating(device), masquerades: true }
}

/**
 * WireGuard sends: the packet waits for a worker of some core, and when it is encrypted for the peer's own worker, which
 * sends in order. `sendingOuter` is the stack's way for the UDP packet.
 */
export function wireguardSends(device: string, before: readonly Step[], sendingOuter: readonly Step[]): Pass[] {
  return [
    inline([...before, step('wireguard-queue', device)]),
    { entry: 'worker', steps: [step('wireguard-encrypt', device)] },
    { entry: 'peer', steps: [step('wireguard-transmit', device), ...sendingOuter, ...NIC_SENDS] },
  ]
}

/** WireGuard receives: a worker of some core decrypts, and the peer's poll takes packets up in order. */
export function wireguardReceives(device: string, receivingOuter: readonly Step[], after: readonly Step[]): Pass[] {
  return [
    nicReceives(false),
    inline([...receivingOuter, step('wireguard-receive', device)]),
    { entry: 'worker', steps: [step('wireguard-decrypt', device)] },
    { entry: 'groCell', steps: [step('wireguard-poll', device), ...after] },
  ]
}
