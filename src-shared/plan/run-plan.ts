/**
 * The run plan: all an engine needs to simulate one variant, as flat columns. It is built by `src-main/simulation/plan`
 * and read by `src-worker/engine`; it is structured-cloneable, holds no function and nothing of the lab document but the
 * names in `labels`. The same plan serves every seed.
 *
 * Elements are numbered densely: switches 0 … S−1, then hosts (nodes and external hosts) S … S+H−1. A port is one
 * direction of a link: the egress queue and wire from its owner to its peer. Costs are CPU cycles.
 */

import type { CountingDataPlane } from './drop-counters'
import type { EgressLimits, FlowTable, RelayTable, SizeTable } from './flow-table'
import type { ForwardingTable } from './forwarding-table'
import type { DisciplineTable, ImpairmentTable, SwitchTable } from './network-tables'
import type { ProgramTable } from './program-table'
import type { TimelineTable } from './timeline'
import type { TrackingTable } from './tracking'

/** One row per port (direction of a link). Link `l` of the lab has ports 2l (first end sends) and 2l + 1. */
export interface PortTable {
  readonly count: number
  /** Element that sends on the port. */
  readonly owner: Int32Array
  /** Element that receives. */
  readonly peer: Int32Array
  /** Nanoseconds that one byte occupies the wire; may be fractional. */
  readonly nsPerByte: Float64Array
  /** Propagation delay, ns, integer ≥ 0. */
  readonly delayNs: Float64Array
  /** Bytes a frame occupies the wire beyond its IP packet (preamble, Ethernet header, FCS, gap: 38). */
  readonly framingBytes: Int32Array
  /** Largest IP packet, bytes. */
  readonly mtuBytes: Int32Array
  /** Drop-tail limit in bytes of IP packets waiting; 0: no limit in bytes. */
  readonly queueLimitBytes: Float64Array
  /** Drop-tail limit in packets waiting; 0: no limit in packets. */
  readonly queueLimitPackets: Int32Array
  /** Share of packets lost on the wire, 0 … 1. */
  readonly lossRate: Float64Array
  /** Row of `disciplines`; −1: first come, first served within the limits. Of switches; a host's NIC has its qdisc. */
  readonly discipline: Int32Array
  /** Row of `impairments`; −1: none but `lossRate`. */
  readonly impairment: Int32Array
}

/** One row per host. */
export interface HostTable {
  readonly count: number
  /** Underlay IPv4 address. */
  readonly address: Uint32Array
  /** First global core id and number of cores; 0 cores: a bare stack that costs no CPU time. */
  readonly coreFirst: Int32Array
  readonly coreCount: Int32Array
  /** Nanoseconds per cycle (1 / GHz). */
  readonly nsPerCycle: Float64Array
  /** Receive queues of the NIC; queue q interrupts core q mod coreCount. */
  readonly rxQueueCount: Int32Array
  /** 1 for hosts whose NICs hash UDP by addresses alone (RSS); absent where all hash ports too. */
  readonly udpHashedByAddress?: Uint8Array
  /** 1 where what has no socket leaves by the transmit queue of the core that sends it (XPS); absent where flows keep theirs. */
  readonly queuesByCore?: Uint8Array
  /** Packets a receive ring holds. */
  readonly rxRingSize: Int32Array
  /** Least and most hold-off of the NIC's interrupts (rx-usecs), ns; equal where moderation does not adapt. */
  readonly interruptMinDelayNs: Float64Array
  readonly interruptMaxDelayNs: Float64Array
  /** How long the NIC keeps back that it has sent (tx-usecs), ns; 0: told at once. */
  readonly txCompletionDelayNs: Float64Array
  /** Cycles of taking an interrupt and scheduling the poll. */
  readonly interruptCycles: Float64Array
  /** Packets (trains count one) that one transmit queue's qdisc holds. */
  readonly txQueueLimit: Int32Array
  /** The same in bytes of IP packets; 0: no limit in bytes. */
  readonly txQueueLimitBytes: Float64Array
  /** Row of `disciplines` of the transmit queues; −1: first come, first served. */
  readonly qdisc: Int32Array
  /** How flows spread over several uplinks (`UPLINK_HASH`). */
  readonly uplinkHash: Uint8Array
  /**
   * 1 where the host routes by what its packets' outermost header says, as it has several interfaces; absent where none has: then
   * all that goes to another host takes the same uplinks.
   */
  readonly routesByPacket?: Uint8Array
  /** NAPI poll weight and netdev_max_backlog. */
  readonly napiWeight: Int32Array
  readonly maxBacklog: Int32Array
  /** Packets and time that one round of polls may take: netdev_budget, and netdev_budget_usecs in ns. */
  readonly netdevBudget: Int32Array
  readonly netdevBudgetNs: Float64Array
  /** Time an idle core needs until it begins what woke it, an interrupt or a thread, ns; nobody’s CPU time. */
  readonly idleExitNs: Float64Array
  /** How many of a core's sleeps are so deep that what it had in its caches is lost: 0 to 1. */
  readonly coldShare: Float64Array
  /** How long a core is idle until it sleeps that deep, and how long it then works until all is back, ns. */
  readonly coldAfterNs: Float64Array
  readonly warmUpNs: Float64Array
  /** Resident memory of the plugin's agents and tables, bytes. */
  readonly memoryBytes: Float64Array
}

