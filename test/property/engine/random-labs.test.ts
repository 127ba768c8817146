import { describe, expect, it } from 'vitest'
import { ProgressSlab, type SeedOutcome } from '#shared/metrics/index'
import type { RunPlan } from '#shared/plan/index'
import { divide } from '#worker/parallel/division'
import { runTask } from '#worker/run-task'
import { planOf } from '../../support/plan-of'
import { randomLabs } from '../../support/random-labs'
import { runInTwoShares } from '../../support/run-in-two-shares'

const LABS = 200
const SEED = 20_261_123

/** To show that a division changes nothing, any delay at all will do. */
const LEAST_LOOKAHEAD_NS = 100

function runWhole(plan: RunPlan, seed: number): SeedOutcome {
  return runTask({ plan, seed, progress: ProgressSlab.create(plan.labels.traffic.length).buffer }, () => 0)
}

/** Runs a plan once more: in two shares where its network can be divided. */
function runAgain(plan: RunPlan, seed: number): SeedOutcome {
  const division = divide(plan, LEAST_LOOKAHEAD_NS)
  return division === null ? runWhole(plan, seed) : runInTwoShares(plan, seed, division)
}

describe('two hundred labs drawn at random', () => {
  const labs = randomLabs(LABS, SEED)

  it.each(labs.map((lab, number) => ({ number, lab })))(
    'end every packet in one counter, and go the same way whole and in two shares: $number',
    ({ lab: { lab, variant, seed } }) => {
      const plan = planOf(lab, variant)
      const first = runWhole(plan, seed)
      const { sent, delivered, dropped, inFlight } = first.result.packets
      expect(sent).toBe(delivered + dropped + inFlight)
      expect(sent).toBeGreaterThan(0)
      expect(runAgain(plan, seed)).toEqual(first)
    },
  )
})
