import type { TripHop, VariantReach } from '../plan/index'
import type { Endpoint } from '../cni/common/index'
import { policyEnd } from '../plan/index'
import { verdictOf, type Decision, type DirectionVerdict, type Verdict } from '../policy/index'
import type { TracedProtocol } from './traced-packets'

/** What was decided at a hop, and by which rule. */
export interface HopDecision {
  readonly verdict: 'allow' | 'deny'
  readonly by: string
}

/** Stages in which a pod's egress policy is enforced, and those of ingress policy, in each data plane. */
const EGRESS: ReadonlySet<string> = new Set(['nf-forward', 'bpf-from-workload', 'bpf-from-container'])
const INGRESS: ReadonlySet<string> = new Set([
  'nf-forward',
  'bpf-from-workload',
  'bpf-to-workload',
  'bpf-from-host-endpoint',
  'bpf-from-tunnel',
  'bpf-to-container',
])

/** Says at which stages of a request policies decide, and what. Answers belong to a connection that was decided about. */
export class PolicyWatch {
  private readonly verdict: Verdict
  private readonly from: Endpoint
  private readonly to: Endpoint
  private decidedEgress = false
  private decidedIngress = false

  constructor(
    reach: VariantReach,
    flow: { readonly from: Endpoint; readonly to: Endpoint; readonly port: number; readonly protocol: TracedProtocol },
  ) {
    this.from = flow.from
    this.to = flow.to
    const count = reach.pods.length
    this.verdict = verdictOf(reach.compiled, {
      from: policyEnd(flow.from, count),
      to: policyEnd(flow.to, count),
      protocol: flow.protocol.toUpperCase(),
      ...(flow.protocol === 'icmp' ? { icmp: { type: 8, code: 0 } } : { port: flow.port }),
    })
  }

  /** The decision that falls at a hop, if one does. To be asked about every hop in order. */
  decisionAt({ stage, kind, side }: TripHop): HopDecision | undefined {
    // What the host network and plugins without policies pass through decides nothing.
    if (stage === 'nf-forward' && kind !== 'calico' && kind !== 'calico-nft') return undefined
    const isLocal = this.from.host === this.to.host
    const decisions: DirectionVerdict[] = []
    if (!this.decidedEgress && this.from.kind === 'pod' && side === 'sender' && EGRESS.has(stage)) {
      this.decidedEgress = true
      decisions.push(this.verdict.egress)
    }
    const entersPod = this.to.kind === 'pod' && (side === 'receiver' || isLocal)
    const isIngress = INGRESS.has(stage) && kind !== 'tunnel'
    if (!this.decidedIngress && entersPod && isIngress) {
      this.decidedIngress = true
      decisions.push(this.verdict.ingress)
    }
    const decided = decisions.find(({ verdict }) => verdict === 'deny') ?? decisions.at(-1)
    return decided === undefined ? undefined : { verdict: decided.verdict, by: decisions.map(({ by }) => textOf(by)).join('; ') }
  }
}

function textOf(by: Decision): string {
  return 'default' in by ? by.default : `${by.object}, ${by.rule}`
}
