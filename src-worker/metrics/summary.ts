/** Turns the accounts of a run into its result. */

import { packHistogram, type Histogram, type LatencySummary, type SeedOutcome, type SeedResult, type TrackingResult } from '#shared/metrics/index'
import { DROP_REASONS, STAGES, TRACKING_FORM, type RunPlan } from '#shared/plan/index'
import { BITS_PER_BYTE, SECOND_NS } from '#shared/units/index'
import { type Accounts, CALLS, ICMP_COUNTERS, PASS_COLUMNS, TRACKING_COLUMNS } from './accounts'
import { completionSummaries } from './completions'

/** What the engine knows beside the accounts. */
export interface RunFacts {
  readonly seed: number
  readonly trajectoryHash: string
  /** Segments alive when the run ended. */
  readonly inFlight: number
  readonly events: number
  /** Simulated time reached, ns; the run's duration unless it was stopped. */
  readonly reachedNs: number
  readonly stopped: boolean
  readonly wallSeconds: number
  /** Receive queues of each traffic entry, `node queue`. */
  readonly receiveQueues: readonly (readonly string[])[]
}

/** The outcome of a run. Throws if packets were not conserved: that is a fault of the engine, never of a lab. */
export function summarize(plan: RunPlan, accounts: Accounts, facts: RunFacts): SeedOutcome {
  const packets = {
    sent: total(accounts.sent) + accounts.networkSent,
    delivered: total(accounts.delivered) + accounts.networkDelivered,
    dropped: accounts.dropped(),
    inFlight: facts.inFlight,
  }
  if (packets.sent !== packets.delivered + packets.dropped + packets.inFlight) {
    throw new Error(`Packets were not conserved: ${JSON.stringify(packets)}`)
  }
  const measuredNs = Math.max(0, facts.reachedNs - plan.warmupNs)
  const result: SeedResult = {
    seed: facts.seed,
    trajectoryHash: facts.trajectoryHash,
    packets,
    traffic: facts.receiveQueues.map((receiveQueues, traffic) => ({
      ...trafficResult(plan, accounts, traffic, measuredNs),
      receiveQueues,
    })),
    nodes: nodeResults(plan, accounts, measuredNs),
    links: linkResults(plan, accounts, measuredNs),
    drops: dropsByReason(accounts),
    packetHops: accounts.packetHops,
    events: facts.events,
    wallSeconds: facts.wallSeconds,
  }
  return { result, series: series(plan, accounts, facts), stopped: facts.stopped, reachedNs: facts.reachedNs }
}

function dropsByReason(accounts: Accounts): Record<string, number> {
  const counts = DROP_REASONS.map((reason, i): [string, number] => [reason, accounts.drops[i]])
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}

function trafficResult(plan: RunPlan, accounts: Accounts, traffic: number, measuredNs: number): SeedResult['traffic'][number] {
  const { name, kind } = plan.labels.traffic[traffic]
  const histogram = measuredHistogram(accounts, traffic)
  const seconds = measuredNs / SECOND_NS
  return {
    name,
    kind,
    goodputBps: seconds > 0 ? (accounts.measuredBytes[traffic] * BITS_PER_BYTE) / seconds : 0,
    packetsSent: accounts.sent[traffic],
    packetsDelivered: accounts.delivered[traffic],
    ...(!kind.endsWith('-stream') && { transactionsPerSecond: seconds > 0 ? accounts.transactions[traffic] / seconds : 0 }),
    ...((kind.startsWith('tcp') || kind === 'http') && {
      retransmits: accounts.retransmits[traffic],
      outOfOrder: accounts.outOfOrder[traffic],
    }),
    ...(histogram.count > 0 && { latencyNs: latencySummary(histogram) }),
    ...(kind === 'http' && { flowCompletion: completionSummaries(accounts.completions, traffic) }),
  }
}

/** Samples from the warm-up on; those before it only where there are no others. */
function measuredHistogram(accounts: Accounts, traffic: number): Histogram {
  const measured = accounts.latency[traffic]
  return measured.count > 0 ? measured : accounts.warmupLatency[traffic]
}

function latencySummary(histogram: Histogram): LatencySummary {
  return {
    min: histogram.min,
    mean: histogram.mean(),
    p50: histogram.quantile(0.5),
    p90: histogram.quantile(0.9),
    p99: histogram.quantile(0.99),
    p999: histogram.quantile(0.999),
    max: histogram.max,
  }
}

function nodeResults(plan: RunPlan, accounts: Accounts, measuredNs: number): SeedResult['nodes'] {
  return plan.labels.hosts.flatMap((name, host) => {
    if (!plan.labels.isNode[host]) return []
    const cpuByStage = cpuSecondsByStage(plan, accounts, host)
    const busySeconds = Object.values(cpuByStage).reduce((sum, seconds) => sum + seconds, 0)
    const busyCores = measuredNs > 0 ? (busySeconds * SECOND_NS) / measuredNs : 0
    const busiestCore = measuredNs > 0 ? busiestCoreNs(plan, accounts, host) / measuredNs : 0
    const tracking = trackingResults(plan, accounts, host)
    const memoryBytes = plan.hosts.memoryBytes[host]
    const timeSqueezes = accounts.timeSqueezes[host]
    const icmp = icmpCounters(accounts, host)
    return [{
      name, busyCores, busiestCore, cpuByStage, memoryBytes,
      ...(timeSqueezes > 0 && { timeSqueezes }),
      ...(tracking.length > 0 && { tracking }),
      ...(icmp !== undefined && { icmp }),
    }]
  })
}

