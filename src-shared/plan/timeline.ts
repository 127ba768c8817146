import type { ForwardingTable } from './forwarding-table'

/** What an entry of the timeline changes. */
export const TIMELINE_KIND = {
  /** A port: frames go (0), or are lost for a reason (its number + 1). */
  port: 0,
  /** A port's propagation delay, ns; nanoseconds a byte takes on it; its share of lost packets. */
  portDelay: 1,
  portNsPerByte: 2,
  portLoss: 3,
  /** All elements forward by another table: that number of `forwardings`. */
  forwarding: 4,
  /**
   * A flow's direction (2 · flow + direction) between two hosts: packets leave the sender's host (0), or end where they
   * would leave it for a reason (its number + 1): no route, or a filter on the way.
   */
  flow: 5,
  /** A port's largest IP packet, bytes. */
  portMtu: 6,
  /** The host that sends a flow's direction knows that its path carries packets of so many bytes. */
  pathMtu: 7,
  /** A flow's direction runs other programs: that row of `programs`; at once, or from its next connection on. */
  programs: 8,
  programsOnOpen: 9,
} as const

/** Programs that take the place of a direction's own, one row each; see the columns of the same names in `FlowTable`. */
export interface ProgramSets {
  readonly count: number
  readonly transmit: Int32Array
  readonly receive: Int32Array
  readonly ackTransmit: Int32Array
  readonly ackReceive: Int32Array
}

/** Changes during a run, one row each, in order of time. */
export interface TimelineTable {
  readonly count: number
  readonly atNs: Float64Array
  readonly kind: Uint8Array
  /** Port, flow and direction, or number of a forwarding table. */
  readonly target: Int32Array
  readonly value: Float64Array
  /** Forwarding tables that take the place of the plan's own. */
  readonly forwardings: readonly ForwardingTable[]
  readonly programs: ProgramSets
}

/** Nothing changes. */
export function emptyTimeline(): TimelineTable {
  return {
    count: 0,
    atNs: new Float64Array(),
    kind: new Uint8Array(),
    target: new Int32Array(),
    value: new Float64Array(),
    forwardings: [],
    programs: noPrograms(),
  }
}

/** No programs. */
function noPrograms(): ProgramSets {
  const none = new Int32Array()
  return { count: 0, transmit: none, receive: none, ackTransmit: none, ackReceive: none }
}
