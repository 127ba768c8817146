import type { ARRIVALS, CONGESTION, FLOW_KIND, TRANSPORT } from '#shared/plan/index'

/** The programs and header of one direction of a flow. */
export interface FlowDirection {
  readonly transmit: number
  readonly receive: number
  readonly ackTransmit: number
  readonly ackReceive: number
  readonly template: number
  readonly headerBytes: number
}

/** What all flows of a traffic entry have in common. */
export interface EntryRow {
  readonly kind: keyof typeof FLOW_KIND
  readonly transport: keyof typeof TRANSPORT
  readonly traffic: number
  readonly startNs: number
  readonly stopNs: number
  readonly congestion: keyof typeof CONGESTION
  readonly ecn: boolean
  readonly minRtoNs: number
  readonly dscp: number
  readonly reversed: boolean
  readonly zeroCopy: boolean
  readonly noDelay: boolean
  readonly writeBytes: number
  readonly requestBytes: number
  readonly responseBytes: number
  readonly requestSizes: number
  readonly responseSizes: number
  readonly timeoutNs: number
  readonly arrivals: keyof typeof ARRIVALS
  /** Bits of `AUTOTUNED`. */
  readonly autotuned: number
  readonly sendBufferBytes: number
  readonly receiveBufferBytes: number
}

/** The legs of a flow behind a node that forwards it, before they become rows of their own: to the server, and to the client. */
export interface RelayRow {
  /** The node that forwards. */
  readonly host: number
  readonly serverPort: number
  readonly forward: FlowDirection
  readonly reverse: FlowDirection
  /** The leg to the server of packets that open a TCP connection, where it is another. */
  readonly opening?: FlowDirection | undefined
  /** Whether answers come by the node. */
  readonly answers: boolean
  /** Whether the node puts a port of its own in place of the client's. */
  readonly ownPort: boolean
}

/** Programs of a flow's directions from a time on. */
export interface FlowChange {
  readonly atNs: number
  /** Connections that exist keep what they have. */
  readonly forNewOnly: boolean
  readonly forward: FlowDirection
  /** The other direction, where its programs change too. */
  readonly reverse?: FlowDirection
  /** Behind a node that forwards. */
  readonly there: FlowDirection | undefined
}

/** One flow, before it becomes a row of the plan's columns. */
export interface FlowRow {
  readonly entry: EntryRow
  readonly clientHost: number
  readonly serverHost: number
  readonly clientAddress: number
  readonly serverAddress: number
  readonly serverPort: number
  readonly forward: FlowDirection
  readonly reverse: FlowDirection
  readonly mssBytes: number
  readonly gsoSegments: number
  readonly groSegments: number
  /** Number of the first flow of its pool. */
  readonly pool: number
  /** Flows of its pool that wait for each other, where it is the first of one with a barrier; else 0. */
  readonly barrier: number
  readonly gapNs: number
  /** Undefined where no node between the ends forwards. */
  readonly relay?: RelayRow | undefined
  /** What changes during the run; undefined where nothing does. */
  readonly changes?: readonly FlowChange[] | undefined
}
