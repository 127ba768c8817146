import { readFile } from 'node:fs/promises'

import { beforeAll, describe, expect, it } from 'vitest'

import type { LabAnswer } from '#main/pool/lab-answer'
import type { ReachTask } from '#main/pool/reach-task'
import { explainInLab, reachInLab } from '#main/pool/simulation-task'
import { cellAt, cellState, isDifferent, type CellState, type Reach, type ReachCells, type ReachDirection } from '#shared/contract/reach'

import { databasePolicy, policyLab } from '../../support/policy-lab'

let text: string
beforeAll(async () => {
  text = await readFile('resources/labs/network-policies.cnilab.yaml', 'utf8')
})

function ask(changes: Partial<ReachTask>): ReachTask {
  return { text, variants: ['calico'], by: 'workload', protocol: 'TCP', ...changes }
}

function valueOf<Value>(outcome: LabAnswer<Value>): Value {
  if (!outcome.ok) throw new Error(outcome.refusal.message)
  return outcome.value
}

function cellOf(reach: Reach, cells: ReachCells, from: string, to: string): number {
  const index = (id: string): number => reach.units.findIndex((unit) => unit.id === id)
  return cellAt(reach, cells, index(from), index(to))
}

function stateOf(reach: Reach, from: string, to: string, direction: ReachDirection = 'both', variant = 0): CellState {
  return cellState(cellOf(reach, reach.variants[variant]!.cells, from, to), direction)
}

describe('reachInLab', () => {
  it('gives a cell for each two workloads, in the lab’s order', () => {
    const reach = valueOf(reachInLab(ask({})))
    expect(reach.units.slice(0, 3)).toEqual([
      { id: 'shop/frontend', pods: 2 }, { id: 'shop/cart', pods: 2 }, { id: 'shop/database', pods: 1 },
    ])
    expect(stateOf(reach, 'shop/cart', 'shop/database')).toBe('allow')
    expect(stateOf(reach, 'shop/frontend', 'shop/database')).toBe('deny')
    expect(reach.policyObjects).toBe(6)
  })

  it('tells the side that denies from the side that allows', () => {
    const reach = valueOf(reachInLab(ask({})))
    expect(stateOf(reach, 'shop/frontend', 'shop/database', 'egress')).toBe('allow')
    expect(stateOf(reach, 'shop/frontend', 'shop/database', 'ingress')).toBe('deny')
    expect(stateOf(reach, 'monitoring/prometheus', 'payments/ledger', 'egress')).toBe('deny')
    expect(stateOf(reach, 'monitoring/prometheus', 'payments/ledger', 'ingress')).toBe('allow')
  })

  it('says of a single pod and itself that there is nothing to decide', () => {
    const reach = valueOf(reachInLab(ask({})))
    expect(stateOf(reach, 'shop/database', 'shop/database')).toBe('none')
    expect(stateOf(reach, 'shop/cart', 'shop/cart')).toBe('allow')
  })

  it('marks namespaces of which only some pods may connect', () => {
    const reach = valueOf(reachInLab(ask({ by: 'namespace' })))
    expect(reach.units.map(({ id }) => id)).toEqual(['shop', 'payments', 'monitoring'])
    expect(stateOf(reach, 'shop', 'payments')).toBe('some')
    expect(stateOf(reach, 'payments', 'monitoring')).toBe('allow')
  })

  it('asks every pod at the port given', () => {
    expect(stateOf(valueOf(reachInLab(ask({ port: 80 }))), 'shop/cart', 'shop/database')).toBe('deny')
  })

  it('picks out the cells in which two variants differ', () => {
    const reach = valueOf(reachInLab(ask({ variants: ['calico', 'cilium'] })))
    const differs = (from: string, to: string): boolean => isDifferent(cellOf(reach, reach.differs!, from, to), 'both')
    expect(differs('payments/checkout', 'payments/ledger')).toBe(true)
    expect(differs('shop/cart', 'shop/database')).toBe(false)
    expect([0, 1].map((variant) => stateOf(reach, 'payments/checkout', 'payments/ledger', 'both', variant))).toEqual(['allow', 'deny'])
  })

  it('finds differences inside cells that are mixed in both variants', () => {
    const reach = valueOf(reachInLab(ask({ by: 'namespace', variants: ['calico', 'cilium'] })))
    expect([0, 1].map((variant) => stateOf(reach, 'shop', 'payments', 'both', variant))).toEqual(['some', 'some'])
    expect(isDifferent(cellOf(reach, reach.differs!, 'shop', 'payments'), 'both')).toBe(true)
  })

  it('says what becomes of the lab’s traffic, by its own protocols and ports', () => {
    const { variants } = valueOf(reachInLab(ask({ protocol: 'UDP' })))
    const traffic = variants[0]!.traffic.map(({ name, outcomes }) => [name, outcomes.pairs, outcomes.outcomes[0]!.verdict, outcomes.outcomes[0]!.protocol])
    expect(traffic).toEqual([['query', 1, 'allow', 'TCP'], ['pay', 2, 'allow', 'TCP'], ['intrude', 1, 'deny', 'TCP'], ['book', 1, 'allow', 'TCP']])
  })

  it('lists objects that change nothing', () => {
    const idle = (variant: string): readonly string[] =>
      valueOf(reachInLab(ask({ variants: [variant] }))).variants[0]!.idle.map(({ object }) => object)
    expect(idle('calico')).toEqual(['CiliumNetworkPolicy shop/frontend-from-shop'])
    expect(idle('cilium')).toEqual(['GlobalNetworkPolicy prometheus-egress'])
    expect(idle('flannel')).toHaveLength(6)
  })

  it('refuses labs with errors, and variants that are not there', () => {
    expect(reachInLab(ask({ text: 'kind: Lab' }))).toMatchObject({ ok: false, refusal: { code: 'lab.invalid' } })
    expect(reachInLab(ask({ variants: ['weave'] }))).toMatchObject({ ok: false, refusal: { code: 'reach.unknown-variant' } })
  })
})

