import { ACTION, CoverageWalk, hasEndpoint, isEmpty, membersOf } from '#shared/lookup/policy/index'

import type { CompiledPolicies } from './compile-policies'
import { coverageQuestions } from './coverage-questions'

/** Ends that policies decide about alike: which connections between them, and how. */
export interface DecidedPairs {
  /** Ends that connect, and ends that are connected to. */
  readonly from: readonly number[]
  readonly to: readonly number[]
  readonly verdict: 'allow' | 'deny'
  readonly protocol: number
  /** First and last port; −1 for protocols without. */
  readonly ports: readonly [number, number]
}

/**
 * What a policy decides at the ends that it selects, or all policies where none is named: what its rules allow and deny, and
 * what the defaults that it brings about deny.
 */
export function decidedPairs(policies: CompiledPolicies, object: string | undefined): DecidedPairs[] {
  const { table, decisions, selected } = policies
  const walk = new CoverageWalk(table)
  const subjects = object === undefined ? undefined : selected.get(object)
  if (object !== undefined && subjects === undefined) return []
  const found: DecidedPairs[] = []
  for (const question of coverageQuestions(policies, walk)) {
    const members = subjects === undefined ? question.members : question.members.filter((end) => hasEndpoint(subjects, end))
    if (members.length === 0) continue
    walk.forEach(question, new Uint8Array(decisions.length), (_, rule, __, left) => {
      const action = walk.action(rule)
      const by = decisions[rule]!
      const isMeant = 'object' in by ? object === undefined || by.object === object : action === ACTION.deny
      if (!isMeant || action > ACTION.deny || isEmpty(left)) return
      const peers = membersOf(left)
      const [from, to] = question.direction === 'ingress' ? [peers, members] : [members, peers]
      found.push({ from, to, verdict: action === ACTION.allow ? 'allow' : 'deny', protocol: question.protocol, ports: [question.port, question.lastPort] })
    })
  }
  return found
}
