import {
  PolicyTableBuilder,
  membersOf,
  unionOf,
  type Direction,
  type EndpointSet,
  type PolicyStep,
  type PolicyTable,
} from '#shared/lookup/policy/index'

import type { PolicyMaps } from './cilium/policy-maps'
import type { PolicyCluster } from './endpoints'
import type { Decision, DirectionPolicies, PolicySet, PolicyTier, SourcedRule } from './policy-set'

/** Policies compiled for a cluster. */
export interface CompiledPolicies {
  readonly cluster: PolicyCluster
  readonly table: PolicyTable
  /** Per rule of the table: what it stands for. */
  readonly decisions: readonly Decision[]
  /** Per object with a part in any direction: the endpoints that it selects. */
  readonly selected: ReadonlyMap<string, EndpointSet>
  /** Per direction: how many steps of each list stand for what always holds, and are no rules of a data path. */
  readonly implicit: Readonly<Record<Direction, number>>
  /** Per list of the table: its tiers, each with the offset in the list behind its last step; the nameless first is what always holds. */
  readonly tiers: readonly (readonly ListTier[])[]
  /** Cilium's policy maps; undefined in other dialects. */
  readonly maps?: PolicyMaps
  /** Why nothing is enforced anywhere, where that is so. */
  readonly unenforced?: Decision
}

/** A tier's part of a list. */
export interface ListTier {
  readonly name: string
  readonly end: number
}

/** Compiles what a dialect made of the objects. Endpoints that the same policies select share their lists. */
export function compilePolicies(cluster: PolicyCluster, policies: PolicySet): CompiledPolicies {
  const builder = new PolicyTableBuilder(cluster.endpoints.map(({ node }) => node))
  const compiler = new ListCompiler(builder)
  for (const direction of ['ingress', 'egress'] as const) {
    compiler.compile(cluster, direction, policies[direction])
  }
  const implicit = { ingress: policies.ingress.before.length, egress: policies.egress.before.length }
  return { cluster, table: builder.finish(), decisions: compiler.decisions, tiers: compiler.tiers, selected: selectedEndpoints(cluster, policies), implicit }
}

class ListCompiler {
  readonly decisions: Decision[] = []
  readonly tiers: ListTier[][] = []
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
      ({ unmatched, unmatchedBy, scope }): SourcedRule => ({ match: { ...scope, action: unmatched }, by: unmatchedBy }),
    )
    const last: SourcedRule = { match: { action: 'allow' }, by: policies.unselectedBy }
    const lists = new Map<string, number>()
    const selectors = policies.tiers.map((tier) => selectingPolicies(tier, cluster.endpoints.length))
    cluster.endpoints.forEach((_, endpoint) => {
      const selecting = selectors.map((ofTier) => ofTier[endpoint]!)
      if (selecting.every((chosen) => chosen.length === 0)) return
      const key = selecting.join(';')
      let list = lists.get(key)
      if (list === undefined) {
        const steps: PolicyStep[] = policies.before.map((rule) => ({ rule: numberOf(rule), passTo: 0 }))
        const tiers: ListTier[] = [{ name: '', end: steps.length }]
        const leaving: number[] = []
        selecting.forEach((chosen, tier) => {
          const { name, stage, policies: ofTier } = policies.tiers[tier]!
          const parts = chosen.map((index) => ofTier[index]!)
          const rules = parts.flatMap((policy) => policy.rules)
          if (parts.some(({ isolates }) => isolates)) rules.push(tierEnds[tier]!)
          const end = steps.length + rules.length
          for (const rule of rules) {
            if (rule.leavesStage === true) leaving.push(steps.length)
            steps.push({ rule: numberOf(rule), passTo: end })
          }
          tiers.push({ name, end })
          if (stage !== undefined && stage === policies.tiers[tier + 1]?.stage) return
          for (const step of leaving.splice(0)) steps[step] = { ...steps[step]!, passTo: end }
        })
        steps.push({ rule: numberOf(last), passTo: 0 })
        list = this.builder.addList(steps)
        this.tiers[list] = tiers
        lists.set(key, list)
      }
      this.builder.enforce(endpoint, direction, list)
    })
  }
}

function selectedEndpoints(cluster: PolicyCluster, { ingress, egress }: PolicySet): ReadonlyMap<string, EndpointSet> {
  const selected = new Map<string, EndpointSet>()
  for (const { object, subjects } of [...ingress.tiers, ...egress.tiers].flatMap(({ policies }) => policies)) {
    if (object === undefined) continue
    const known = selected.get(object)
    selected.set(object, known === undefined ? subjects : unionOf(cluster.endpoints.length, [known, subjects]))
  }
  return selected
}

/** Per endpoint: the indices of the policies of a tier that select it. */
function selectingPolicies({ policies }: PolicyTier, endpoints: number): readonly (readonly number[])[] {
  const chosen = Array.from({ length: endpoints }, (): number[] => [])
  policies.forEach(({ subjects }, policy) => {
    for (const endpoint of membersOf(subjects)) chosen[endpoint]!.push(policy)
  })
  return chosen
}