describe('explainInLab', () => {
  it('names the object and the rule that decided at each end', () => {
    const [calico] = valueOf(explainInLab({ ...ask({}), from: 'shop/cart', to: 'shop/database' }))
    expect(calico!.outcomes).toMatchObject({ pairs: 2, looked: 2 })
    expect(calico!.outcomes.outcomes).toEqual([
      expect.objectContaining({
        pairs: 2,
        port: 5432,
        verdict: 'allow',
        egress: { verdict: 'allow', by: { default: 'no policy selects this pod for egress' }, rulesTried: 0, steps: [] },
        ingress: expect.objectContaining({
          verdict: 'allow', by: { object: 'NetworkPolicy shop/database-from-cart', rule: 'spec.ingress[0]' }, rulesTried: 1,
        }) as object,
      }),
    ])
  })

  it('tells step by step what is tried, in which tier, what it asks and why it does not match', () => {
    const stepsTo = (from: string, to: string) => valueOf(explainInLab({ ...ask({}), from, to }))[0]!.outcomes.outcomes[0]!.ingress.steps
    const always = { by: { default: 'a node always reaches the pods on it' }, does: 'skip', why: 'peer' }
    const rule = { by: { object: 'NetworkPolicy shop/database-from-cart', rule: 'spec.ingress[0]' }, tier: 'default', asks: expect.stringContaining('app: cart') as string }
    expect(stepsTo('shop/cart', 'shop/database')).toEqual([always, { ...rule, does: 'allow' }])
    expect(stepsTo('shop/frontend', 'shop/database')).toEqual([
      always, { ...rule, does: 'skip', why: 'peer' }, { by: { default: 'end of tier default: Deny' }, tier: 'default', does: 'deny' },
    ])
  })

  it('names the peer that matched, of a rule with several, in each dialect', () => {
    const peers = [{ podSelector: { matchLabels: { app: 'web' } } }, { namespaceSelector: { matchLabels: { team: 'ops' } } }]
    const cilium = {
      apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata: { name: 'db', namespace: 'shop' },
      spec: { endpointSelector: { matchLabels: { app: 'db' } }, ingress: [{ fromEndpoints: [{ matchLabels: { app: 'web' } }, { matchLabels: { app: 'none' } }] }] },
    }
    const matchedIn = (manifests: readonly object[], variant: string, from: string) =>
      valueOf(explainInLab({ ...ask({ text: policyLab(manifests), variants: [variant] }), from, to: 'shop/db' }))[0]!.outcomes.outcomes[0]!.ingress.steps.at(-1)!.matched
    const rule = databasePolicy('db', { from: peers })
    expect(matchedIn([rule], 'calico', 'shop/web')).toBe('from[0] {podSelector: {matchLabels: {app: web}}}')
    expect(matchedIn([rule], 'cilium', 'ops/probe')).toBe('from[1] {namespaceSelector: {matchLabels: {team: ops}}}')
    expect(matchedIn([cilium], 'cilium', 'shop/web')).toBe('fromEndpoints[0] {matchLabels: {app: web}}')
    expect(matchedIn([databasePolicy('db', { from: [peers[0]!] })], 'calico', 'shop/web')).toBeUndefined()
  })

  it('counts pods one by one where they are asked about', () => {
    const reach = valueOf(reachInLab(ask({ by: 'pod' })))
    expect(reach.units.slice(0, 2)).toEqual([{ id: 'shop/frontend-0', pods: 1 }, { id: 'shop/frontend-1', pods: 1 }])
    expect(stateOf(reach, 'shop/frontend-0', 'shop/frontend-0')).toBe('none')
    expect(stateOf(reach, 'shop/frontend-0', 'shop/frontend-1')).toBe('allow')
    expect(stateOf(reach, 'shop/cart-1', 'shop/database-0')).toBe('allow')
    expect(stateOf(reach, 'shop/frontend-1', 'shop/database-0')).toBe('deny')
    expect(reach.classes).toBeLessThan(reach.units.length)
  })

  it('keeps pairs apart that different rules decided about', () => {
    const [calico] = valueOf(explainInLab({ ...ask({ by: 'namespace' }), from: 'shop', to: 'payments' }))
    const { pairs, outcomes } = calico!.outcomes
    expect(pairs).toBe(10)
    expect(outcomes.reduce((sum, outcome) => sum + outcome.pairs, 0)).toBe(10)
    expect(new Set(outcomes.map(({ verdict }) => verdict))).toEqual(new Set(['allow', 'deny']))
  })

  it('leaves the pairs of a pod with itself out', () => {
    const [calico] = valueOf(explainInLab({ ...ask({}), from: 'shop/cart', to: 'shop/cart' }))
    expect(calico!.outcomes).toMatchObject({ pairs: 2, looked: 2 })
  })

  it('refuses units that are not there', () => {
    const outcome = explainInLab({ ...ask({}), from: 'shop/cart', to: 'shop/nobody' })
    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'reach.unknown-unit' } })
  })
})
