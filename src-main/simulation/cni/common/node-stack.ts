import { step } from './path'
import type { Step } from './path'

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
}

/** The node stack under `rules`, a kind of the netfilter stages in the calibration. */
export function nodeStack(rules: string): NodeStack {
  return {
    prerouting: (device) => [step('nf-prerouting', device, rules), step('nf-conntrack', device), step('nf-nat', device, rules)],
    forwarding: (to) => [step('ip-forward', to), step('nf-forward', to, rules), step('nf-postrouting', to, rules)],
    sending: (device) => [
      step('nf-output', device, rules),
      step('nf-conntrack', device),
      step('nf-nat', device, rules),
      step('nf-postrouting', device, rules),
    ],
    receiving: (device) => [
      step('ip-local-deliver', device),
      step('nf-input', device, rules),
      step('transport-receive', device),
    ],
  }
}
