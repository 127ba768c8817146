import type { CellState, Outcomes, ReachMismatch, ReachOutcome, ReachSource, ReachStep } from '#shared/contract/reach'

/** What a mark says. */
export const STATE_WORDS: Readonly<Record<CellState, string>> = {
  allow: 'allowed',
  deny: 'denied',
  some: 'partly allowed',
  none: 'nothing to decide',
}

/** Outlines of the marks on a grid of 16 × 16; `some` is a disc, filled by halves where the even-odd rule holds. */
export const STATE_MARKS: Readonly<Record<CellState, string>> = {
  allow: 'M3.5 8.5 6.5 11.5 12.5 4.5',
  deny: 'M4.5 4.5 11.5 11.5M11.5 4.5 4.5 11.5',
  some: 'M8 3a5 5 0 0 0 0 10a5 5 0 0 0 0-10zM8 3a5 5 0 0 1 0 10z',
  none: 'M6 8H10',
}

/** What decided, in words. */
export function decisionText({ by }: { readonly by: ReachSource }): string {
  return 'default' in by ? by.default : `${by.object}, ${by.rule}`
}

/** What a rule that matches does, in words. */
const DOES: Readonly<Record<ReachStep['does'], string>> = {
  allow: 'Matches: allowed',
  deny: 'Matches: denied',
  pass: 'Matches: passed on to the next tier',
  log: 'Matches: logged, and the next rule is tried',
  skip: 'Does not match',
}

/** Why a rule does not match, in words, but for its peer. */
const MISMATCHES: Readonly<Record<Exclude<ReachMismatch, 'peer'>, string>> = {
  own: 'the rule is about other pods that the policy selects',
  node: 'it is on another node',
  protocol: 'the rule is about another protocol',
  port: 'the port is none of the rule’s',
  'source-port': 'the source port is none of the rule’s',
  icmp: 'the rule is about ICMP of another type',
  request: 'the rule is about other requests',
}

/** What became of a step, in words. */
export function stepText({ does, why }: ReachStep, direction: 'egress' | 'ingress'): string {
  if (why === undefined) return DOES[does]
  const peer = `the ${direction === 'egress' ? 'destination' : 'source'} is none of the rule’s`
  return `${DOES.skip}: ${why === 'peer' ? peer : MISMATCHES[why]}`
}

/** The connection that stands for an outcome. */
export function askedText({ protocol, port }: ReachOutcome): string {
  return port === undefined ? protocol : `${protocol} ${port}`
}

/** The state of all of an entry's connections together. */
export function stateOfOutcomes({ outcomes }: Outcomes): CellState {
  const verdicts = new Set(outcomes.map(({ verdict }) => verdict))
  if (verdicts.size === 0) return 'none'
  if (verdicts.size === 2) return 'some'
  return verdicts.has('allow') ? 'allow' : 'deny'
}

/** An entry's connections in words: the verdict, and of mixed ones how many are allowed. */
export function outcomesText(found: Outcomes): string {
  const state = stateOfOutcomes(found)
  if (state === 'none') return 'no connection that policies are asked about'
  if (state !== 'some') return STATE_WORDS[state]
  const allowed = found.outcomes.filter(({ verdict }) => verdict === 'allow').reduce((sum, { pairs }) => sum + pairs, 0)
  return `${allowed} of ${found.looked} allowed`
}

/** What decided about an entry as a whole: the side that denies, or what let it through at the server. */
export function decidedText({ outcomes }: Outcomes): string {
  const outcome = outcomes.find(({ verdict }) => verdict === 'deny') ?? outcomes[0]
  if (outcome === undefined) return ''
  return deciderText(outcome)
}

/** The side that denies, or what let a connection through at the server. */
export function deciderText({ egress, ingress }: ReachOutcome): string {
  return egress.verdict === 'deny' ? `egress: ${decisionText(egress)}` : `ingress: ${decisionText(ingress)}`
}
