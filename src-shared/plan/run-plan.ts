/**
 * The run plan: all an engine needs to simulate one variant, as flat columns. It is built by `src-main/simulation/plan`
 * and read by `src-worker/engine`; it is structured-cloneable, holds no function and nothing of the lab document but the
 * names in `labels`. The same plan serves every seed.
 *
 * Elements are numbered densely: switches 0 … S−1, then hosts (nodes and external hosts) S … S+H−1. A port is one
 * direction of a link: the egress queue and wire from its owner to its peer. Costs are CPU cycles.
 */

import type { CountingDataPlane } from './drop-counters'
import type { ForwardingTable } from './forwarding-table'
import type { TimelineTable } from './timeline'
import type { TrackingTable } from './tracking'
import type { DisciplineTable, ImpairmentTable, SwitchTable } from './network-tables'

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
  /** NAPI poll weight and netdev_max_backlog. */
  readonly napiWeight: Int32Array
  readonly maxBacklog: Int32Array
  /** Time an idle core needs to start on a woken thread, ns; nobody's CPU time. */
  readonly idleExitNs: Float64Array
  /** Resident memory of the plugin's agents and tables, bytes. */
  readonly memoryBytes: Float64Array
}

/** How the packet joins the queue in front of a pass. */
export const PASS_ENTRY = {
  /** No queue: goes on in the context of the caller. */
  inline: 0,
  /** The core's backlog (veth, loopback): softirq, limited by netdev_max_backlog. */
  backlog: 1,
  /** The tunnel device's GRO cell on the core: softirq, limited by netdev_max_backlog. */
  groCell: 2,
  /** The NIC's receive ring: NAPI poll; only as the first pass of a receive program. */
  nic: 3,
  /** A worker thread of the host's next core in turn (WireGuard's encryption and decryption). */
  worker: 4,
  /** The worker of a tunnel's peer, which takes packets in the order in which they came to the workers. */
  peer: 5,
} as const

/** What happens at the end of a program's last pass. */
export const PROGRAM_END = {
  /** The packet goes to the host's NIC. */
  nic: 0,
  /** The packet goes to the receiving socket. */
  socket: 1,
  /** The packet is dropped: this, plus the number of the reason. */
  drop: 2,
} as const

/**
 * Programs: a packet's way through a host as passes separated by queues. Columns of passes and stage references are
 * shared; program p has passes `passFirst[p] … passFirst[p + 1] − 1`, pass q has references `refFirst[q] … refFirst[q + 1] − 1`.
 *
 * A reference's cost in cycles is `perPacket + perSegment × segments + perByte × payload bytes`, where a packet inside a
 * host may be a train of segments (GSO, GRO). There are two sets of costs: of packets of an established connection, and
 * of its first packet per direction. A pass costs the sum of its references. In a NIC pass every wire packet counts as
 * one packet of one segment.
 */
