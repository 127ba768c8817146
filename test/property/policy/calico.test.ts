import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { calicoAllows, calicoPolicies, NETWORK_SETS } from '../../support/policy/naive-calico'
import { networkPolicy } from '../../support/policy/naive-kubernetes'
import { compiledVerdicts, WISHES } from '../../support/policy/world'

describe('compiled Calico policies', () => {
  it('say what a naive reading tier by tier says, with Kubernetes’ own in the default tier', () => {
    fc.assert(
      fc.property(calicoPolicies, fc.array(networkPolicy, { maxLength: 2 }), fc.boolean(), (policies, kubernetes, passes) => {
        const tier = {
          apiVersion: 'projectcalico.org/v3', kind: 'Tier', metadata: { name: 'first' },
          spec: { order: 10, defaultAction: passes ? 'Pass' : 'Deny' },
        }
        const verdicts = compiledVerdicts('calico', [tier, ...NETWORK_SETS, ...policies, ...kubernetes])
        const allows = (direction: 'ingress' | 'egress', index: number) =>
          calicoAllows(policies, kubernetes, passes, WISHES[index]!, direction)
        expect(verdicts).toEqual(WISHES.map((_, index) => (allows('egress', index) && allows('ingress', index) ? 'allow' : 'deny')))
      }),
      { numRuns: 100 },
    )
  })
})
