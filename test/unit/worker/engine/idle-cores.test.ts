import { parseLab } from '#shared/lab/index'
import { ProgressSlab } from '#shared/metrics/index'
import { runTask } from '#worker/run-task'
import { describe, expect, it } from 'vitest'

import { planOf } from '../../../support/plan-of'
import { FIRST_PODS, twoHostsLab } from '../../../support/two-hosts-lab'

/** Mean time of a transaction whose hosts' idle cores take so long to wake, ns. */
function transactionNs(ends: string, idleExitNs: number): number {
  const text = twoHostsLab({ traffic: `kind: tcp-rr, ${ends}`, hostCosts: true })
  const plan = planOf(parseLab(text).lab!, 'host')
  plan.hosts.idleExitNs.fill(idleExitNs)
  const progress = ProgressSlab.create(1).buffer
  return runTask({ plan, seed: 1, progress }, () => 0).result.traffic[0]!.latencyNs!.mean
}

describe('idle cores', () => {
  // Request and answer each interrupt one core of a node, which wakes the thread on another.
  it.each([
    ['four times between two nodes', FIRST_PODS, 4],
    ['twice on one node, where nothing interrupts', 'from: {pod: default/a-0}, to: {pod: default/a-1}', 2],
  ])('have to wake %s for a transaction', (_name, ends, wakes) => {
    const slower = transactionNs(ends, 10_000) - transactionNs(ends, 0)
    expect(slower / 10_000).toBeCloseTo(wakes, 1)
  })
})
