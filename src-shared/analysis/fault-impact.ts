import type { ResultFault, SeedSeries } from '#shared/metrics/index'
import { SECOND_NS } from '#shared/units/index'

import { sampleOf } from './statistics'

/** What a fault cost a variant, means over its seeds. */
export interface FaultCost {
  readonly variant: string
  /** Packets that ended in the fault's time by reason, the most first; empty where reasons were not kept. */
  readonly lost: readonly LostPackets[]
  readonly traffic: readonly TrafficRecovery[]
}

/** Packets that ended for a reason. */
export interface LostPackets {
  readonly reason: string
  readonly packets: number
  /** How many would have ended in as much time at the rate of before. */
  readonly usual: number
  /** Whose they were, by traffic entry, the most first; absent where it was not kept. */
  readonly of?: readonly { readonly traffic: string; readonly packets: number }[]
}

/** How a traffic entry came through a fault. */
export interface TrafficRecovery {
  readonly traffic: string
  /** Payload received before the fault, bits per second. */
  readonly beforeBps: number
  /** The least that was received in a window from the fault on. */
  readonly leastBps: number
  /**
   * Seconds from the fault's beginning to the end of the last window that received less than {@link RECOVERED} of what it
   * was before; 0 where none did, null where it was not back by the end of the run in any seed.
   */
  readonly recoverySeconds: number | null
  /** Seeds that were back by the end of the run, of those that had received something before. */
  readonly recovered: number
  readonly seeds: number
  /** Length of the windows: the least in which the traffic was steady before. */
  readonly windowSeconds: number
}

/** From so much of what it was before on, traffic counts as back. */
export const RECOVERED = 0.9
/** So many windows have to lie before a fault for its traffic to be known. */
const WINDOWS_BEFORE = 4

/** The time that a fault's costs are told of. */
export interface FaultWindow {
  readonly fault: ResultFault
  readonly fromSeconds: number
  /** The next fault begins, or the run ends. */
  readonly toSeconds: number
}

/**
 * The time of each fault: until the next one begins, so that it takes in what is lost while routes and traffic come back
 * after it healed. Faults that begin together have the same.
 */
export function faultWindows(faults: readonly ResultFault[], durationSeconds: number): FaultWindow[] {
  const begun = faults.filter(({ atSeconds }) => atSeconds < durationSeconds)
  return begun.map((fault) => {
    const next = Math.min(durationSeconds, ...begun.filter(({ atSeconds }) => atSeconds > fault.atSeconds).map(({ atSeconds }) => atSeconds))
    return { fault, fromSeconds: fault.atSeconds, toSeconds: next }
  })
}

/** What is known of a run beside its series. */
export interface FaultContext {
  /** From then on is measured. */
  readonly warmupSeconds: number
  /** When traffic entries end that end before the run does, by name. */
  readonly stops?: Readonly<Record<string, number>>
}

/** What a fault cost a variant, from its series of every seed. */
export function faultCost(variant: string, series: readonly SeedSeries[], window: FaultWindow, context: FaultContext): FaultCost {
  const names = [...new Set(series.flatMap(({ deliveredBytes }) => deliveredBytes.map(({ name }) => name)))]
  return {
    variant,
    lost: lostPackets(series, window, context),
    traffic: names.flatMap((name) => trafficRecovery(name, series, window, context) ?? []),
  }
}

function lostPackets(series: readonly SeedSeries[], { fromSeconds, toSeconds }: FaultWindow, { warmupSeconds }: FaultContext): LostPackets[] {
  const reasons = [...new Set(series.flatMap(({ droppedBy = [] }) => droppedBy.map(({ reason }) => reason)))]
  const beforeFrom = Math.min(warmupSeconds, fromSeconds)
  const scale = fromSeconds > beforeFrom ? (toSeconds - fromSeconds) / (fromSeconds - beforeFrom) : 0
  const rows = reasons.map((reason) => {
    const counts = series.map(({ binNs, droppedBy = [] }) => {
      const packets = droppedBy.find((each) => each.reason === reason)?.packets ?? new Float64Array()
      return { lost: sumBetween(packets, binNs, fromSeconds, toSeconds), before: sumBetween(packets, binNs, beforeFrom, fromSeconds) }
    })
    const of = ofTraffic(reason, series, fromSeconds, toSeconds)
    return { reason, ...(of.length > 0 && { of }), packets: sampleOf(counts.map(({ lost }) => lost)).mean, usual: sampleOf(counts.map(({ before }) => before)).mean * scale }
  })
  return rows.filter(({ packets }) => packets > 0).toSorted((a, b) => b.packets - a.packets)
}

