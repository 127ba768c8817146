import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { compareInLab } from '#main/pool/comparison-task'
import { recordControlPlaneInLab } from '#main/pool/control-plane-task'
import { reachInLab } from '#main/pool/reach-task'
import type { FollowedTask } from '#main/pool/work-reports'
import type { WorkDone } from '#shared/contract/question-progress'

const text = readFileSync('resources/labs/leaf-spine-8-nodes.cnilab.yaml', 'utf8')
const variants = [...text.matchAll(/\{name: ([\w-]+), cni/gu)].map(([, name]) => name!)

/** What a task says of its work while it is carried out. */
function said(carryOut: (task: Required<FollowedTask>) => { readonly ok: boolean }): readonly WorkDone[] {
  const reports: WorkDone[] = []
  expect(carryOut({ reports: { postMessage: (done: WorkDone) => reports.push(done) } }).ok).toBe(true)
  return reports
}

function expectForward(reports: readonly WorkDone[]): void {
  const shares = reports.map(({ share }) => share)
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  expect(Math.min(...shares)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...shares)).toBeLessThanOrEqual(1)
}

describe('How far the work on a question is', () => {
  it('goes from variant to variant of a comparison, and on within one whose routes spread by BGP', () => {
    const reports = said((task) => compareInLab({ text, variants, ...task }))
    expectForward(reports)
    expect([...new Set(reports.map(({ step }) => step))]).toEqual(variants)
    expect(reports.filter(({ step }) => step.startsWith('calico')).length).toBeGreaterThan(variants.length)
  })

  it('comes to all of a control plane once its routes are known', () => {
    const reports = said((task) => recordControlPlaneInLab({ text, variant: variants.find((name) => name.startsWith('calico'))!, ...task }))
    expectForward(reports)
    expect(reports.at(-1)!.share).toBe(1)
  })

  it('names what is read of policies, a step at a time', () => {
    const reports = said((task) => reachInLab({ text, by: 'workload', protocol: 'TCP', variants: variants.slice(0, 2), ...task }))
    expectForward(reports)
    expect(reports.map(({ step }) => step)).toEqual([
      'the lab', `policies in ${variants[0]!}`, `policies in ${variants[1]!}`, `pairs of pods in ${variants[0]!}`, `pairs of pods in ${variants[1]!}`, 'the matrix',
    ])
  })
})
