/** The result of a run as files, windows and scripts read it: `cnilab/result/v1`. Extend it; don't break it. */

import type { CaptureRecords, CountingDataPlane } from '../plan/index'
import type { CompletionClassId } from './completion-classes'
import type { HistogramData } from './histogram'

/** Latency figures in nanoseconds. One way for streams; the whole transaction for request–response kinds. */
export interface LatencySummary {
  readonly min: number
  readonly mean: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

/** How long flows of one size class took to complete, and how that compares with an empty network. */
export interface CompletionSummary {
  /** Size class of `COMPLETION_CLASSES`. */
  readonly class: CompletionClassId
  readonly count: number
  readonly meanNs: number
  readonly p50Ns: number
  readonly p99Ns: number
  /**
   * Completion time by the least that the flow takes on an empty network between hosts that cost no time. Absent where
   * flows cross no network.
   */
  readonly slowdown?: { readonly mean: number; readonly p50: number; readonly p99: number }
}

/** What one traffic entry achieved between warm-up and end, all its streams together. */
export interface TrafficResult {
  readonly name: string
  readonly kind: string
  /** Application payload received, bits per second. */
  readonly goodputBps: number
  /** IP packets the entry's senders made, and how many of them arrived, over the whole run. */
  readonly packetsSent: number
  readonly packetsDelivered: number
  /** Kinds of transactions only: how many completed per second. */
  readonly transactionsPerSecond?: number
  /** TCP kinds only: segments sent again over the whole run, those that open connections among them (`nstat`: TcpRetransSegs). */
  readonly retransmits?: number
  /** TCP kinds only: segments that arrived before earlier ones, over the whole run (`nstat`: TcpExtTCPOFOQueue, which counts packets). */
  readonly outOfOrder?: number
  /** Absent only where nothing was delivered after the warm-up. */
  readonly latencyNs?: LatencySummary
  /** http only: completion of flows after the warm-up, by size class; classes without any are left out. */
  readonly flowCompletion?: readonly CompletionSummary[]
  /** NIC receive queues that the entry's packets arrive in, `node queue`, in both directions; none where no NIC is crossed. */
  readonly receiveQueues?: readonly string[]
}

/** What one node spent between warm-up and end. */
export interface NodeResult {
  readonly name: string
  /** Mean number of busy cores, 0 … cores of the node. */
  readonly busyCores: number
  /** Share of the measured time that the node's busiest core worked, 0 … 1. Absent where it is not known. */
  readonly busiestCore?: number
  /** Core-seconds by stage; sums to `busyCores` × the measured time. */
  readonly cpuByStage: Readonly<Record<string, number>>
  /** Resident memory of the plugin's agents and tables on the node. */
  readonly memoryBytes: number
  /**
   * Rounds of polls that its cores cut short over the whole run, for netdev_budget or netdev_budget_usecs
   * (`/proc/net/softnet_stat`, column 3); absent where none was.
   */
  readonly timeSqueezes?: number
  /** ICMP errors that it and its pods sent, kept back and got over the whole run, by their names in `nstat`; absent where there were none. */
  readonly icmp?: Readonly<Record<string, number>>
  /** Its tables of connections that had any; absent where none had. */
  readonly tracking?: readonly TrackingResult[]
}

/** How a table of connections, or the ports of a node's address, were used over the whole run. */
export interface TrackingResult {
  /** As the node calls it: `nf_conntrack`, `cilium_ct4_global`, … */
  readonly table: string
  /** Most entries at once; of ports, towards one destination. */
  readonly peak: number
  /** Entries that fit, or ports towards each destination. */
  readonly limit: number
  /** Entries made, and given up before their time: dropped early, or evicted. */
  readonly made: number
  readonly evicted: number
  /** Packets that ended because there was no place. */
  readonly refused: number
  /** Kernel memory of the entries at most; maps by recency take theirs at once. */
  readonly memoryBytes: number
}

/** One direction of a link between warm-up and end. */
export interface LinkResult {
  /** Sending end first. */
  readonly ends: readonly [string, string]
  /** Share of the measured time the wire was busy, 0 … 1. */
  readonly utilisation: number
  /** Packets lost at the sending end's queue or on the wire, over the whole run. */
  readonly drops: number
}

/** The outcome of one variant with one seed. */
export interface SeedResult {
  readonly seed: number
  /** Sixteen hexadecimal digits; equal for equal plans and seeds on any machine and worker count. */
  readonly trajectoryHash: string
  /**
   * IP packets: sent = delivered + dropped + inFlight. Beside what the traffic's senders made it counts what the network
   * made: copies on links, fragments, ICMP errors; a packet put together again counts once for each of its fragments.
   */
  readonly packets: {
    readonly sent: number
    readonly delivered: number
    readonly dropped: number
    readonly inFlight: number
  }
  readonly traffic: readonly TrafficResult[]
  readonly nodes: readonly NodeResult[]
  readonly links: readonly LinkResult[]
  readonly drops: Readonly<Record<string, number>>
  /** Packets that left a device onto a link. */
  readonly packetHops: number
  readonly events: number
  readonly wallSeconds: number
}

/** Mean over the seeds and the half-width of its 95 % confidence interval (Student's t); 0 for a single seed. */
export interface Estimate {
  readonly mean: number
  readonly ci95: number
}

/** How a variant carries the packets of one traffic entry from its senders to its receivers; the same for every seed. */
export interface CarriedTraffic {
  readonly traffic: string
  /** Payload of a full packet, bytes. */
  readonly payloadBytes: number
  /** Headers of the outermost IP packet in front of it: encapsulation, inner IP, transport. */
  readonly headerBytes: number
  /** What the wire carries beyond the IP packet: preamble, Ethernet header, FCS, gap. */
  readonly framingBytes: number
}

/** All seeds of one variant and their summary: traffic name → metric → estimate. */
export interface VariantResult {
  readonly name: string
  readonly seeds: readonly SeedResult[]
  readonly summary: Readonly<Record<string, Readonly<Record<string, Estimate>>>>
  /** By traffic entry that crosses the network. Absent where it is not known. */
  readonly carried?: readonly CarriedTraffic[]
  /** Whose counters drops are found in, where they are not the kernel's alone. */
  readonly dataPlane?: CountingDataPlane
}

/** Something to check before trusting the numbers. */
export interface RunWarning {
  readonly code: string
  readonly message: string
}

/** Something that broke during the run, as the lab has it. */
export interface ResultFault {
  readonly kind: string
  /** In words: `Link down: tor-a – spine-1`. */
  readonly title: string
  readonly atSeconds: number
  /** When it healed; absent: never. Of what is over at once, the same as `atSeconds`. */
  readonly untilSeconds?: number
}

/** The whole result of a run. */
export interface RunResult {
  readonly schema: 'cnilab/result/v1'
  readonly lab: string
  readonly labHash: string
  readonly durationSeconds: number
  /** In the lab's order; absent where it is not known. */
  readonly faults?: readonly ResultFault[]
  /** When traffic entries end that end before the run does, seconds by name; absent where it is not known. */
  readonly stops?: Readonly<Record<string, number>>
  readonly variants: readonly VariantResult[]
  readonly warnings: readonly RunWarning[]
}

/**
 * What charts need beyond the result: figures over time and whole distributions, of one variant and seed. Bin `i` covers
 * simulated time [i × binNs, (i + 1) × binNs), warm-up included. Of a run that was stopped, there are the bins that it filled.
 */
export interface SeedSeries {
  readonly binNs: number
  readonly binCount: number
  /** Payload bytes received per bin, by traffic entry in the lab's order. */
  readonly deliveredBytes: readonly { readonly name: string; readonly bytes: Float64Array }[]
  /** Latency samples after the warm-up, by traffic entry. */
  readonly latency: readonly { readonly name: string; readonly histogram: HistogramData }[]
  /** Core-nanoseconds spent per bin, by node. */
  readonly busyNs: readonly { readonly node: string; readonly ns: Float64Array }[]
  /** Packets dropped per bin, everywhere. */
  readonly dropped: Float64Array
  /** The same by reason, of reasons that there were; absent where it was not kept. */
  readonly droppedBy?: readonly { readonly reason: string; readonly packets: Float64Array }[]
  /** The same by traffic entry and reason; absent where it was not kept. */
  readonly droppedOf?: readonly { readonly name: string; readonly reason: string; readonly packets: Float64Array }[]
}

/** What an engine task hands back: the outcome of one variant with one seed. */
export interface SeedOutcome {
  readonly result: SeedResult
  readonly series: SeedSeries
  /** True when the run was stopped before its end: the figures cover the time until then. */
  readonly stopped: boolean
  /** Simulated time reached, ns. */
  readonly reachedNs: number
  /** Records of the task's capture, by point. */
  readonly captured?: readonly CaptureRecords[]
}
