import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { clusterPolicies, clusterVerdict, isOwnNode, networkPolicy, networkPolicyVerdict, type RawClusterPolicy, type RawNetworkPolicy } from '../../support/policy/naive-kubernetes'
import { compiledVerdicts, WISHES, type Wish } from '../../support/policy/world'

function naive(policies: readonly RawNetworkPolicy[], administrators: readonly RawClusterPolicy[], wish: Wish): 'allow' | 'deny' {
  const allows = (direction: 'ingress' | 'egress'): boolean => {
    if (direction === 'ingress' && isOwnNode(wish)) return true
    return (
      clusterVerdict(administrators, 'Admin', wish, direction) ??
      networkPolicyVerdict(policies, wish, direction, 'any') ??
      clusterVerdict(administrators, 'Baseline', wish, direction) ??
      true
    )
  }
  return allows('egress') && allows('ingress') ? 'allow' : 'deny'
}

describe('compiled Kubernetes policies', () => {
  it('say what a naive reading of NetworkPolicies says', () => {
    fc.assert(
      fc.property(fc.array(networkPolicy, { maxLength: 4 }), (policies) => {
        expect(compiledVerdicts('k8s', policies)).toEqual(WISHES.map((wish) => naive(policies, [], wish)))
      }),
      { numRuns: 80 },
    )
  })

  it('say what a naive reading of administrators’ policies around them says', () => {
    fc.assert(
      fc.property(fc.array(networkPolicy, { maxLength: 2 }), clusterPolicies, (policies, administrators) => {
        const verdicts = compiledVerdicts('k8s', [...policies, ...administrators])
        expect(verdicts).toEqual(WISHES.map((wish) => naive(policies, administrators, wish)))
      }),
      { numRuns: 80 },
    )
  })
})
