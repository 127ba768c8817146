import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { ApiObject } from '#main/simulation/kubernetes/object'
import type { CompiledPolicies } from '#main/simulation/policy/compile-policies'
import { compileDialect, readPolicies, type Dialect } from '#main/simulation/policy/dialects'
import { findOverlaps } from '#main/simulation/policy/overlaps'
import { verdictOf, type Flow } from '#main/simulation/policy/verdict'
import { RULE, RULE_FIELDS } from '#shared/lookup/policy/policy-table'

import { calicoPolicies, NETWORK_SETS } from '../../support/policy/naive-calico'
import { ciliumObject, ciliumPolicies } from '../../support/policy/naive-cilium'
import { networkPolicy } from '../../support/policy/naive-kubernetes'
import { worldCluster } from '../../support/policy/world'

/** Names tell objects apart. */
function named(policies: readonly object[]): object[] {
  return policies.map((policy, index) => ({ ...policy, metadata: { ...(policy as { metadata?: object }).metadata, name: `p-${index}` } }))
}

const objects: fc.Arbitrary<{ readonly dialect: Dialect; readonly policies: readonly object[] }> = fc.oneof(
  fc.array(networkPolicy, { minLength: 2, maxLength: 5 }).map((policies) => ({ dialect: 'kubernetes' as const, policies: named(policies) })),
  fc.tuple(calicoPolicies, fc.array(networkPolicy, { maxLength: 2 }))
    .map(([calico, kubernetes]) => ({ dialect: 'calico' as const, policies: [...NETWORK_SETS, ...calico, ...named(kubernetes)] })),
  fc.array(ciliumPolicies, { minLength: 1, maxLength: 2 })
    .map((several) => ({ dialect: 'cilium' as const, policies: several.flat().map(ciliumObject) })),
)

const cluster = worldCluster()

/** Connections on both sides of every port that the random policies name. */
const FLOWS: readonly Flow[] = cluster.endpoints.flatMap((_, from) =>
  cluster.endpoints.flatMap((__, to): Flow[] => [
    ...(['TCP', 'UDP', 'SCTP'] as const).flatMap((protocol) => [52, 53, 79, 80, 81, 8079, 8080, 8081, 9000].map((port) => ({ from, to, protocol, port }))),
    { from, to, protocol: 'ICMP', icmp: { type: 8, code: 0 } },
  ]),
)

describe('rules that are reported as overlapping', () => {
  it('can all be taken away together without changing any verdict', () => {
    let found = 0
    fc.assert(
      fc.property(objects, ({ dialect, policies }) => {
        const compiled = compileDialect(cluster, readPolicies(policies as ApiObject[], dialect), dialect)
        const overlaps = findOverlaps(compiled)
        if (overlaps.length === 0) return
        found += overlaps.length
        const rules = compiled.table.rules.slice()
        for (const rule of overlaps.flatMap((overlap) => overlap.compiled)) rules[rule * RULE_FIELDS + RULE.never] = 1
        const without = { ...compiled, table: { ...compiled.table, rules } }
        expect(verdictsOf(without)).toBe(verdictsOf(compiled))
      }),
      { numRuns: 150 },
    )
    expect(found).toBeGreaterThan(0)
  })

  it('are all that can be taken away alone', () => {
    fc.assert(
      fc.property(fc.array(networkPolicy, { minLength: 2, maxLength: 4 }), (policies) => {
        const compiled = compileDialect(cluster, readPolicies(named(policies) as ApiObject[], 'kubernetes'), 'kubernetes')
        const reported = new Set(findOverlaps(compiled).flatMap((overlap) => overlap.compiled))
        const rules = compiled.table.rules.slice()
        for (const rule of reported) rules[rule * RULE_FIELDS + RULE.never] = 1
        const left = { ...compiled, table: { ...compiled.table, rules } }
        const before = verdictsOf(left)
        compiled.decisions.forEach((by, rule) => {
          if ('default' in by || reported.has(rule)) return
          const fewer = rules.slice()
          fewer[rule * RULE_FIELDS + RULE.never] = 1
          // What no flow asked here meets says nothing.
          if (verdictsOf({ ...compiled, table: { ...compiled.table, rules: fewer } }) !== before) return
          expect(isMet(left, rule)).toBe(false)
        })
      }),
      { numRuns: 25 },
    )
  })
})

/** What each end says about each connection. */
function verdictsOf(compiled: CompiledPolicies): string {
  return FLOWS.map((flow) => {
    const { egress, ingress } = verdictOf(compiled, flow)
    return `${egress.verdict[0]}${ingress.verdict[0]}`
  }).join('')
}

/** Whether a rule decides about any of the connections asked. */
function isMet(compiled: CompiledPolicies, rule: number): boolean {
  const by = compiled.decisions[rule]
  return FLOWS.some((flow) => {
    const { egress, ingress } = verdictOf(compiled, flow)
    return egress.by === by || ingress.by === by
  })
}
