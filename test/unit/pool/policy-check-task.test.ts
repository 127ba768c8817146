import { describe, expect, it } from 'vitest'

import { checkPoliciesInLab } from '#main/pool/simulation-task'

import { calicoPolicy, databasePolicy, policyLab } from '../../support/policy-lab'

const fromWeb = { from: [{ podSelector: { matchLabels: { app: 'web' } } }] }
const fromShop = { from: [{ podSelector: {} }] }
const onSql = { ports: [{ port: 5432 }] }

/** What is found, as `code path: message`. */
function found(manifests: readonly object[], variants?: string[]): readonly string[] {
  return checkPoliciesInLab({ text: policyLab(manifests, variants) }).map(({ code, path, message }) => `${code} ${path}: ${message}`)
}

describe('checkPoliciesInLab', () => {
  it('finds nothing in policies of which each does its part', () => {
    expect(found([databasePolicy('web', { ...fromWeb, ...onSql }), databasePolicy('ops', { from: [{ namespaceSelector: { matchLabels: { team: 'ops' } } }] })])).toEqual([])
  })

  it('names what shadows a rule: another that allows all that it allows, before it', () => {
    expect(found([databasePolicy('a-shop', fromShop), databasePolicy('b-web', { ...fromWeb, ...onSql })])).toEqual([
      'shadowed-rule spec.cluster.manifests[1].spec.ingress[0]: NetworkPolicy shop/b-web, spec.ingress[0] never decides: NetworkPolicy shop/a-shop, spec.ingress[0] decides before it.',
    ])
  })

  it('names what makes a rule redundant: another behind it that allows the same', () => {
    expect(found([databasePolicy('a-web', { ...fromWeb, ...onSql }), databasePolicy('b-shop', fromShop)])).toEqual([
      'redundant-rule spec.cluster.manifests[0].spec.ingress[0]: NetworkPolicy shop/a-web, spec.ingress[0] makes no difference: without it, NetworkPolicy shop/b-shop, spec.ingress[0] decides the same.',
    ])
  })

  it('reports of two equal rules one', () => {
    expect(found([databasePolicy('one', fromWeb), databasePolicy('two', fromWeb)])).toHaveLength(1)
  })

  it('sees a rule that several cover together, range by range of ports', () => {
    const ports = (port: number, endPort: number) => ({ ports: [{ port, endPort }] })
    const lower = databasePolicy('a-lower', { ...fromShop, ...ports(1, 999) })
    const upper = databasePolicy('b-upper', { ...fromShop, ...ports(1000, 2000) })
    expect(found([lower, upper, databasePolicy('c-web', { ...fromWeb, ...ports(500, 1500) })])).toEqual([
      expect.stringMatching(/^shadowed-rule .*manifests\[2\].*a-lower.*b-upper.* decide before it\.$/u),
    ])
    expect(found([lower, upper, databasePolicy('c-web', { ...fromWeb, ...ports(500, 2001) })])).toEqual([])
  })

  it('sees an allowance that a denial of higher precedence takes, in the variant that reads it', () => {
    const deny = calicoPolicy('GlobalNetworkPolicy', 'a-close', { order: 1, ingress: [{ action: 'Deny', source: { selector: "app == 'web'" } }] })
    const allow = calicoPolicy('NetworkPolicy', 'b-web', { order: 2, ingress: [{ action: 'Allow', source: { selector: "app == 'web'" } }] })
    expect(found([deny, allow])).toEqual([
      'shadowed-rule spec.cluster.manifests[1].spec.ingress[0]: NetworkPolicy shop/b-web, spec.ingress[0] never decides: GlobalNetworkPolicy a-close, spec.ingress[0] decides before it.',
    ])
  })

  it('says in which variants a rule of all never matters', () => {
    const web = databasePolicy('web', fromWeb)
    const pass = calicoPolicy('GlobalNetworkPolicy', 'a-close', { order: 1, ingress: [{ action: 'Deny' }] })
    expect(found([web, pass])).toEqual([expect.stringMatching(/^shadowed-rule .*\(calico\)\.$/u)])
  })

  it('finds policies that select nothing, and what the API server refuses, at their places', () => {
    const aimless = calicoPolicy('NetworkPolicy', 'aimless', { selector: "app == 'nobody'", ingress: [{ action: 'Allow' }] })
    const invalid = calicoPolicy('NetworkPolicy', 'invalid', { ingress: [{ action: 'Permit' }] })
    const problems = found([aimless, invalid], ['calico'])
    expect(problems).toContainEqual(expect.stringMatching(/^selects-nothing spec\.cluster\.manifests\[0\]\.spec: /u))
    expect(problems).toContainEqual(expect.stringMatching(/^invalid-object spec\.cluster\.manifests\[1\]\.spec\.ingress\[0\]\.action: /u))
  })

  it('finds nothing in labs with errors, and where nobody reads policies', () => {
    expect(checkPoliciesInLab({ text: 'kind: Lab' })).toEqual([])
    expect(found([databasePolicy('one', fromWeb), databasePolicy('two', fromWeb)], ['flannel'])).toEqual([])
  })
})
