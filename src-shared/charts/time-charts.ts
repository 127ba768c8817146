import { withoutZeros } from '#shared/analysis/index'
import type { SeedSeries } from '#shared/metrics/index'
import { humanDuration, SECOND_NS } from '#shared/units/index'

import type { Chart } from './chart'
import { faultMarks } from './fault-marks'
import type { ChartRun, ChartVariant } from './chart-run'
import type { TimeLine, TimePoint } from './over-time'
import { overTimeChart } from './over-time'
import { binsPerWindow, sumWindows } from './windows'

/** Averaging windows of a run: how many bins, and how long that is. */
interface Window {
  readonly bins: number
  readonly ns: number
}

function windowOf(run: ChartRun): Window {
  const series = run.variants.flatMap((variant) => variant.series)
  const [first] = series
  if (!first) return { bins: 1, ns: 1e6 }
  const bins = binsPerWindow(first.binNs, Math.max(...series.map((each) => each.binCount)))
  return { bins, ns: bins * first.binNs }
}

/**
 * The line of a variant: `binsOf` picks a seed's bins, `scale` turns a window's sum into the figure. A seed that was
 * stopped early ends where it was stopped; later points are of the seeds that got there. What is left over at the end
 * and does not fill a window is not drawn: its average would be over another time.
 */
function lineOf(
  variant: ChartVariant,
  window: Window,
  binsOf: (series: SeedSeries) => ArrayLike<number>,
  scale: (sum: number) => number,
): TimeLine {
  const seeds = variant.series.map((series) => {
    const bins = binsOf(series)
    return sumWindows(bins, window.bins).subarray(0, Math.floor(bins.length / window.bins))
  })
  const length = Math.max(0, ...seeds.map((windows) => windows.length))
  const points = Array.from({ length }, (_, index): TimePoint => {
    const values = seeds.filter((windows) => index < windows.length).map((windows) => scale(windows[index]!))
    return {
      seconds: ((index + 0.5) * window.ns) / SECOND_NS,
      mean: values.reduce((sum, value) => sum + value, 0) / values.length,
      min: Math.min(...values),
      max: Math.max(...values),
    }
  })
  return { name: variant.name, style: variant.style, points }
}

const none = new Float64Array(0)

/** How the lines came about, for explanations. */
function overSeeds(run: ChartRun, window: Window): string {
  const seeds = Math.max(0, ...run.variants.map((variant) => variant.series.length))
  const band = seeds > 1 ? `; mean of ${seeds} seeds, the band from the least to the greatest` : ''
  return `averaged over windows of ${withoutZeros(humanDuration(window.ns))}${band}`
}

/** Payload received over time by one traffic entry, or by all where `traffic` is null. */
export function throughputChart(run: ChartRun, traffic: string | null): Chart {
  const window = windowOf(run)
  const binsOf = (series: SeedSeries): ArrayLike<number> => {
    const entries = series.deliveredBytes.filter((entry) => traffic === null || entry.name === traffic)
    return addAll(entries.map((entry) => entry.bytes))
  }
  return overTimeChart({
    id: traffic === null ? 'throughput' : `throughput-${traffic}`,
    title: traffic === null ? 'Throughput over time' : `Throughput over time: ${traffic}`,
    explanation: `Application payload received, ${overSeeds(run, window)}.`,
    lines: run.variants.map((variant) => lineOf(variant, window, binsOf, (bytes) => (bytes * 8e9) / window.ns)),
    unit: 'bit/s',
    figureLabel: 'Throughput',
    figureKey: 'throughput_bps',
    durationSeconds: run.result.durationSeconds,
    warmupSeconds: run.warmupSeconds,
    faults: faultMarks(run),
  })
}

/** Busy cores over time of one node, or of all together where `node` is null. */
export function cpuOverTimeChart(run: ChartRun, node: string | null): Chart {
  const window = windowOf(run)
  const binsOf = (series: SeedSeries): ArrayLike<number> => {
    const nodes = series.busyNs.filter((entry) => node === null || entry.node === node)
    return addAll(nodes.map((entry) => entry.ns))
  }
  return overTimeChart({
    id: node === null ? 'cpu-over-time' : `cpu-over-time-${node}`,
    title: node === null ? 'CPU over time' : `CPU over time: ${node}`,
    explanation: `Busy cores of ${node ?? 'all nodes together'}, ${overSeeds(run, window)}.`,
    lines: run.variants.map((variant) => lineOf(variant, window, binsOf, (ns) => ns / window.ns)),
    unit: 'cores',
    figureLabel: 'CPU',
    figureKey: 'cpu_cores',
    durationSeconds: run.result.durationSeconds,
    warmupSeconds: run.warmupSeconds,
    faults: faultMarks(run),
  })
}

/** The reasons for which packets of a run were lost, in the order of the first variant that has them; none where they were not kept. */
export function lossReasons(run: ChartRun): string[] {
  return [...new Set(run.variants.flatMap(({ series }) => series.flatMap(({ droppedBy = [] }) => droppedBy.map(({ reason }) => reason))))]
}

/** Packets lost over time for one reason, or for all together where `reason` is null. */
export function lossesChart(run: ChartRun, reason: string | null): Chart {
  const window = windowOf(run)
  const binsOf = (series: SeedSeries): ArrayLike<number> =>
    reason === null ? series.dropped : (series.droppedBy?.find((each) => each.reason === reason)?.packets ?? new Float64Array(series.binCount))
  return overTimeChart({
    id: reason === null ? 'losses' : `losses-${reason}`,
    title: reason === null ? 'Packets lost over time' : `Packets lost over time: ${reason}`,
    explanation: `IP packets that ended without being delivered${reason === null ? '' : `, for the reason ${reason}`}, ${overSeeds(run, window)}.`,
    lines: run.variants.map((variant) => lineOf(variant, window, binsOf, (packets) => (packets * SECOND_NS) / window.ns)),
    unit: '1/s',
    figureLabel: 'Packets lost',
    figureKey: 'lost_per_s',
    durationSeconds: run.result.durationSeconds,
    warmupSeconds: run.warmupSeconds,
    faults: faultMarks(run),
  })
}

/** Element-wise sum of columns of one length. */
function addAll(columns: readonly Float64Array[]): Float64Array {
  const [first, ...rest] = columns
  if (!first) return none
  if (rest.length === 0) return first
  const sum = Float64Array.from(first)
  for (const column of rest) for (let i = 0; i < sum.length; i++) sum[i]! += column[i] ?? 0
  return sum
}
