import { describe, expect, it } from 'vitest'

import type { ApiObject } from '#main/simulation/kubernetes/object'
import { readPolicies } from '#main/simulation/policy/dialects'
import { POLICY_KINDS, policyKindOf, policySchema, type FieldSchema } from '#shared/lab/index'

/** A value with every field that a schema names. */
function fullOf({ type, properties, items, enum: values }: FieldSchema): unknown {
  switch (type) {
    case 'object':
      // Of a port and a range of ports there is one.
      return Object.fromEntries(Object.entries(properties ?? {}).flatMap(([key, schema]) => (key === 'range' ? [] : [[key, fullOf(schema)]])))
    case 'array':
      return [fullOf(items!)]
    case 'string':
      return values?.[0] ?? 'x'
    case 'number':
      return values?.[0] ?? 1
    case 'boolean':
      return true
  }
}

/** What the readers of policies say about an object. */
function reasons(object: object): readonly string[] {
  const dialect = (object as ApiObject).apiVersion.startsWith('cilium') ? 'cilium' : 'calico'
  return readPolicies([object as ApiObject], dialect).refused.flatMap((refused) => refused.reasons)
}

describe('the schemas of policies', () => {
  it.each(POLICY_KINDS)('name no field that the reader of $apiVersion $kind does not know', (kind) => {
    const full = fullOf(policySchema(kind)) as { metadata: object }
    const object = { ...full, metadata: { ...full.metadata, name: 'full' } }
    expect(reasons(object).filter((reason) => reason.includes('unknown field'))).toEqual([])
    // The readers do say so of others.
    expect(reasons({ ...object, spec: { ...(object as { spec?: object }).spec, unheardOf: 1 } }).join()).toContain('unknown field "spec.unheardOf"')
  })

  it('are found by group and kind, whatever the version', () => {
    expect(policyKindOf('networking.k8s.io/v1', 'NetworkPolicy')?.apiVersion).toBe('networking.k8s.io/v1')
    expect(policyKindOf('crd.projectcalico.org/v1', 'NetworkPolicy')?.apiVersion).toBe('projectcalico.org/v3')
    expect(policyKindOf('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy')?.spec.properties).not.toHaveProperty('tier')
    expect(policyKindOf('v1', 'Service')).toBeUndefined()
  })
})
