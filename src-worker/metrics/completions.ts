/**
 * Flow completion times from warm-up on: histograms of times, and of slowdowns (time by the least that an empty network
 * takes), by traffic entry and size class. Entries without such flows take no memory.
 */

import { COMPLETION_CLASSES, completionClassOf, Histogram, type CompletionSummary } from '#shared/metrics/index'

/** Slowdowns are kept in thousandths, as histograms hold whole numbers. */
const SLOWDOWN_UNIT = 1000

/** The completions of one size class. */
interface ClassCompletions {
  readonly times: Histogram
  /** In thousandths. */
  readonly slowdowns: Histogram
}

export class Completions {
  private readonly warmupNs: number
  private readonly byTraffic: readonly (readonly ClassCompletions[] | undefined)[]

  /** `isKept` says of each traffic entry whether it has flows that complete. */
  constructor(isKept: readonly boolean[], warmupNs: number) {
    this.warmupNs = warmupNs
    this.byTraffic = isKept.map((kept) =>
      kept ? COMPLETION_CLASSES.map(() => ({ times: new Histogram(), slowdowns: new Histogram() })) : undefined,
    )
  }

  /** Counts a flow of so many bytes that took `timeNs` where the least is `leastNs`; 0: not known. */
  record(traffic: number, bytes: number, timeNs: number, leastNs: number, nowNs: number): void {
    const classes = this.byTraffic[traffic]
    if (classes === undefined || nowNs < this.warmupNs) return
    const { times, slowdowns } = classes[completionClassOf(bytes)]
    times.record(timeNs, 1)
    if (leastNs > 0) slowdowns.record(Math.round((timeNs / leastNs) * SLOWDOWN_UNIT), 1)
  }

  /** Adds what another engine counted in the same run; between threads it may have lost its methods. */
  add(other: Completions): void {
    this.byTraffic.forEach((classes, traffic) =>
      classes?.forEach(({ times, slowdowns }, size) => {
        times.merge(other.byTraffic[traffic]![size].times)
        slowdowns.merge(other.byTraffic[traffic]![size].slowdowns)
      }),
    )
  }

  /** The completions of an entry by size class; undefined where it has none to report. */
  of(traffic: number): readonly ClassCompletions[] | undefined {
    return this.byTraffic[traffic]
  }
}

/** The completions of an entry by size class, in figures; classes without any are left out. */
export function completionSummaries(completions: Completions, traffic: number): CompletionSummary[] {
  return classesOf(completions, traffic).map(({ id, times, slowdowns }) => ({
    class: id,
    count: times.count,
    meanNs: times.mean(),
    p50Ns: times.quantile(0.5),
    p99Ns: times.quantile(0.99),
    ...(slowdowns.count > 0 && {
      slowdown: {
        mean: slowdowns.mean() / SLOWDOWN_UNIT,
        p50: slowdowns.quantile(0.5) / SLOWDOWN_UNIT,
        p99: slowdowns.quantile(0.99) / SLOWDOWN_UNIT,
      },
    }),
  }))
}

function classesOf(completions: Completions, traffic: number) {
  const classes = completions.of(traffic) ?? []
  return COMPLETION_CLASSES.flatMap(({ id }, i) => (classes[i]?.times.count > 0 ? [{ id, ...classes[i] }] : []))
}
