import type { RunEngineTask } from '#shared/contract/engine-messages'
import type { RunSetUp, SetUpOutcome, SetUpTask } from '#main/pool/set-up'
import { ProgressSlab, type SeedOutcome } from '#shared/metrics/index'
import { FLOW_KIND, type RunPlan } from '#shared/plan/index'

import { fakeRun } from '../fixture/fake-run'

const headerBytes: Readonly<Record<string, number>> = { host: 52, 'calico-ipip': 72, 'cilium-vxlan': 102 }

/**
 * The parts of a plan that everything but an engine reads: names, times, and how its two flows, a stream and
 * transactions between two nodes on one switch, are carried at an MTU of 1500.
 */
export function fakePlan(variant: string): RunPlan {
  const labels: RunPlan['labels'] = {
    switches: ['tor-a'],
    hosts: ['node-1', 'node-2'],
    isNode: [true, true],
    links: [],
    traffic: [
      { name: 'bulk', kind: 'tcp-stream' },
      { name: 'ping', kind: 'tcp-rr' },
    ],
  }
  const both = (value: number): Int32Array => Int32Array.of(value, value)
  const flows: Partial<RunPlan['flows']> = {
    count: 2,
    kind: Uint8Array.of(FLOW_KIND.tcpStream, FLOW_KIND.tcpRr),
    traffic: Int32Array.of(0, 1),
    clientHost: both(0),
    forwardRx: both(0),
    mssBytes: both(1500 - headerBytes[variant]!),
    forwardHeaderBytes: both(headerBytes[variant]!),
  }
  const ports: Partial<RunPlan['ports']> = { owner: Int32Array.of(1, 0, 2, 0), framingBytes: Int32Array.of(38, 38, 38, 38) }
  const plan = { planVersion: 1, variant, durationNs: 1e9, warmupNs: 1e8, binNs: 5e6, switchCount: 1, labels, flows, ports }
  return plan as RunPlan
}

/** A lab of three variants, ready to run. */
export function fakeSetUp(overrides: Partial<RunSetUp> = {}): RunSetUp {
  const labVariants = ['host', 'calico-ipip', 'cilium-vxlan']
  return {
    lab: 'two-racks',
    labHash: 'b5c0f3a1d27e94688f21aa07c6de3391',
    labVariants,
    durationNs: 1e9,
    warmupNs: 1e8,
    faults: [],
    stops: {},
    seeds: 2,
    plans: labVariants.map(fakePlan),
    warnings: [],
    ...overrides,
  }
}

/** A set-up task that knows the lab of `fakeSetUp` only and takes the text `broken` for a lab with an error. */
export function fakeSetUpTask({ text, variants }: SetUpTask): SetUpOutcome {
  if (text === 'broken') {
    const problem = { code: 'missing', severity: 'error', path: 'metadata.name', line: 1, message: 'There is no name.' } as const
    return { ok: false, refusal: { code: 'lab.invalid', message: 'The lab has 1 error.', problems: [problem] } }
  }
  const setUp = fakeSetUp()
  const plans = setUp.plans.filter((plan) => variants?.includes(plan.variant) ?? true)
  return { ok: true, setUp: { ...setUp, plans } }
}

const { result, series } = fakeRun({ seeds: 5 })

/** The made-up outcome of a variant with a seed from 1 to 5, complete. */
export function fakeOutcome(variant: string, seed: number): SeedOutcome {
  const seedResult = result.variants.find(({ name }) => name === variant)!.seeds.find((each) => each.seed === seed)!
  const seedSeries = series.find((each) => each.variant === variant && each.seed === seed)!.series
  return { result: seedResult, series: seedSeries, stopped: false, reachedNs: 1e9 }
}

/** An engine that has the made-up outcome at once, unless it is stopped before. */
export const fakeEngine: RunEngineTask = ({ plan, seed, progress }) => {
  const slab = ProgressSlab.attach(progress)
  if (slab.stopRequested()) return { ...fakeOutcome(plan.variant, seed), stopped: true, reachedNs: 0 }
  slab.publish(plan.durationNs, 1000, 100)
  return fakeOutcome(plan.variant, seed)
}

/** An engine that gets to `reachedNs` and waits there for a stop. */
export function stallingEngine(reachedNs: number): RunEngineTask {
  return async ({ plan, seed, progress }) => {
    const slab = ProgressSlab.attach(progress)
    slab.publish(reachedNs, 1000, 100)
    while (!slab.stopRequested()) await new Promise((resolve) => setTimeout(resolve, 1))
    return { ...fakeOutcome(plan.variant, seed), stopped: true, reachedNs }
  }
}
