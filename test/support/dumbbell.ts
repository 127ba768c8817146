import { bareNetwork, type FlowSpec, type LinkSpec } from '#main/simulation/bench/index'
import { ProgressSlab, type SeedResult } from '#shared/metrics/index'
import type { RunPlan } from '#shared/plan/index'
import { runTask } from '#worker/run-task'

/** Senders on one side of a link, receivers on the other, with access links that never limit. */
export interface Dumbbell {
  readonly bottleneck: Omit<LinkSpec, 'ends'>
  readonly flow: Partial<FlowSpec>
  readonly pairs?: number
  readonly seconds: number
  readonly warmupSeconds?: number
  readonly seed?: number
}

export const MSS_BYTES = 1448
/** Wide enough for any window. */
const BUFFER_BYTES = 1 << 26
const ACCESS = { bitsPerSecond: 10e9, delayNs: 500, framingBytes: 2, queuePackets: 10_000 } as const

/** The plan of bulk transfers over a dumbbell. */
export function dumbbellPlan({ bottleneck, flow, pairs = 1, seconds, warmupSeconds = seconds / 5 }: Dumbbell): RunPlan {
  const numbers = Array.from({ length: pairs }, (_, i) => i)
  return bareNetwork({
    switches: 2,
    hosts: 2 * pairs,
    links: [
      { framingBytes: 2, ...bottleneck, ends: [0, 1] },
      ...numbers.map((i): LinkSpec => ({ ends: [0, 2 + i], ...ACCESS })),
      ...numbers.map((i): LinkSpec => ({ ends: [1, 2 + pairs + i], ...ACCESS })),
    ],
    flows: numbers.map((i): FlowSpec => ({
      kind: 'tcpStream',
      client: i,
      server: pairs + i,
      startNs: i * 1e6 + 1,
      mssBytes: MSS_BYTES,
      sendBufferBytes: BUFFER_BYTES,
      receiveBufferBytes: BUFFER_BYTES,
      ...flow,
    })),
    durationNs: seconds * 1e9,
    warmupNs: warmupSeconds * 1e9,
  })
}

/** Runs bulk transfers over a dumbbell; returns the result of the measured time. */
export function runDumbbell(dumbbell: Dumbbell): SeedResult {
  const plan = dumbbellPlan(dumbbell)
  const progress = ProgressSlab.create(plan.labels.traffic.length).buffer
  return runTask({ plan, seed: dumbbell.seed ?? 1, progress }, () => 0).result
}

/** Goodput of each flow, bits a second. */
export function goodputs({ traffic }: SeedResult): number[] {
  return traffic.map(({ goodputBps }) => goodputBps)
}
