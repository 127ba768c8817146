/** Kinds of flows. A relay has no application: see {@link RelayTable}. Append, don't renumber. */
export const FLOW_KIND = { tcpStream: 0, udpStream: 1, tcpRr: 2, udpRr: 3, icmp: 4, tcpCrr: 5, http: 6, relay: 7 } as const

/** The kind of flow of each kind of traffic, as labs name it. */
export const FLOW_OF_TRAFFIC = {
  'tcp-stream': 'tcpStream',
  'udp-stream': 'udpStream',
  'tcp-rr': 'tcpRr',
  'tcp-crr': 'tcpCrr',
  'udp-rr': 'udpRr',
  icmp: 'icmp',
  http: 'http',
} as const satisfies Readonly<Record<string, keyof typeof FLOW_KIND>>

/** Kinds whose ends set TCP_NODELAY by themselves (nginx: tcp_nodelay on; Go's net: by default); netperf and iperf3 leave it off. */
export const HAS_NO_DELAY: ReadonlySet<keyof typeof FLOW_KIND> = new Set(['http'])

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

/** Bits of {@link FlowTable.autotuned}: which of a socket's buffers grow. */
export const AUTOTUNED = { send: 1, receive: 2 } as const

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
  /** Least that TCP's retransmission timeout adds to the round-trip time, ns. */
  readonly minRtoNs: Float64Array
  /** Differentiated services codepoint of the transport's own IP header, 0 … 63. */
  readonly dscp: Uint8Array
  /** Streams: 1 where the server writes and the client reads. */
  readonly reversed: Uint8Array
  /** 1 where both ends set TCP_NODELAY. */
  readonly noDelay: Uint8Array
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
  /** Flows that the pool waits for before any has its next transaction, by the pool's first flow; 0: none waits for others. */
  readonly barrier: Int32Array
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
   * TCP's are `autotuned` (bits of {@link AUTOTUNED}), they begin as Linux's do and grow to these.
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

/** The header template of a row (2 × flow + direction). */
export function templateOf({ forwardTemplate, reverseTemplate }: Pick<FlowTable, 'forwardTemplate' | 'reverseTemplate'>, row: number): number {
  return ((row & 1) === 0 ? forwardTemplate : reverseTemplate)[row >> 1]!
}
