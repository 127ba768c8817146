/**
 * What happened, counted: every packet ends in exactly one counter, every core-nanosecond under one pass or call. The
 * engine adds; `summary.ts` turns it into results.
 */

import { Histogram } from '#shared/metrics/index'
import { coreTotal, DROP_REASONS, type RunPlan, type StageId } from '#shared/plan/index'
import { Completions } from './completions'

/** Stages that take time outside passes, in the order of {@link Accounts.callNs}. */
export const CALLS = [
  'app-send',
  'app-receive',
  'wake-up',
  'context-switch',
  'interrupt',
  'app-connect',
  'app-accept',
  'app-close',
  'nf-cold',
] as const satisfies readonly StageId[]

/** Number of a call in {@link CALLS}. */
export const CALL = {
  send: 0,
  receive: 1,
  wakeUp: 2,
  contextSwitch: 3,
  interrupt: 4,
  connect: 5,
  accept: 6,
  close: 7,
  cold: 8,
} as const

/** What a host counts of ICMP errors, as `nstat` has it, in the order of {@link Accounts.icmpErrors}. */
export const ICMP_COUNTERS = ['IcmpOutDestUnreachs', 'IcmpOutTimeExcds', 'IcmpOutRateLimitHost', 'IcmpInDestUnreachs', 'IcmpInTimeExcds'] as const

/** Number of a counter in {@link ICMP_COUNTERS}. */
export const ICMP_COUNTER = { outUnreachable: 0, outTimeExceeded: 1, outLimited: 2, inUnreachable: 3, inTimeExceeded: 4 } as const

/** Columns kept of every pass per host: packets, segments and payload bytes, established then first packets. */
export const PASS_COLUMNS = 6

/** Columns kept of every tracking table: most entries at once, entries made, given up before their time, packets refused. */
export const TRACKING_COLUMNS = 4

/** Number of a column of {@link Accounts.tracking}. */
export const TRACKING_COLUMN = { peak: 0, made: 1, evicted: 2, refused: 3 } as const

export class Accounts {
  readonly warmupNs: number
  readonly binNs: number
  readonly binCount: number
  /** Segments by traffic entry. */
  readonly sent: Float64Array
  readonly delivered: Float64Array
  readonly retransmits: Float64Array
  /** Segments that were received before earlier ones, per traffic entry. */
  readonly outOfOrder: Float64Array
  readonly transactions: Float64Array
  /** Payload bytes received by the application: whole run, and from warm-up on. */
  readonly deliveredBytes: Float64Array
  readonly measuredBytes: Float64Array
  /** Payload bytes by traffic entry and bin. */
  readonly deliveredByBin: Float64Array
  /** Latency from warm-up on, and before it, by traffic entry. */
  readonly latency: readonly Histogram[]
  readonly warmupLatency: readonly Histogram[]
  readonly completions: Completions
  readonly drops = new Float64Array(DROP_REASONS.length)
  /** Segments by number of the reason and bin. */
  readonly droppedByBin: Float64Array
  /** The same of one traffic entry: by entry and number of the reason; nothing where it lost none for it. */
  readonly droppedOf: (Float64Array | undefined)[]
  readonly portDrops: Float64Array
  /** Time that each port's wire carried frames, from warm-up on; the engine's links keep it and tell it. */
  readonly portBusyNs: Float64Array
  /** Counts by host, pass and {@link PASS_COLUMNS}, from warm-up on. */
  readonly passes: Float64Array
  /** Core-nanoseconds by host and {@link CALLS}, from warm-up on. */
  readonly callNs: Float64Array
  /** Nanoseconds that each core worked, from warm-up on. */
  readonly coreBusyNs: Float64Array
  /** Rounds of polls by host that were cut short, whole run (`/proc/net/softnet_stat`, column 3). */
  readonly timeSqueezes: Float64Array
  /** ICMP errors by host and {@link ICMP_COUNTERS}, its pods' and its own, whole run. */
  readonly icmpErrors: Float64Array
  /** Core-nanoseconds by host and bin, whole run. */
  readonly busyByBin: Float64Array
  /** By row of the plan's tracking tables and {@link TRACKING_COLUMNS}, whole run. A host's tables are one engine's alone. */
  readonly tracking: Float64Array
  packetHops = 0
  /**
   * Packets that the network made: copies, fragments beyond the first, ICMP errors; and those of them that ended where they
   * were meant to, beside being counted as a traffic entry's.
   */
  networkSent = 0
  networkDelivered = 0
  private readonly passCount: number
  /** The traffic entry of each flow. */
  private readonly trafficOf: Int32Array

