import { readFile } from 'node:fs/promises'

import { beforeAll, describe, expect, it } from 'vitest'

import { planLab } from '#main/pool/plan-lab'
import type { RunSetUp } from '#main/pool/set-up'
import { setUpSimulation } from '#main/pool/simulation-task'

let example: string
beforeAll(async () => {
  example = await readFile('resources/labs/calico-vs-cilium.cnilab.yaml', 'utf8')
})

function setUp(text: string, variants?: string[]): RunSetUp {
  const outcome = setUpSimulation({ text, ...(variants && { variants }) })
  if (!outcome.ok) throw new Error(outcome.refusal.message)
  return outcome.setUp
}

describe('setUpSimulation', () => {
  it('makes a plan for each variant, and tells what a run has to know of the lab', () => {
    const { plans, ...facts } = setUp(example)
    expect(plans.map(({ variant }) => variant)).toEqual(['host', 'calico-ipip', 'cilium-vxlan'])
    expect(facts).toMatchObject({
      lab: 'calico-vs-cilium',
      labVariants: ['host', 'calico-ipip', 'cilium-vxlan'],
      durationNs: 1e9,
      warmupNs: 1e8,
      seeds: 5,
    })
    expect(facts.labHash).toMatch(/^[0-9a-f]{64}$/u)
  })

  it("plans the variants asked for, in the lab's order", () => {
    const { plans, labVariants } = setUp(example, ['cilium-vxlan', 'host'])
    expect(plans.map(({ variant }) => variant)).toEqual(['host', 'cilium-vxlan'])
    expect(labVariants).toHaveLength(3)
  })

  it('gives plans that can cross to another thread', () => {
    const { plans } = setUp(example)
    expect(structuredClone(plans)).toEqual(plans)
  })

  it.each([
    ['lab.invalid', 'kind: Lab\n', undefined],
    ['run.no-variants', 'apiVersion: cnilab.dev/v1alpha1\nkind: Lab\nmetadata: {name: bare}\n', undefined],
    ['run.unknown-variant', undefined, ['host', 'weave']],
  ])('refuses with %s', (code, text, variants) => {
    expect(setUpSimulation({ text: text ?? example, ...(variants && { variants }) })).toMatchObject({ ok: false, refusal: { code } })
  })

  it('refuses a lab without traffic', () => {
    const silent = example.replace(/^ {2}traffic:\n(?: {4}.*\n)+/mu, '')
    expect(setUpSimulation({ text: silent })).toMatchObject({ ok: false, refusal: { code: 'run.no-traffic' } })
  })
})

describe('planLab', () => {
  it('finds what can not be simulated yet, once for all variants, with its line', () => {
    const gateway = '{apiVersion: cilium.io/v2, kind: CiliumEgressGatewayPolicy, metadata: {name: gateway}, spec: {}}'
    const text = example.replace('podCIDR: 10.244.0.0/16', `podCIDR: 10.244.0.0/16\n    manifests:\n      - ${gateway}`)
    const { lab, problems, plans } = planLab(text)
    expect({ lab, plans }).toEqual({ lab: undefined, plans: [] })
    const line = text.split('\n').findIndex((each) => each.includes('kind: CiliumEgress')) + 1
    expect(problems.map((problem) => [problem.code, problem.line])).toEqual([['not-modelled', line]])
  })
})
