import { describe, expect, it } from 'vitest'

import { impactInLab } from '#main/pool/simulation-task'
import type { ReachImpact, ReachProposal } from '#shared/contract/reach'

import { calicoPolicy, databasePolicy, policyLab } from '../../support/policy-lab'

const fromWeb = { from: [{ podSelector: { matchLabels: { app: 'web' } } }] }

function impact(text: string, proposal: ReachProposal, variant = 'calico'): ReachImpact {
  const outcome = impactInLab({ text, variant, by: 'workload', protocol: 'TCP', proposal })
  if (!outcome.ok) throw new Error(outcome.refusal.message)
  return outcome.value
}

const summary = ({ traffic, pairs }: ReachImpact) => ({
  traffic: traffic.map(({ name, becomes, pairs: count }) => `${name} ${becomes} ${count}`),
  pairs: pairs.map(({ from, to, becomes }) => `${from} > ${to} ${becomes}`),
})

describe('impactInLab', () => {
  const close = calicoPolicy('StagedNetworkPolicy', 'close', { ingress: [{ action: 'Allow', source: { selector: "app == 'web'" } }] })

  it('says what enforcing staged policies would deny, and which rule would decide', () => {
    const found = impact(policyLab([close]), { kind: 'staged' })
    expect(found.staged).toEqual([{ staged: 'StagedNetworkPolicy shop/close', object: 'NetworkPolicy shop/close', change: 'added' }])
    expect(summary(found)).toEqual({ traffic: ['watch denied 1'], pairs: ['ops/probe > shop/db denied'] })
    const [watch] = found.traffic
    expect(watch!.before.ingress.by).toEqual({ default: 'no policy selects this pod for ingress' })
    expect(watch!.after).toMatchObject({ verdict: 'deny', ingress: { by: { default: 'end of tier default: Deny' } } })
  })

  it('replaces the policy of a staged one’s name, and takes it away where the staged one says so', () => {
    const enforced = calicoPolicy('NetworkPolicy', 'close', { ingress: [{ action: 'Deny' }] })
    expect(summary(impact(policyLab([enforced, close]), { kind: 'staged' }))).toEqual({ traffic: ['query allowed 1'], pairs: ['shop/web > shop/db allowed'] })
    const gone = calicoPolicy('StagedNetworkPolicy', 'close', { stagedAction: 'Delete' })
    const removed = impact(policyLab([enforced, gone]), { kind: 'staged' })
    expect(removed.staged).toEqual([{ staged: 'StagedNetworkPolicy shop/close', object: 'NetworkPolicy shop/close', change: 'removed' }])
    expect(summary(removed).traffic).toEqual(['query allowed 1', 'watch allowed 1'])
  })

  it('reads staged policies of Kubernetes’ form, and leaves those alone that are only to learn from', () => {
    const staged = (spec: object) => ({ ...databasePolicy('db', fromWeb), apiVersion: 'projectcalico.org/v3', kind: 'StagedKubernetesNetworkPolicy', spec: { ...(databasePolicy('db', fromWeb) as { spec: object }).spec, ...spec } })
    expect(summary(impact(policyLab([staged({})]), { kind: 'staged' })).traffic).toEqual(['watch denied 1'])
    expect(impact(policyLab([staged({ stagedAction: 'Learn' })]), { kind: 'staged' }).staged).toEqual([])
  })

  it('finds no staged policies where the plugin reads none', () => {
    expect(impact(policyLab([close]), { kind: 'staged' }, 'cilium')).toMatchObject({ staged: [], traffic: [], pairs: [], pairCount: 0 })
  })

  it('compares a draft with the lab as it is, in any dialect', () => {
    const draft = { kind: 'draft', text: policyLab([databasePolicy('db', fromWeb)]) } as const
    for (const variant of ['calico', 'cilium']) {
      expect(summary(impact(policyLab([]), draft, variant))).toEqual({ traffic: ['watch denied 1'], pairs: ['ops/probe > shop/db denied'] })
    }
    expect(summary(impact(draft.text, { kind: 'draft', text: draft.text }))).toEqual({ traffic: [], pairs: [] })
  })

  it('refuses a draft with other pods', () => {
    const text = policyLab([])
    const outcome = impactInLab({ text, variant: 'calico', by: 'workload', protocol: 'TCP', proposal: { kind: 'draft', text: text.replace('"name": "probe"', '"name": "prober"').replace('ops/probe-0', 'ops/prober-0') } })
    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'reach.other-pods' } })
  })
})
