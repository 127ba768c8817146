import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { ApiObject } from '#main/simulation/kubernetes/object'
import { compileDialect, readPolicies, type Dialect } from '#main/simulation/policy/dialects'
import { reachMatrix } from '#main/simulation/policy/matrix'
import { verdictOf } from '#main/simulation/policy/verdict'

import { calicoPolicies, NETWORK_SETS } from '../../support/policy/naive-calico'
import { ciliumObject, ciliumPolicies } from '../../support/policy/naive-cilium'
import { networkPolicy } from '../../support/policy/naive-kubernetes'
import { worldCluster } from '../../support/policy/world'

const objects: fc.Arbitrary<{ readonly dialect: Dialect; readonly policies: readonly object[] }> = fc.oneof(
  fc.array(networkPolicy, { maxLength: 4 }).map((policies) => ({ dialect: 'kubernetes' as const, policies })),
  calicoPolicies.map((policies) => ({ dialect: 'calico' as const, policies: [...NETWORK_SETS, ...policies] })),
  ciliumPolicies.map((policies) => ({ dialect: 'cilium' as const, policies: policies.map(ciliumObject) })),
)

describe('the matrix of all pairs', () => {
  it('holds for each pair what the pair is told alone, at whatever port each end is asked', () => {
    fc.assert(
      fc.property(objects, fc.array(fc.constantFrom(80, 8080, 53), { minLength: 9, maxLength: 9 }), fc.constantFrom('TCP', 'UDP'), ({ dialect, policies }, ports, protocol) => {
        const cluster = worldCluster()
        const compiled = compileDialect(cluster, readPolicies(policies as ApiObject[], dialect), dialect)
        const ends = cluster.endpoints.map((_, index) => index)
        const portOf = new Map(ends.map((end) => [end, ports[end % ports.length]!]))
        const { groups, allowed } = reachMatrix(compiled, ends, protocol, (end) => portOf.get(end)!)
        const groupOf = new Map(groups.flatMap((group, index) => group.map((end) => [end, index])))
        const pairs = ends.flatMap((from) => ends.map((to) => [from, to] as const))
        const alone = pairs.map(([from, to]) => verdictOf(compiled, { from, to, protocol, port: portOf.get(to)! }).verdict)
        expect(pairs.map(([from, to]) => (allowed(groupOf.get(from)!, groupOf.get(to)!) ? 'allow' : 'deny'))).toEqual(alone)
      }),
      { numRuns: 200 },
    )
  })
})