export interface ProgramTable {
  readonly count: number
  readonly passFirst: Int32Array
  readonly end: Int32Array
  /** Pass at whose start the sending socket's account of the packet ends (skb_orphan); −1: at the wire. Absolute pass number. */
  readonly orphanPass: Int32Array
  readonly passCount: number
  readonly entry: Int32Array
  /** 1 where segments of one connection are merged before the pass runs (GRO): behind a poll, or out of a GRO cell. */
  readonly merges: Uint8Array
  readonly refFirst: Int32Array
  /** Stage numbers (`STAGES`). */
  readonly refStage: Int32Array
  readonly refPerPacket: Float64Array
  readonly refPerSegment: Float64Array
  readonly refPerByte: Float64Array
  readonly refFirstPerPacket: Float64Array
  readonly refFirstPerSegment: Float64Array
  readonly refFirstPerByte: Float64Array
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

/** Kinds of flows. A relay has no application: see {@link RelayTable}. Append, don't renumber. */
export const FLOW_KIND = { tcpStream: 0, udpStream: 1, tcpRr: 2, udpRr: 3, icmp: 4, tcpCrr: 5, http: 6, relay: 7 } as const

/** What carries a flow. */
export const TRANSPORT = { tcp: 0, udp: 1, icmp: 2 } as const

/** How a size is drawn from a row of {@link SizeTable}. */
export const SIZE_FORM = { exponential: 0, pareto: 1, table: 2 } as const

/** Distributions of message sizes, one row each. */
export interface SizeTable {
  readonly count: number
  readonly form: Uint8Array
  /** Exponential: the mean; Pareto: the least size; bytes. */
  readonly scale: Float64Array
  /** Pareto: the shape, above 1. */
  readonly shape: Float64Array
  /** Points of a table's cumulative distribution: those of row r are `first[r] … first[r + 1] − 1`. */
  readonly first: Int32Array
  readonly pointBytes: Float64Array
  /** Share of messages at most that large, ascending to 1. */
  readonly pointShare: Float64Array
}

/** Congestion controls. */
export const CONGESTION = { cubic: 0, reno: 1, dctcp: 2, bbr: 3 } as const

/** How a UDP source spaces its datagrams. */
export const ARRIVALS = { constant: 0, poisson: 1 } as const

/**
 * One row per flow (one connection or datagram stream). The client is the traffic entry's `from`; streams run from client
 * to server. Columns named forward concern client → server, reverse server → client.
 */
export interface FlowTable {
  readonly count: number
  readonly kind: Uint8Array
  readonly transport: Uint8Array
  /** Index of the traffic entry. */
  readonly traffic: Int32Array
  /** Host index (0 … H−1) of each end. */
  readonly clientHost: Int32Array
  readonly serverHost: Int32Array
  /** Addresses and server port as the transport sees them (pod addresses). The client's port is drawn by the engine. */
  readonly clientAddress: Uint32Array
  readonly serverAddress: Uint32Array
  readonly serverPort: Int32Array
  readonly startNs: Float64Array
  readonly stopNs: Float64Array
  /** Transmit and receive programs per direction. On one host the transmit program ends at the socket and receive is −1. */
  readonly forwardTx: Int32Array
  readonly forwardRx: Int32Array
  readonly reverseTx: Int32Array
  readonly reverseRx: Int32Array
  /** Programs for packets without payload (acknowledgements, handshake); same ends. */
  readonly forwardAckTx: Int32Array
  readonly forwardAckRx: Int32Array
  readonly reverseAckTx: Int32Array
  readonly reverseAckRx: Int32Array
  readonly forwardTemplate: Int32Array
  readonly reverseTemplate: Int32Array
  /** Bytes of the outermost IP packet beyond the payload, per direction: encapsulation + inner IP + transport header. */
  readonly forwardHeaderBytes: Int32Array
  readonly reverseHeaderBytes: Int32Array
  /** Payload bytes of a full segment (with timestamps) as negotiated between the ends. */
  readonly mssBytes: Int32Array
  /** Segments in the largest train a sender builds (gso_max_size). Without TSO the train is split in software: `gso-segment`. */
  readonly gsoSegments: Int32Array
  /** Segments in the largest train a receiver merges; 1 without GRO. */
  readonly groSegments: Int32Array
  readonly congestion: Uint8Array
  /** 1 where the client asks for ECN (tcp_ecn 1); DCTCP asks in any case. Servers agree where they are asked. */
  readonly ecn: Uint8Array
  /** Differentiated services codepoint of the transport's own IP header, 0 … 63. */
  readonly dscp: Uint8Array
  /** Streams: 1 where the server writes and the client reads. */
  readonly reversed: Uint8Array
  /** 1 where the application sends without copying (sendfile): a call costs nothing per byte. */
  readonly zeroCopy: Uint8Array
  /** Bytes per application write (streams), per request and response (tcp-rr), per datagram (udp-stream). */
  readonly writeBytes: Int32Array
  readonly requestBytes: Int32Array
  readonly responseBytes: Int32Array
  /** Row of `sizes` that requests and responses are drawn from; −1: all have the size above. */
  readonly requestSizes: Int32Array
  readonly responseSizes: Int32Array
  /** Transactions over datagrams: how long the client waits for an answer, ns. */
  readonly timeoutNs: Float64Array
  /**
   * First flow of the pool that the flow belongs to: connections between the same two ends, on one of which, whichever is
   * idle, each of the pool's transactions runs. The first flow's gaps are the pool's. Itself where there is no pool.
   */
  readonly pool: Int32Array
  /**
   * Time that a transaction takes at least on an empty network between hosts that cost no time: for its first bits, ns, and
   * for each byte of the response.
   */
  readonly leastNs: Float64Array
  readonly leastNsPerByte: Float64Array
  /**
   * UDP: mean gap between datagrams, ns; 0: as fast as the sender can. TCP streams: pace of the application's writes, 0
   * unlimited. Transactions: mean gap between their beginnings; 0: each follows the one before.
   */
  readonly gapNs: Float64Array
  readonly arrivals: Uint8Array
  /** Poisson sources: seed of the gaps' xorshift32, 1 … 2^32 − 1; 0: drawn from the run's seed. No gap exceeds `maxGapNs`. */
  readonly arrivalSeed: Uint32Array
  readonly maxGapNs: Float64Array
  /**
   * Socket buffers, bytes: TCP send buffer and receive window in payload, UDP send and receive buffers in truesize. Where
   * TCP's are `autotuned` (1), they begin as Linux's do and grow to these.
   */
  readonly autotuned: Uint8Array
  readonly sendBufferBytes: Float64Array
  readonly receiveBufferBytes: Float64Array
}

/**
 * Connections that a node between their ends forwards: for a service's port of the node, or an address that it announces.
 * Such a flow's rows are the legs from its ends to that node. The legs from the node on are rows of another flow, of the kind
 * relay, which comes behind all others. The receive programs of the flow's own rows run on the node and end at its NIC; from
 * there the packet belongs to the other flow, and is the first one's again where it is delivered.
 */
export interface RelayTable {
  /** Per flow: the flow with the legs behind its node; −1 where nothing forwards. */
  readonly behind: Int32Array
  /** Per flow: the flow with the leg to the server of packets that open a TCP connection, where it is another; −1. */
  readonly opening: Int32Array
  /** Per flow: the flow that it carries on; −1 for those that have an application. */
  readonly carries: Int32Array
  /** Per flow that carries another on: the node. */
  readonly host: Int32Array
  /** Per flow: 1 where answers come by the node too, 0 where they go from the server straight to the client. */
  readonly answers: Uint8Array
  /** Per flow that carries another on: 1 where the node puts a port of its own in place of the client's. */
  readonly ownPort: Uint8Array
}

/** Limits of what pods send to other nodes, which a program on the NIC keeps by giving packets times to leave at. */
export interface EgressLimits {
  /** Per row (2 × flow + direction): the number of the limit of the pod that sends; −1 where there is none. */
  readonly of: Int32Array
  readonly bitsPerSecond: Float64Array
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