/** Packets that each traffic entry lost for a reason in a time, means over the seeds. */
function ofTraffic(reason: string, series: readonly SeedSeries[], fromSeconds: number, toSeconds: number): { traffic: string; packets: number }[] {
  const names = [...new Set(series.flatMap(({ droppedOf = [] }) => droppedOf.filter((each) => each.reason === reason).map(({ name }) => name)))]
  return names
    .map((traffic) => {
      const counts = series.map(({ binNs, droppedOf = [] }) =>
        sumBetween(droppedOf.find((each) => each.reason === reason && each.name === traffic)?.packets ?? new Float64Array(), binNs, fromSeconds, toSeconds))
      return { traffic, packets: sampleOf(counts).mean }
    })
    .filter(({ packets }) => packets > 0)
    .toSorted((a, b) => b.packets - a.packets)
}

/** The bins that begin in [from, to), added up. */
function sumBetween(bins: Float64Array, binNs: number, fromSeconds: number, toSeconds: number): number {
  const at = (seconds: number): number => Math.ceil((seconds * SECOND_NS) / binNs - 1e-9)
  return bins.subarray(at(fromSeconds), at(toSeconds)).reduce((sum, value) => sum + value, 0)
}

function trafficRecovery(name: string, all: readonly SeedSeries[], window: FaultWindow, { warmupSeconds, stops }: FaultContext): TrafficRecovery | undefined {
  const sent = { ...window, toSeconds: Math.min(window.toSeconds, stops?.[name] ?? Infinity) }
  const seeds = all.flatMap((series) => {
    const bytes = series.deliveredBytes.find((entry) => entry.name === name)?.bytes
    const found = bytes && seedRecovery(bytes, series.binNs, sent, warmupSeconds)
    return found === undefined ? [] : [found]
  })
  if (seeds.length === 0) return undefined
  const back = seeds.flatMap(({ recoverySeconds }) => recoverySeconds ?? [])
  return {
    traffic: name,
    beforeBps: sampleOf(seeds.map(({ beforeBps }) => beforeBps)).mean,
    leastBps: sampleOf(seeds.map(({ leastBps }) => leastBps)).mean,
    recoverySeconds: back.length === 0 ? null : sampleOf(back).mean,
    recovered: back.length,
    seeds: seeds.length,
    windowSeconds: Math.max(...seeds.map(({ windowSeconds }) => windowSeconds)),
  }
}

/** One seed: steady windows before the fault, then the last window that is too low; undefined where little came before. */
function seedRecovery(bytes: Float64Array, binNs: number, { fromSeconds, toSeconds }: FaultWindow, warmupSeconds: number):
  Pick<TrafficRecovery, 'beforeBps' | 'leastBps' | 'recoverySeconds' | 'windowSeconds'> | undefined {
  const first = Math.ceil((Math.min(warmupSeconds, fromSeconds) * SECOND_NS) / binNs - 1e-9)
  const fault = Math.floor((fromSeconds * SECOND_NS) / binNs + 1e-9)
  const end = Math.min(bytes.length, Math.floor((toSeconds * SECOND_NS) / binNs + 1e-9))
  const before = withoutLeadingZeros(bytes.subarray(first, fault))
  const perBin = before.reduce((sum, value) => sum + value, 0) / Math.max(1, before.length)
  if (perBin === 0) return undefined
  const width = steadyWidth(before, perBin)
  const bps = (sum: number): number => (sum * 8e9) / (width * binNs)
  let low = 0
  let least = Infinity
  const windows = Math.floor((end - fault) / width)
  for (let index = 0; index < windows; index++) {
    const sum = bytes.subarray(fault + index * width, fault + (index + 1) * width).reduce((total, value) => total + value, 0)
    least = Math.min(least, sum)
    if (sum < RECOVERED * perBin * width) low = index + 1
  }
  if (windows === 0) return undefined
  return {
    beforeBps: bps(perBin * width),
    leastBps: bps(least),
    recoverySeconds: low === windows ? null : Math.min(toSeconds - fromSeconds, (low * width * binNs) / SECOND_NS),
    windowSeconds: (width * binNs) / SECOND_NS,
  }
}

/** Traffic may begin later than the measurement. */
function withoutLeadingZeros(bins: Float64Array): Float64Array {
  const first = bins.findIndex((value) => value > 0)
  return first < 0 ? bins.subarray(bins.length) : bins.subarray(first)
}

/** How many bins a window needs for each of those before a fault to come near the mean; a quarter of them at most. */
function steadyWidth(before: Float64Array, perBin: number): number {
  const most = Math.max(1, Math.floor(before.length / WINDOWS_BEFORE))
  for (let width = 1; width < most; width++) {
    if (windowsOf(before, width).every((sum) => sum >= RECOVERED * perBin * width)) return width
  }
  return most
}

function windowsOf(bins: Float64Array, width: number): number[] {
  return Array.from({ length: Math.floor(bins.length / width) }, (_, index) =>
    bins.subarray(index * width, (index + 1) * width).reduce((sum, value) => sum + value, 0))
}
