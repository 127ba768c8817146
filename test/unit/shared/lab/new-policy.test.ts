import { describe, expect, it } from 'vitest'

import type { ApiObject } from '#main/simulation/kubernetes/object'
import { compileDialect, readPolicies, type Dialect } from '#main/simulation/policy/dialects'
import { namespaceWithName, type PolicyCluster, type PolicyEndpoint } from '#main/simulation/policy/endpoints'
import { verdictOf } from '#main/simulation/policy/verdict'
import { wishedPolicies, type PolicyEnd, type PolicyWish } from '#shared/lab/index'
import { parseIpAddress } from '#shared/units/index'

const web: PolicyEnd = { kind: 'workload', namespace: 'shop', name: 'web', labels: { app: 'web' } }
const db: PolicyEnd = { kind: 'workload', namespace: 'shop', name: 'db', labels: { app: 'db' } }
const probe: PolicyEnd = { kind: 'workload', namespace: 'ops', name: 'probe', labels: { app: 'probe' } }
const ops: PolicyEnd = { kind: 'namespace', name: 'ops' }
const client: PolicyEnd = { kind: 'external', name: 'client', address: '203.0.113.10' }

const endpoint = (end: Partial<PolicyEndpoint> & { readonly reference: string }, address: string): PolicyEndpoint => ({
  kind: 'pod', namespace: '', labels: {}, serviceAccount: 'default', node: 0, ports: [], dnsNames: [], isApiServer: false,
  addresses: [parseIpAddress(address)!], ...end,
})

/** The ends above, in the order web, db, probe, client. */
const cluster: PolicyCluster = {
  clusterName: 'default', services: [], serviceAccounts: new Map(),
  namespaces: [namespaceWithName('shop', {}), namespaceWithName('ops', {})],
  endpoints: [
    endpoint({ reference: 'shop/web', namespace: 'shop', labels: { app: 'web' } }, '10.0.0.1'),
    endpoint({ reference: 'shop/db', namespace: 'shop', labels: { app: 'db' } }, '10.0.0.2'),
    endpoint({ reference: 'ops/probe', namespace: 'ops', labels: { app: 'probe' } }, '10.0.0.3'),
    endpoint({ reference: 'external/client', kind: 'external', node: -1 }, '203.0.113.10'),
  ],
}

/** The connections that are allowed once the wished policies hold, as `from>to:port`. */
function allowed(wish: Omit<PolicyWish, 'dialect'>, dialect: Dialect): readonly string[] {
  const wished = wishedPolicies({ ...wish, dialect })
  if ('problem' in wished) throw new Error(wished.problem)
  const read = readPolicies(wished.objects as unknown as ApiObject[], dialect)
  expect(read.refused).toEqual([])
  const compiled = compileDialect(cluster, read, dialect)
  const ends = ['web', 'db', 'probe', 'client']
  return ends.flatMap((from, source) => ends.flatMap((to, destination) => [80, 5432].flatMap((port) => {
    if (source === destination) return []
    return verdictOf(compiled, { from: source, to: destination, protocol: 'TCP', port }).verdict === 'allow' ? [`${from}>${to}:${port}`] : []
  })))
}

const toDb = (list: readonly string[]): readonly string[] => list.filter((pair) => pair.includes('>db'))

describe('wishedPolicies', () => {
  it.each(['kubernetes', 'calico', 'cilium'] as const)('writes policies that %s reads as they were wished', (dialect) => {
    const ports = [{ port: 5432, protocol: 'TCP' as const }]
    expect(toDb(allowed({ action: 'allow', from: [web], to: [db], ports }, dialect))).toEqual(['web>db:5432'])
    expect(toDb(allowed({ action: 'allow', from: [probe], to: [db], ports: [] }, dialect))).toEqual(['probe>db:80', 'probe>db:5432'])
    expect(toDb(allowed({ action: 'allow', from: [ops, client], to: [db], ports }, dialect))).toEqual(['probe>db:5432', 'client>db:5432'])
    expect(allowed({ action: 'allow', from: [web], to: [{ kind: 'namespace', name: 'shop' }], ports: [] }, dialect).filter((pair) => />(web|db)/u.test(pair))).toEqual(['web>db:80', 'web>db:5432'])
  })

  it.each(['kubernetes', 'calico', 'cilium'] as const)('writes of hosts outside that are connected to what %s’s pods may leave for', (dialect) => {
    const list = allowed({ action: 'allow', from: [web], to: [client], ports: [] }, dialect)
    expect(list.filter((pair) => pair.startsWith('web>'))).toEqual(['web>client:80', 'web>client:5432'])
  })

  it.each(['calico', 'cilium'] as const)('writes denials that %s reads', (dialect) => {
    expect(toDb(allowed({ action: 'deny', from: [web], to: [db], ports: [] }, dialect))).not.toContain('web>db:5432')
  })

  it('says why there is nothing to write', () => {
    const why = (wish: Partial<PolicyWish>) => wishedPolicies({ dialect: 'kubernetes', action: 'allow', from: [web], to: [db], ports: [], ...wish })
    expect(why({ from: [] })).toEqual({ problem: 'Choose who connects.' })
    expect(why({ action: 'deny' })).toMatchObject({ problem: expect.stringContaining('only allows') as string })
    expect(why({ from: [client], to: [client] })).toMatchObject({ problem: expect.stringContaining('about pods') as string })
    expect(why({ to: [{ kind: 'workload', namespace: 'shop', name: 'bare', labels: {} }] })).toEqual({ problem: 'bare has no labels to select it by.' })
  })
})
