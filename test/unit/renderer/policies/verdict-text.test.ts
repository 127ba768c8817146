import { describe, expect, it } from 'vitest'

import { askedText, decidedText, decisionText, outcomesText, stateOfOutcomes, stepText } from '#renderer/policies/verdict-text'
import type { Outcomes, ReachDecision, ReachOutcome } from '#shared/contract/reach'

const open: ReachDecision = { verdict: 'allow', by: { default: 'no policy selects this pod for egress' }, rulesTried: 0, steps: [] }
const rule: ReachDecision = { verdict: 'deny', by: { object: 'NetworkPolicy shop/db', rule: 'spec.ingress[0]' }, rulesTried: 3, steps: [] }
const allowed: ReachOutcome = { pairs: 2, from: 'shop/web-0', to: 'shop/db-0', protocol: 'TCP', port: 5432, verdict: 'allow', egress: open, ingress: { ...rule, verdict: 'allow', rulesTried: 1 } }
const denied: ReachOutcome = { ...allowed, pairs: 1, verdict: 'deny', ingress: rule }

function outcomes(...found: ReachOutcome[]): Outcomes {
  const pairs = found.reduce((sum, outcome) => sum + outcome.pairs, 0)
  return { pairs, looked: pairs, outcomes: found }
}

describe('texts about verdicts', () => {
  it('name the rule of an object, or the default', () => {
    expect(decisionText(rule)).toBe('NetworkPolicy shop/db, spec.ingress[0]')
    expect(decisionText(open)).toBe('no policy selects this pod for egress')
  })

  it('say of a step what it did, or what it did not match', () => {
    expect(stepText({ by: rule.by, does: 'pass' }, 'ingress')).toBe('Matches: passed on to the next tier')
    expect(stepText({ by: rule.by, does: 'skip', why: 'peer' }, 'ingress')).toBe('Does not match: the source is none of the rule’s')
    expect(stepText({ by: rule.by, does: 'skip', why: 'peer' }, 'egress')).toBe('Does not match: the destination is none of the rule’s')
    expect(stepText({ by: rule.by, does: 'skip', why: 'port' }, 'egress')).toBe('Does not match: the port is none of the rule’s')
  })

  it('name the port where there is one', () => {
    const { port: _, ...ping } = { ...allowed, protocol: 'ICMP' }
    expect([askedText(allowed), askedText(ping)]).toEqual(['TCP 5432', 'ICMP'])
  })

  it('sum an entry up, and say how many of mixed connections are allowed', () => {
    expect(stateOfOutcomes(outcomes(allowed, denied))).toBe('some')
    expect(outcomesText(outcomes(allowed, denied))).toBe('2 of 3 allowed')
    expect(outcomesText(outcomes(denied))).toBe('denied')
    expect(stateOfOutcomes(outcomes())).toBe('none')
  })

  it('name the side that denies first', () => {
    expect(decidedText(outcomes(allowed, denied))).toBe('ingress: NetworkPolicy shop/db, spec.ingress[0]')
    expect(decidedText(outcomes({ ...denied, egress: { ...rule, by: { default: 'end of tier default: Deny' } } }))).toBe('egress: end of tier default: Deny')
    expect(decidedText(outcomes())).toBe('')
  })
})
