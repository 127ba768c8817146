import { describe, expect, it } from 'vitest'

import { policyArrowsInLab } from '#main/pool/simulation-task'
import type { PolicyArrow } from '#shared/contract/reach'

import { calicoPolicy, databasePolicy, policyLab } from '../../support/policy-lab'

const fromWeb = { from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 5432 }, { port: 8000, endPort: 8080 }] }

function arrows(manifests: readonly object[], policy?: string, by: 'workload' | 'namespace' = 'workload', variant = 'calico'): readonly string[] {
  const outcome = policyArrowsInLab({ text: policyLab(manifests), variant, by, ...(policy === undefined ? {} : { policy }) })
  if (!outcome.ok) throw new Error(outcome.refusal.message)
  return outcome.value.arrows.map(({ from, to, verdict, ports }: PolicyArrow) => `${from} > ${to} ${verdict}${ports && ` ${ports}`}`)
}

describe('policyArrowsInLab', () => {
  const db = databasePolicy('db', fromWeb)

  it('says what a policy allows, at which ports, and what its default denies', () => {
    expect(arrows([db], 'NetworkPolicy shop/db')).toEqual([
      'workload:shop/web > workload:shop/db allow TCP 5432, 8000–8080',
      'workload:ops/probe > workload:shop/db deny',
    ])
  })

  it('says nothing of policies beside the one that is asked about', () => {
    const probe = databasePolicy('probe', { from: [{ namespaceSelector: { matchLabels: { team: 'ops' } } }] })
    expect(arrows([db, probe], 'NetworkPolicy shop/probe')).toEqual([
      'workload:ops/probe > workload:shop/db allow any port', 'workload:shop/web > workload:shop/db deny',
    ])
    expect(arrows([db, probe]).filter((arrow) => arrow.includes('allow'))).toHaveLength(2)
  })

  it('draws between namespaces, and in both dialects', () => {
    for (const variant of ['calico', 'cilium']) {
      expect(arrows([db], 'NetworkPolicy shop/db', 'namespace', variant)).toEqual([
        'namespace:shop > namespace:shop allow TCP 5432, 8000–8080', 'namespace:ops > namespace:shop deny',
      ])
    }
  })

  it('follows egress from the pods that a policy selects', () => {
    const leave = calicoPolicy('GlobalNetworkPolicy', 'leave', { types: ['Egress'], egress: [{ action: 'Deny', destination: { selector: "app == 'web'" } }, { action: 'Allow' }] })
    expect(arrows([leave], 'GlobalNetworkPolicy leave')).toEqual([
      'workload:shop/db > workload:ops/probe allow any port', 'workload:shop/db > workload:shop/web deny',
    ])
  })

  it('finds nothing of a policy that nobody reads', () => {
    expect(arrows([db], 'NetworkPolicy shop/other')).toEqual([])
  })
})
