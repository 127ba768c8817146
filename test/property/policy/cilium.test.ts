import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { ciliumAllows, ciliumObject, ciliumPolicies } from '../../support/policy/naive-cilium'
import { networkPolicy } from '../../support/policy/naive-kubernetes'
import { compiledVerdicts, WISHES } from '../../support/policy/world'

describe('compiled Cilium policies', () => {
  it('say what a naive reading says: denials first, then what any rule allows, then isolation', () => {
    fc.assert(
      fc.property(ciliumPolicies, fc.array(networkPolicy, { maxLength: 2 }), (policies, kubernetes) => {
        const verdicts = compiledVerdicts('cilium', [...policies.map(ciliumObject), ...kubernetes])
        const expected = WISHES.map((wish) => {
          const allows = (direction: 'ingress' | 'egress') => ciliumAllows(policies, kubernetes, wish, direction)
          return allows('egress') && allows('ingress') ? 'allow' : 'deny'
        })
        expect(verdicts).toEqual(expected)
      }),
      { numRuns: 100 },
    )
  })
})