/** Costs of an application's thread, per host, in cycles, with their stages: one row per host. */
export interface ApplicationCosts {
  /** `app-send`: per call and per byte. */
  readonly sendPerCall: Float64Array
  readonly sendPerByte: Float64Array
  /** Instead of the former where nothing is copied. */
  readonly sendfilePerByte: Float64Array
  /** `app-receive`: per call and per byte. */
  readonly receivePerCall: Float64Array
  readonly receivePerByte: Float64Array
  /** `app-connect`, `app-accept`, `app-close`: per call. */
  readonly connect: Float64Array
  readonly accept: Float64Array
  readonly close: Float64Array
  /** `wake-up` in the softirq that wakes a thread, `context-switch` on the core it runs on. */
  readonly wakeUp: Float64Array
  readonly contextSwitch: Float64Array
}

/**
 * Header templates: bytes as they leave the sender's NIC, from the Ethernet header to the end of the transport header,
 * with lengths, IDs, checksums, sequence numbers and ports left to the engine. At most 126 bytes. Template t lies at
 * `bytes[first[t] … first[t + 1] − 1]`.
 */
export interface TemplateTable {
  readonly count: number
  readonly bytes: Uint8Array
  readonly first: Int32Array
  /** Offsets from the template's start; −1 where there is no such header. Without encapsulation outer = inner. */
  readonly outerIp: Int32Array
  readonly outerUdp: Int32Array
  readonly innerIp: Int32Array
  readonly transport: Int32Array
}

/** Names to show results under. */
export interface PlanLabels {
  readonly switches: readonly string[]
  readonly hosts: readonly string[]
  /** Per host: false for external hosts, which have no row among the nodes. */
  readonly isNode: readonly boolean[]
  /** Ends of each link in the lab, first end first. */
  readonly links: readonly (readonly [string, string])[]
  readonly traffic: readonly { readonly name: string; readonly kind: string }[]
  /** Which data plane counts drops in places of its own; absent where none does. */
  readonly dataPlane?: CountingDataPlane
}

/** Everything an engine needs to simulate one variant with any seed. */
export interface RunPlan {
  readonly planVersion: 1
  readonly variant: string
  readonly durationNs: number
  readonly warmupNs: number
  /** Width of a bin of the series, ns. */
  readonly binNs: number
  readonly switchCount: number
  readonly ports: PortTable
  readonly disciplines: DisciplineTable
  readonly impairments: ImpairmentTable
  readonly switches: SwitchTable
  readonly forwarding: ForwardingTable
  readonly hosts: HostTable
  readonly programs: ProgramTable
  /** What hosts remember of connections, and where packets are looked up in it. */
  readonly tracking: TrackingTable
  readonly application: ApplicationCosts
  readonly templates: TemplateTable
  readonly flows: FlowTable
  /** Undefined where no connection is forwarded. */
  readonly relays?: RelayTable
  /**
   * Addresses that nodes announce for services. A router has equal routes to one of them; the plan chose the node for each
   * flow, the other end of the flow's row. Undefined where there are none.
   */
  readonly announced?: readonly number[]
  /** Undefined where no pod is limited in what it sends to other nodes. */
  readonly egressLimits?: EgressLimits
  /** The MTU of each host's NIC, where tunnels make packets that are larger; undefined where all packets fit. */
  readonly interfaceMtu?: Int32Array
  /**
   * Program by which each host takes ICMP errors about its tunnels' packets, which are its own and no pod's; −1: that of the
   * packet's row. Undefined where nothing travels in tunnels.
   */
  readonly errorPrograms?: Int32Array
  readonly sizes: SizeTable
  /** What changes during the run. */
  readonly timeline: TimelineTable
  readonly labels: PlanLabels
}

/** Total number of cores of a plan's hosts. */
export function coreTotal(hosts: HostTable): number {
  let total = 0
  for (let host = 0; host < hosts.count; host++) total += hosts.coreCount[host]!
  return total
}
