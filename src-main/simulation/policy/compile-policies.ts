import {
  PolicyTableBuilder,
  hasEndpoint,
  type Direction,
  type PolicyStep,
  type PolicyTable,
} from '#shared/lookup/policy/index'

import type { PolicyCluster } from './endpoints'
import type { Decision, DirectionPolicies, PolicySet, PolicyTier, SourcedRule } from './policy-set'

/** Policies compiled for a cluster. */
export interface CompiledPolicies {
  readonly cluster: PolicyCluster
  readonly table: PolicyTable
  /** Per rule of the table: what it stands for. */
  readonly decisions: readonly Decision[]
  /** Per direction: how many steps of each list stand for what always holds, and are no rules of a data path. */
  readonly implicit: Readonly<Record<Direction, number>>
  /** Why nothing is enforced anywhere, where that is so. */
  readonly unenforced?: Decision
}

/** Compiles what a dialect made of the objects. Endpoints that the same policies select share their lists. */
export function compilePolicies(cluster: PolicyCluster, policies: PolicySet): CompiledPolicies {
  const builder = new PolicyTableBuilder(cluster.endpoints.map(({ node }) => node))
  const compiler = new ListCompiler(builder)
  for (const direction of ['ingress', 'egress'] as const) {
    compiler.compile(cluster, direction, policies[direction])
  }
  const implicit = { ingress: policies.ingress.before.length, egress: policies.egress.before.length }
  return { cluster, table: builder.finish(), decisions: compiler.decisions, implicit }
}

class ListCompiler {
  readonly decisions: Decision[] = []
  private readonly builder: PolicyTableBuilder

  constructor(builder: PolicyTableBuilder) {
    this.builder = builder
  }

  compile(cluster: PolicyCluster, direction: Direction, policies: DirectionPolicies): void {
    const ruleNumbers = new Map<SourcedRule, number>()
    const numberOf = (rule: SourcedRule): number => {
      const known = ruleNumbers.get(rule)
      if (known !== undefined) return known
      const added = this.builder.addRule(rule.match)
      this.decisions[added] = rule.by
      ruleNumbers.set(rule, added)
      return added
    }
    const tierEnds = policies.tiers.map(
      ({ unmatched, unmatchedBy }): SourcedRule => ({ match: { action: unmatched }, by: unmatchedBy }),
    )
    const last: SourcedRule = { match: { action: 'allow' }, by: policies.unselectedBy }
    const lists = new Map<string, number>()
    cluster.endpoints.forEach((_, endpoint) => {
      const selecting = policies.tiers.map((tier) => selectedBy(tier, endpoint))
      if (selecting.every((tier) => tier.length === 0)) return
      const key = selecting.join(';')
      let list = lists.get(key)
      if (list === undefined) {
        const steps: PolicyStep[] = policies.before.map((rule) => ({ rule: numberOf(rule), passTo: 0 }))
        selecting.forEach((chosen, tier) => {
          const parts = chosen.map((index) => policies.tiers[tier]!.policies[index]!)
          const rules = parts.flatMap((policy) => policy.rules)
          if (parts.some(({ isolates }) => isolates)) rules.push(tierEnds[tier]!)
          const end = steps.length + rules.length
          for (const rule of rules) steps.push({ rule: numberOf(rule), passTo: end })
        })
        steps.push({ rule: numberOf(last), passTo: 0 })
        list = this.builder.addList(steps)
        lists.set(key, list)
      }
      this.builder.enforce(endpoint, direction, list)
    })
  }
}

/** Indices of the policies of a tier that select an endpoint. */
function selectedBy({ policies }: PolicyTier, endpoint: number): number[] {
  const chosen: number[] = []
  policies.forEach(({ subjects }, index) => {
    if (hasEndpoint(subjects, endpoint)) chosen.push(index)
  })
  return chosen
}
