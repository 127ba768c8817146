import type { Outcomes, ReachDecision, ReachOutcome, ReachStep } from '#shared/contract/reach'

import { verdictOf, verdictSteps, type Decision, type Flow, type Verdict, type VerdictStep } from '../policy/index'
import type { VariantReach } from './reach'

/** Pairs that are looked at one by one; about half a second's work under a hundred rules. */
const MOST_PAIRS = 20_000

/** Verdicts that are told apart; more would not be read. */
const MOST_OUTCOMES = 50

/** Steps that are listed of what an end's policy tries. */
const MOST_STEPS = 100

/** Verdicts about connections, those with the same verdict by the same rules together, the most frequent first. */
export function outcomesOf(reach: Pick<VariantReach, 'compiled' | 'ruleText' | 'matchedPeers'>, flows: Iterable<Flow>, pairs: number): Outcomes {
  const found = new Map<string, Found>()
  let looked = 0
  for (const flow of flows) {
    if (looked === MOST_PAIRS) break
    looked++
    const verdict = verdictOf(reach.compiled, flow)
    const { egress, ingress } = verdict
    const key = JSON.stringify([verdict.verdict, egress.verdict, egress.by, ingress.verdict, ingress.by])
    const known = found.get(key)
    if (known === undefined) found.set(key, { pairs: 1, flow, verdict })
    else known.pairs++
  }
  const most = [...found.values()].sort((a, b) => b.pairs - a.pairs).slice(0, MOST_OUTCOMES)
  return { pairs, looked, outcomes: most.map((outcome) => outcomeOf(reach, outcome)) }
}

/** A verdict that a number of pairs share, with the connection of the first of them. */
interface Found {
  pairs: number
  readonly flow: Flow
  readonly verdict: Verdict
}

function outcomeOf(reach: Pick<VariantReach, 'compiled' | 'ruleText' | 'matchedPeers'>, { pairs, flow, verdict }: Found): ReachOutcome {
  const { endpoints } = reach.compiled.cluster
  const decision = (direction: 'egress' | 'ingress'): ReachDecision => {
    const { verdict: decided, by, rulesTried } = verdict[direction]
    const steps = verdictSteps(reach.compiled, direction, flow)
    return { verdict: decided, by: plain(by), rulesTried, steps: shortened(steps).map((step) => {
      const matched = step.action === undefined ? undefined : reach.matchedPeers(step.by, direction, flow)
      return stepOf(step, reach.ruleText(step.by), matched)
    }) }
  }
  return {
    pairs,
    from: endpoints[flow.from]!.reference,
    to: endpoints[flow.to]!.reference,
    protocol: String(flow.protocol),
    ...(flow.port === undefined ? {} : { port: flow.port }),
    verdict: verdict.verdict,
    egress: decision('egress'),
    ingress: decision('ingress'),
  }
}

/** The first steps and the one that decides. */
function shortened(steps: readonly VerdictStep[]): readonly VerdictStep[] {
  return steps.length <= MOST_STEPS ? steps : [...steps.slice(0, MOST_STEPS - 1), steps.at(-1)!]
}

function stepOf({ by, tier, action, mismatch }: VerdictStep, asks: string | undefined, matched: string | undefined): ReachStep {
  return {
    by: plain(by),
    ...(tier === '' ? {} : { tier }),
    ...(asks === undefined ? {} : { asks }),
    ...(matched === undefined ? {} : { matched }),
    does: action ?? 'skip',
    ...(mismatch === undefined ? {} : { why: mismatch }),
  }
}

/** Connections from each of some ends to each of others, except to themselves. */
export function* flowsBetween(from: readonly number[], to: readonly number[], protocol: string, portOf: (end: number) => number): Generator<Flow> {
  for (const source of from) {
    for (const destination of to) {
      if (source !== destination) yield { from: source, to: destination, protocol, port: portOf(destination) }
    }
  }
}

/** A decision with nothing else that its maker may have kept in it. */
function plain(by: Decision): Decision {
  return 'default' in by ? { default: by.default } : { object: by.object, rule: by.rule }
}
