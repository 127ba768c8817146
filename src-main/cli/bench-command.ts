import { availableParallelism } from 'node:os'

import type { Executor } from '#main/pool/executor'
import { benchmarkLab, type BenchmarkLab, type BenchmarkName } from '#main/simulation/bench/index'
import { Histogram, ProgressSlab, type SeedOutcome, unpackHistogram } from '#shared/metrics/index'
import { SECOND_NS } from '#shared/units/index'

import { EXIT, type ExitCode } from './cli-error'
import { type Terminal, toJson } from './terminal'
import { textTable, type TextColumn } from './text-table'

/**
 * Runs before the speed is taken: V8 compiles for as long as these take, on processor time that two threads on a machine of
 * two cores would need themselves.
 */
const WARM_UP_RUNS = 6
/** Runs after the warm-up, of which the median counts. */
const RUNS = 5
/** Threads that one run can use. */
const MOST_WORKERS = 2
const MILLION = 1e6

/** `cnilab/bench/v1`: how fast a benchmark lab runs, and what it delivers. */
interface BenchResult {
  readonly schema: 'cnilab/bench/v1'
  readonly scenario: BenchmarkName
  readonly workers: number
  readonly simSeconds: number
  readonly packetHops: number
  readonly events: number
  /** Median of the event loop's time; the first run, in which the code is still being compiled, is apart. */
  readonly wallSeconds: number
  readonly firstWallSeconds: number
  readonly hopsPerSecond: number
  readonly eventsPerSecond: number
  readonly sentPackets: number
  readonly deliveredPackets: number
  readonly deliveredBps: number
  readonly meanLatencyNs: number
  readonly minLatencyNs: number
  readonly maxLatencyNs: number
  readonly trajectoryHash: string
  readonly peakRssBytes: number
}

/** `cni-lab bench NAME`: runs a benchmark lab and prints its speed. The executor's thread is warmed up first. */
export async function benchCommand(
  scenario: BenchmarkName,
  options: { readonly json?: boolean; readonly workers?: number },
  { terminal, executor }: { readonly terminal: Terminal; readonly executor: Executor },
): Promise<ExitCode> {
  const lab = benchmarkLab(scenario)
  const workers = Math.min(options.workers ?? 1, MOST_WORKERS, availableParallelism())
  const outcomes: SeedOutcome[] = []
  for (let run = 0; run < WARM_UP_RUNS + RUNS; run++) outcomes.push(await runOnce(lab, executor, workers))
  const result = summarise(scenario, lab, workers, outcomes)
  terminal.out(options.json ? toJson(result) : table(result))
  return EXIT.done
}

async function runOnce({ plan }: BenchmarkLab, executor: Executor, threads: number): Promise<SeedOutcome> {
  const progress = ProgressSlab.create(plan.labels.traffic.length).buffer
  // It is stopped by nobody, so it comes to an outcome.
  return (await executor.run({ plan, seed: 1, progress, threads }))!
}

function summarise(scenario: BenchmarkName, lab: BenchmarkLab, workers: number, outcomes: readonly SeedOutcome[]): BenchResult {
  const [first, ...later] = outcomes.map(({ result }) => result)
  const walls = later.slice(-RUNS).map(({ wallSeconds }) => wallSeconds).sort((a, b) => a - b)
  const wallSeconds = walls[Math.floor(walls.length / 2)]!
  const { packetHops, events, packets, traffic, trajectoryHash } = first!
  const latency = new Histogram()
  for (const { histogram } of outcomes[0]!.series.latency) latency.merge(unpackHistogram(histogram))
  // Goodput is over the plan's time, which for datagrams includes what drains after the sources' end.
  const share = lab.plan.durationNs / lab.simulatedNs
  return {
    schema: 'cnilab/bench/v1',
    scenario,
    workers,
    simSeconds: lab.simulatedNs / SECOND_NS,
    packetHops,
    events,
    wallSeconds,
    firstWallSeconds: first!.wallSeconds,
    hopsPerSecond: packetHops / wallSeconds,
    eventsPerSecond: events / wallSeconds,
    sentPackets: packets.sent,
    deliveredPackets: packets.delivered,
    deliveredBps: traffic.reduce((sum, { goodputBps }) => sum + goodputBps, 0) * share,
    meanLatencyNs: latency.mean(),
    minLatencyNs: latency.min,
    maxLatencyNs: latency.max,
    trajectoryHash,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  }
}

function table(result: BenchResult): string {
  const columns: TextColumn[] = [
    { heading: 'lab', align: 'left' },
    { heading: 'hops', align: 'right' },
    { heading: 'wall, first', align: 'right' },
    { heading: 'wall, median', align: 'right' },
    { heading: 'Mhops/s', align: 'right' },
    { heading: 'Mevents/s', align: 'right' },
    { heading: 'delivered', align: 'right' },
    { heading: 'mean latency', align: 'right' },
    { heading: 'trajectory', align: 'left' },
  ]
  return textTable(columns, [
    [
      result.scenario,
      String(result.packetHops),
      `${result.firstWallSeconds.toFixed(3)} s`,
      `${result.wallSeconds.toFixed(3)} s`,
      (result.hopsPerSecond / MILLION).toFixed(2),
      (result.eventsPerSecond / MILLION).toFixed(2),
      String(result.deliveredPackets),
      `${result.meanLatencyNs.toFixed(2)} ns`,
      result.trajectoryHash,
    ],
  ])
}