/** What a host counted of ICMP errors; undefined where there were none. */
function icmpCounters({ icmpErrors }: Accounts, host: number): Record<string, number> | undefined {
  const counts = ICMP_COUNTERS.map((name, i): [string, number] => [name, icmpErrors[host * ICMP_COUNTERS.length + i]])
  const counted = counts.filter(([, count]) => count > 0)
  return counted.length === 0 ? undefined : Object.fromEntries(counted)
}

/** A host's tables that connections came to. */
function trackingResults({ tracking, hosts }: RunPlan, accounts: Accounts, host: number): TrackingResult[] {
  return tracking.names.flatMap((table, kind) => {
    const row = kind * hosts.count + host
    const at = row * TRACKING_COLUMNS
    const [peak, made, evicted, refused] = accounts.tracking.subarray(at, at + TRACKING_COLUMNS)
    if (made === 0 && refused === 0) return []
    const limit = tracking.limit[row]
    const entries = tracking.form[kind] === TRACKING_FORM.recency ? limit : peak
    return [{ table, peak, limit, made, evicted, refused, memoryBytes: entries * tracking.entryBytes[kind] }]
  })
}

/** How long the core of a host that worked longest did; work that began within the run may end after it. */
function busiestCoreNs({ hosts }: RunPlan, { coreBusyNs }: Accounts, host: number): number {
  const first = hosts.coreFirst[host]
  return coreBusyNs.subarray(first, first + hosts.coreCount[host]).reduce((most, each) => Math.max(most, each), 0)
}

/** Core-seconds by stage: what was counted of every pass, priced by its stages; and the calls of threads. */
function cpuSecondsByStage(plan: RunPlan, accounts: Accounts, host: number): Record<string, number> {
  const { programs, hosts } = plan
  const cycles = new Float64Array(STAGES.length)
  for (let pass = 0; pass < programs.passCount; pass++) {
    const row = (host * programs.passCount + pass) * PASS_COLUMNS
    const [packets, segments, bytes, firstPackets, firstSegments, firstBytes] = accounts.passes.subarray(row, row + PASS_COLUMNS)
    for (let ref = programs.refFirst[pass]; ref < programs.refFirst[pass + 1]; ref++) {
      cycles[programs.refStage[ref]] +=
        programs.refPerPacket[ref] * packets +
        programs.refPerSegment[ref] * segments +
        programs.refPerByte[ref] * bytes +
        programs.refFirstPerPacket[ref] * firstPackets +
        programs.refFirstPerSegment[ref] * firstSegments +
        programs.refFirstPerByte[ref] * firstBytes
    }
  }
  const seconds = STAGES.map(({ id }, stage): [string, number] => [id, (cycles[stage] * hosts.nsPerCycle[host]) / SECOND_NS])
  const byStage = new Map(seconds)
  CALLS.forEach((call, i) => byStage.set(call, byStage.get(call)! + accounts.callNs[host * CALLS.length + i] / SECOND_NS))
  return Object.fromEntries([...byStage].filter(([, spent]) => spent > 0))
}

function linkResults(plan: RunPlan, accounts: Accounts, measuredNs: number): SeedResult['links'] {
  return plan.labels.links.flatMap(([first, second], link) =>
    [0, 1].map((direction) => {
      const port = link * 2 + direction
      const ends: [string, string] = direction === 0 ? [first, second] : [second, first]
      const utilisation = measuredNs > 0 ? Math.min(1, accounts.portBusyNs[port] / measuredNs) : 0
      return { ends, utilisation, drops: accounts.portDrops[port] }
    }),
  )
}

/** Of a run that was stopped, the bins that it filled: an empty one would say that nothing was received then. */
function series(plan: RunPlan, accounts: Accounts, { reachedNs, stopped }: RunFacts): SeedOutcome['series'] {
  const { binCount: stride, binNs } = accounts
  const binCount = stopped ? Math.min(stride, Math.floor(reachedNs / binNs)) : stride
  const row = (columns: Float64Array, index: number): Float64Array => columns.slice(index * stride, index * stride + binCount)
  const byReason = DROP_REASONS.map((reason, i) => ({ reason, packets: row(accounts.droppedByBin, i) }))
  const droppedBy = byReason.filter((_, i) => accounts.drops[i] > 0)
  return {
    binNs,
    binCount,
    deliveredBytes: plan.labels.traffic.map(({ name }, i) => ({ name, bytes: row(accounts.deliveredByBin, i) })),
    latency: plan.labels.traffic.map(({ name }, i) => ({ name, histogram: packHistogram(measuredHistogram(accounts, i)) })),
    busyNs: plan.labels.hosts.flatMap((node, i) =>
      plan.labels.isNode[i] ? [{ node, ns: row(accounts.busyByBin, i) }] : [],
    ),
    dropped: Float64Array.from({ length: binCount }, (_, bin) => droppedBy.reduce((sum, { packets }) => sum + packets[bin], 0)),
    droppedBy,
    droppedOf: plan.labels.traffic.flatMap(({ name }, i) =>
      DROP_REASONS.flatMap((reason, number) => {
        const packets = accounts.droppedOf[i * DROP_REASONS.length + number]
        return packets === undefined ? [] : [{ name, reason, packets: packets.slice(0, binCount) }]
      }),
    ),
  }
}

function total(column: Float64Array): number {
  return column.reduce((sum, value) => sum + value, 0)
}
