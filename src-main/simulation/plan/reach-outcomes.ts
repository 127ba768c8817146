import type { Outcomes, ReachDecision, ReachOutcome } from '#shared/contract/reach'

import { verdictOf, type CompiledPolicies, type Decision, type DirectionVerdict, type Flow } from '../policy/index'

/** Pairs that are looked at one by one; about half a second's work under a hundred rules. */
const MOST_PAIRS = 20_000

/** Verdicts that are told apart; more would not be read. */
const MOST_OUTCOMES = 50

/** Verdicts about connections, those with the same verdict by the same rules together, the most frequent first. */
export function outcomesOf(policies: CompiledPolicies, flows: Iterable<Flow>, pairs: number): Outcomes {
  const found = new Map<string, ReachOutcome>()
  const { endpoints } = policies.cluster
  let looked = 0
  for (const flow of flows) {
    if (looked === MOST_PAIRS) break
    looked++
    const { verdict, egress, ingress } = verdictOf(policies, flow)
    const key = JSON.stringify([verdict, egress.verdict, egress.by, ingress.verdict, ingress.by])
    const known = found.get(key)
    found.set(key, known === undefined
      ? {
          pairs: 1,
          from: endpoints[flow.from]!.reference,
          to: endpoints[flow.to]!.reference,
          protocol: String(flow.protocol),
          ...(flow.port === undefined ? {} : { port: flow.port }),
          verdict,
          egress: decisionOf(egress),
          ingress: decisionOf(ingress),
        }
      : { ...known, pairs: known.pairs + 1 })
  }
  const outcomes = [...found.values()].sort((a, b) => b.pairs - a.pairs).slice(0, MOST_OUTCOMES)
  return { pairs, looked, outcomes }
}

/** Connections from each of some ends to each of others, except to themselves. */
export function* flowsBetween(from: readonly number[], to: readonly number[], protocol: string, portOf: (end: number) => number): Generator<Flow> {
  for (const source of from) {
    for (const destination of to) {
      if (source !== destination) yield { from: source, to: destination, protocol, port: portOf(destination) }
    }
  }
}

function decisionOf({ verdict, by, rulesTried }: DirectionVerdict): ReachDecision {
  return { verdict, by: plain(by), rulesTried }
}

/** A decision with nothing else that its maker may have kept in it. */
function plain(by: Decision): Decision {
  return 'default' in by ? { default: by.default } : { object: by.object, rule: by.rule }
}
