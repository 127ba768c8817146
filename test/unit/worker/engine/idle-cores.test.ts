import { buildRunPlan } from '#main/simulation/plan/index'
import { parseLab } from '#shared/lab/index'
import { ProgressSlab, type SeedResult } from '#shared/metrics/index'
import { PASS_ENTRY, type RunPlan } from '#shared/plan/index'
import { runTask } from '#worker/run-task'
import { describe, expect, it } from 'vitest'

import { FIRST_PODS, twoHostsLab } from '../../../support/two-hosts-lab'

function planOf(traffic: string): RunPlan {
  const built = buildRunPlan(parseLab(twoHostsLab({ traffic, hostCosts: true })).lab!, 'host')
  if (!('plan' in built)) throw new Error(JSON.stringify(built.problems))
  return built.plan
}

function run(plan: RunPlan): SeedResult {
  return runTask({ plan, seed: 1, progress: ProgressSlab.create(1).buffer }, () => 0).result
}

/** Mean time of a transaction whose hosts' idle cores take so long to wake, and keep their caches, ns. */
function transactionNs(ends: string, idleExitNs: number): number {
  const plan = planOf(`kind: tcp-rr, ${ends}`)
  plan.hosts.idleExitNs.fill(idleExitNs)
  plan.hosts.warmUpNs.fill(0)
  return run(plan).traffic[0]!.latencyNs!.mean
}

/** What a program costs a packet more on cold cores, cycles; polls of NICs cost what they always do. */
function coldCycles({ programs }: RunPlan, program: number): number {
  let cycles = 0
  for (let pass = programs.passFirst[program]!; pass < programs.passFirst[program + 1]!; pass++) {
    if (programs.entry[pass] === PASS_ENTRY.nic) continue
    for (let at = programs.refFirst[pass]!; at < programs.refFirst[pass + 1]!; at++) cycles += programs.refColdPerPacket[at]!
  }
  return cycles
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

  it('run the stages of a transaction on cold caches', () => {
    const warm = planOf(`kind: tcp-rr, ${FIRST_PODS}`)
    warm.hosts.warmUpNs.fill(0)
    const cold = planOf(`kind: tcp-rr, ${FIRST_PODS}`)
    const { forwardTx, forwardRx, reverseTx, reverseRx } = cold.flows
    const cycles = [forwardTx, forwardRx, reverseTx, reverseRx].reduce((sum, program) => sum + coldCycles(cold, program[0]!), 0)
    const slower = run(cold).traffic[0]!.latencyNs!.mean - run(warm).traffic[0]!.latencyNs!.mean
    expect(cycles).toBeGreaterThan(0)
    expect(slower / (cycles * cold.hosts.nsPerCycle[0]!)).toBeCloseTo(1, 1)
  })

  it('count what cold caches cost as a stage of its own', () => {
    const { nodes } = run(planOf(`kind: tcp-rr, ${FIRST_PODS}`))
    for (const { cpuByStage, busyCores } of nodes) {
      const seconds = Object.values(cpuByStage).reduce((sum, each) => sum + each, 0)
      expect(cpuByStage['cold-caches']).toBeGreaterThan(0)
      expect(seconds / 0.02).toBeCloseTo(busyCores, 3)
    }
  })

  it('know no cold caches while a sender keeps them busy', () => {
    const [sender] = run(planOf(`kind: udp-stream, ${FIRST_PODS}`)).nodes
    const seconds = Object.values(sender!.cpuByStage).reduce((sum, each) => sum + each, 0)
    expect((sender!.cpuByStage['cold-caches'] ?? 0) / seconds).toBeLessThan(0.01)
  })
})
