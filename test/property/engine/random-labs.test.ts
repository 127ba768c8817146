import { describe, expect, it } from 'vitest'
import { ProgressSlab, type SeedOutcome } from '#shared/metrics/index'
import { runTask } from '#worker/run-task'
import { planOf } from '../../support/plan-of'
import { randomLabs, type RandomLab } from '../../support/random-labs'

const LABS = 200
const SEED = 20_261_123

function run({ lab, variant, seed }: RandomLab): SeedOutcome {
  const plan = planOf(lab, variant)
  return runTask({ plan, seed, progress: ProgressSlab.create(plan.labels.traffic.length).buffer }, () => 0)
}

describe('two hundred labs drawn at random', () => {
  const labs = randomLabs(LABS, SEED)

  it.each(labs.map((lab, number) => ({ number, lab })))('end every packet in one counter, and repeat themselves: $number', ({ lab }) => {
    const first = run(lab)
    const { sent, delivered, dropped, inFlight } = first.result.packets
    expect(sent).toBe(delivered + dropped + inFlight)
    expect(sent).toBeGreaterThan(0)
    expect(run(lab)).toEqual(first)
  })
})
