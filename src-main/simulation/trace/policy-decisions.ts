import type { TransportProtocol } from '#shared/contract/trace'
import { ICMP_MESSAGE } from '#shared/wire/index'

import type { Endpoint } from '../cni/common/index'
import { ENFORCING, policyEnd, type ConnectionWays, type TripHop, type VariantReach } from '../plan/index'
import { verdictOf, type Decision, type Verdict } from '../policy/index'

/** A connection that policies are asked about. */
interface TracedFlow {
  readonly from: Endpoint
  readonly to: Endpoint
  readonly port: number
  readonly protocol: TransportProtocol
}

/** What the policies of both ends say about a connection; a traced ICMP packet is an echo request. */
export function verdictOn(reach: VariantReach, { from, to, port, protocol }: TracedFlow): Verdict {
  const pods = reach.pods.length
  return verdictOf(reach.compiled, {
    from: policyEnd(from, pods),
    to: policyEnd(to, pods),
    protocol: protocol.toUpperCase(),
    ...(protocol === 'icmp' ? { icmp: ICMP_MESSAGE.echoRequest } : { port }),
  })
}

/** What policies say about a connection by its ways: at the client about whom it asks, at the server about whom that sees. */
export function verdictOnWays(reach: VariantReach, { seenClient, seenServer }: ConnectionWays, flow: TracedFlow): Verdict {
  const there = verdictOn(reach, { ...flow, from: seenClient })
  if (seenServer === flow.to) return there
  const { egress } = verdictOn(reach, { ...flow, to: seenServer })
  return { verdict: egress.verdict === 'deny' ? 'deny' : there.ingress.verdict, egress, ingress: there.ingress }
}

/** Which of the hops decide, and by which rule, in words. */
export function policyDecisions(hops: readonly TripHop[], verdict: Verdict, from: Endpoint, to: Endpoint): ReadonlyMap<number, string> {
  const decisions = new Map<number, string>()
  const decide = (index: number, by: Decision) => {
    if (index >= 0) decisions.set(index, [decisions.get(index), textOf(by)].filter((text) => text !== undefined).join('; '))
  }
  if (from.kind === 'pod') decide(hops.findIndex(({ side, stage }) => side === 'sender' && ENFORCING.egress.includes(stage)), verdict.egress.by)
  const side = from.host === to.host ? 'sender' : 'receiver'
  const isReached = verdict.egress.verdict === 'allow'
  if (to.kind === 'pod' && isReached) decide(hops.findLastIndex((hop) => hop.side === side && ENFORCING.ingress.includes(hop.stage)), verdict.ingress.by)
  return decisions
}

function textOf(by: Decision): string {
  return 'default' in by ? by.default : `${by.object}, ${by.rule}`
}
