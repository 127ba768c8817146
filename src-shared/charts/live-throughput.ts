import type { ResultFault } from '#shared/metrics/index'

import type { Chart } from './chart'
import type { TimeLine, TimePoint } from './over-time'
import { overTimeChart } from './over-time'
import type { VariantStyle } from './variant-style'

/** A look at a task under way: what was received per second of simulated time since the look before. */
export interface LiveSample {
  /** Simulated time of the look. */
  readonly seconds: number
  /** By traffic entry, in the lab's order. */
  readonly goodputBps: readonly number[]
}

/** All looks at one variant with one seed, by rising time. */
export interface LiveTask {
  readonly variant: string
  readonly samples: readonly LiveSample[]
}

/** A run under way. */
export interface LiveRun {
  readonly variants: readonly { readonly name: string; readonly style: VariantStyle }[]
  /** Names of traffic entries, in the order of the samples. */
  readonly traffic: readonly string[]
  readonly durationSeconds: number
  readonly warmupSeconds: number
  readonly faults: readonly ResultFault[]
  readonly tasks: readonly LiveTask[]
}

/** Windows into which the duration is cut. */
const WINDOWS = 100

/** Payload received over time by a traffic entry of a run under way, from the looks taken at it. */
export function liveThroughputChart(run: LiveRun, traffic: string): Chart {
  const entry = run.traffic.indexOf(traffic)
  return overTimeChart({
    id: `live-throughput-${traffic}`,
    title: `Throughput over time: ${traffic}`,
    explanation: 'Application payload received between one look at the run and the next; mean of the seeds that got there.',
    lines: run.variants.map(({ name, style }) => ({ name, style, points: pointsOf(run, name, entry) })),
    unit: 'bit/s',
    figureLabel: 'Throughput',
    figureKey: 'throughput_bps',
    durationSeconds: run.durationSeconds,
    warmupSeconds: run.warmupSeconds,
    faults: run.faults.map((fault) => ({ ...fault, loss: '' })),
  })
}

/** Looks come at other times for each seed: a window's figure is that of the look which covers its middle. */
function pointsOf(run: LiveRun, variant: string, entry: number): TimeLine['points'] {
  const width = run.durationSeconds / WINDOWS
  const tasks = run.tasks.filter((task) => task.variant === variant && task.samples.length > 0)
  const places = tasks.map(() => 0)
  const points: TimePoint[] = []
  for (let window = 0; window < WINDOWS; window++) {
    const seconds = (window + 0.5) * width
    const values = tasks.flatMap(({ samples }, task) => {
      while (places[task]! < samples.length && samples[places[task]!]!.seconds < seconds) places[task]! += 1
      return samples[places[task]!]?.goodputBps[entry] ?? []
    })
    if (values.length === 0) break
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    points.push({ seconds, mean, min: Math.min(...values), max: Math.max(...values) })
  }
  return points
}