  constructor(plan: RunPlan) {
    const traffic = plan.labels.traffic.length
    this.warmupNs = plan.warmupNs
    this.binNs = plan.binNs
    this.binCount = Math.max(1, Math.ceil(plan.durationNs / plan.binNs))
    this.passCount = plan.programs.passCount
    this.sent = new Float64Array(traffic)
    this.delivered = new Float64Array(traffic)
    this.retransmits = new Float64Array(traffic)
    this.outOfOrder = new Float64Array(traffic)
    this.transactions = new Float64Array(traffic)
    this.deliveredBytes = new Float64Array(traffic)
    this.measuredBytes = new Float64Array(traffic)
    this.deliveredByBin = new Float64Array(traffic * this.binCount)
    this.latency = plan.labels.traffic.map(() => new Histogram())
    this.warmupLatency = plan.labels.traffic.map(() => new Histogram())
    this.completions = new Completions(plan.labels.traffic.map(({ kind }) => kind === 'http'), plan.warmupNs)
    this.droppedByBin = new Float64Array(DROP_REASONS.length * this.binCount)
    this.droppedOf = Array.from<Float64Array | undefined>({ length: traffic * DROP_REASONS.length })
    this.trafficOf = plan.flows.traffic
    this.portDrops = new Float64Array(plan.ports.count)
    this.portBusyNs = new Float64Array(plan.ports.count)
    this.passes = new Float64Array(plan.hosts.count * this.passCount * PASS_COLUMNS)
    this.callNs = new Float64Array(plan.hosts.count * CALLS.length)
    this.coreBusyNs = new Float64Array(coreTotal(plan.hosts))
    this.timeSqueezes = new Float64Array(plan.hosts.count)
    this.icmpErrors = new Float64Array(plan.hosts.count * ICMP_COUNTERS.length)
    this.busyByBin = new Float64Array(plan.hosts.count * this.binCount)
    this.tracking = new Float64Array(plan.tracking.names.length * plan.hosts.count * TRACKING_COLUMNS)
  }

  /** Counts payload that an application has received. */
  receive(traffic: number, bytes: number, nowNs: number): void {
    this.deliveredBytes[traffic] += bytes
    if (nowNs >= this.warmupNs) this.measuredBytes[traffic] += bytes
    this.deliveredByBin[traffic * this.binCount + this.binOf(nowNs)] += bytes
  }

  /** Counts latency samples: `weight` observations of `latencyNs`. */
  sample(traffic: number, latencyNs: number, weight: number, nowNs: number): void {
    const histograms = nowNs >= this.warmupNs ? this.latency : this.warmupLatency
    histograms[traffic].record(latencyNs, weight)
  }

  /** Counts a completed transaction. */
  transaction(traffic: number, latencyNs: number, nowNs: number): void {
    this.sample(traffic, latencyNs, 1, nowNs)
    if (nowNs >= this.warmupNs) this.transactions[traffic] += 1
  }

  /** Counts segments of a flow that ended by a drop. `reason` is a number of `DROP_REASONS`. */
  drop(reason: number, segments: number, nowNs: number, flow: number): void {
    const bin = this.binOf(nowNs)
    this.drops[reason] += segments
    this.droppedByBin[reason * this.binCount + bin] += segments
    const own = this.trafficOf[flow] * DROP_REASONS.length + reason
    const bins = (this.droppedOf[own] ??= new Float64Array(this.binCount))
    bins[bin] += segments
  }

  /** Counts a pass run by a host for a packet. */
  pass(host: number, pass: number, first: boolean, segments: number, bytes: number, costNs: number, nowNs: number): void {
    this.busyByBin[host * this.binCount + this.binOf(nowNs)] += costNs
    if (nowNs < this.warmupNs) return
    const row = (host * this.passCount + pass) * PASS_COLUMNS + (first ? 3 : 0)
    this.passes[row] += 1
    this.passes[row + 1] += segments
    this.passes[row + 2] += bytes
  }

  /** Counts time a host's thread spent on a call of {@link CALLS}. */
  call(host: number, call: number, costNs: number, nowNs: number): void {
    this.busyByBin[host * this.binCount + this.binOf(nowNs)] += costNs
    if (nowNs >= this.warmupNs) this.callNs[host * CALLS.length + call] += costNs
  }

  /** Counts an ICMP error at a host. `counter` is a number of {@link ICMP_COUNTERS}. */
  icmp(host: number, counter: number): void {
    this.icmpErrors[host * ICMP_COUNTERS.length + counter]++
  }

  /** Counts time that a core is about to spend, on whatever work. */
  core(core: number, costNs: number, nowNs: number): void {
    if (nowNs >= this.warmupNs) this.coreBusyNs[core] += costNs
  }

  /**
   * Adds what another engine counted in the same run. Between threads `other` lost its methods, and its parts theirs.
   * All sums are of whole numbers or of one engine alone, so that their order doesn't matter.
   */
  add(other: Accounts): void {
    const theirs = new Map<string, unknown>(Object.entries(other))
    for (const [name, column] of Object.entries(this)) {
      const added = theirs.get(name)
      if (column instanceof Float64Array && added instanceof Float64Array) addTo(column, added)
    }
    other.droppedOf.forEach((bins, own) => {
      if (bins !== undefined) addTo((this.droppedOf[own] ??= new Float64Array(this.binCount)), bins)
    })
    this.latency.forEach((histogram, traffic) => histogram.merge(other.latency[traffic]))
    this.warmupLatency.forEach((histogram, traffic) => histogram.merge(other.warmupLatency[traffic]))
    this.completions.add(other.completions)
    this.packetHops += other.packetHops
    this.networkSent += other.networkSent
    this.networkDelivered += other.networkDelivered
  }

  /** Segments dropped for any reason. */
  dropped(): number {
    return this.drops.reduce((sum, count) => sum + count, 0)
  }

  private binOf(nowNs: number): number {
    return Math.min(this.binCount - 1, Math.floor(nowNs / this.binNs))
  }
}

function addTo(column: Float64Array, added: Float64Array): void {
  added.forEach((value, i) => (column[i] += value))
}
