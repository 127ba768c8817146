import { parseLab } from '#shared/lab/index'
import { ProgressSlab, type SeedResult } from '#shared/metrics/index'
import { PASS_ENTRY, type RunPlan } from '#shared/plan/index'
import { runTask } from '#worker/run-task'
import { describe, expect, it } from 'vitest'

import { planOf } from '../../../support/plan-of'
import { FIRST_PODS, twoHostsLab } from '../../../support/two-hosts-lab'

const DEEP_NS = 10_000
const HOST = '{name: host, cni: none}'
const CALICO = '{name: calico, cni: calico, settings: {ipPool: {ipipMode: Never, vxlanMode: Never}}}'

/** How the cores of both hosts sleep: how long they take to wake, and how many of their sleeps are deep. */
interface Sleep {
  readonly idleExitNs?: number
  readonly coldShare?: number
}

function planWith(traffic: string, variant: string, { idleExitNs = 0, coldShare = 0 }: Sleep): RunPlan {
  const lab = parseLab(twoHostsLab({ traffic, hostCosts: true, variants: `[${variant}]` })).lab!
  const plan = planOf(lab, lab.variants[0]!.name)
  plan.hosts.idleExitNs.fill(idleExitNs)
  plan.hosts.coldShare.fill(coldShare)
  return plan
}

function run(plan: RunPlan): SeedResult {
  return runTask({ plan, seed: 1, progress: ProgressSlab.create(1).buffer }, () => 0).result
}

/** Mean time of a transaction, ns. */
function transactionNs(plan: RunPlan): number {
  return run(plan).traffic[0]!.latencyNs!.mean
}

/** What a program costs a packet more on cores that have slept deep, cycles; polls of NICs cost what they always do. */
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
    const traffic = `kind: tcp-rr, ${ends}`
    const slower = transactionNs(planWith(traffic, HOST, { idleExitNs: DEEP_NS })) - transactionNs(planWith(traffic, HOST, {}))
    expect(slower / DEEP_NS).toBeCloseTo(wakes, 1)
  })
})

describe('cores that sleep deep', () => {
  const traffic = `kind: tcp-rr, ${FIRST_PODS}`

  it.each([0.5, 1])('take netfilter’s rules from memory again after a share of %d of their sleeps', (coldShare) => {
    const warm = planWith(traffic, CALICO, { idleExitNs: DEEP_NS })
    const cold = planWith(traffic, CALICO, { idleExitNs: DEEP_NS, coldShare })
    const { forwardTx, forwardRx, reverseTx, reverseRx } = cold.flows
    const cycles = [forwardTx, forwardRx, reverseTx, reverseRx].reduce((sum, program) => sum + coldCycles(cold, program[0]!), 0)
    const slower = transactionNs(cold) - transactionNs(warm)
    expect(cycles).toBeGreaterThan(0)
    expect(slower / (cycles * coldShare * cold.hosts.nsPerCycle[0]!)).toBeCloseTo(1, 1)
  })

  it('count that as a stage of its own', () => {
    const { nodes } = run(planWith(traffic, CALICO, { coldShare: 1 }))
    for (const { cpuByStage, busyCores } of nodes) {
      const seconds = Object.values(cpuByStage).reduce((sum, each) => sum + each, 0)
      expect(cpuByStage['nf-cold']).toBeGreaterThan(0)
      expect(seconds / 0.02).toBeCloseTo(busyCores, 3)
    }
  })

  it('are as fast as others while a sender keeps them busy', () => {
    const [sender] = run(planWith(`kind: udp-stream, ${FIRST_PODS}`, CALICO, { coldShare: 1 })).nodes
    const seconds = Object.values(sender!.cpuByStage).reduce((sum, each) => sum + each, 0)
    expect((sender!.cpuByStage['nf-cold'] ?? 0) / seconds).toBeLessThan(0.01)
  })

  it.each([
    ['2us, as from C1', 0],
    ['6us', 0.5],
    ['20us, beyond C1E', 1],
  ])('are those of a node whose cores wake in %s', (name, share) => {
    const text = twoHostsLab({ traffic, hostCosts: true }).replaceAll('cpu: {', `cpu: {idleExit: ${name.split(',')[0]!}, `)
    expect(planOf(parseLab(text).lab!, 'host').hosts.coldShare[0]).toBeCloseTo(share)
  })
})
