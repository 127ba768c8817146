/**
 * Captures during a run: what an engine is asked to watch, and the records that come back. A record is what the engine
 * knows about a packet where it was seen; the frame's bytes are made of it by `src-main/simulation/capture`.
 */

/** What records of a capture must match, as a tree; every address and port that a tap could read is looked at. */
export type CaptureFilter =
  | { readonly protocol: number }
  | { readonly host: number; readonly end: CaptureEnd }
  | { readonly port: number; readonly end: CaptureEnd }
  | { readonly not: CaptureFilter }
  | { readonly all: readonly CaptureFilter[] }
  | { readonly any: readonly CaptureFilter[] }

/** Which end of a header an address or port is looked for at. */
export type CaptureEnd = 'source' | 'destination' | 'either'

/** An interface that is watched. */
export interface CapturePoint {
  /** Ports whose frames are seen as they start on the wire, and as they reach its far end. */
  readonly portsOut: readonly number[]
  readonly portsIn: readonly number[]
  /** Rows (2 × flow + direction) whose packets are seen as they leave their socket, and as they reach the other one. */
  readonly rowsOut: readonly number[]
  readonly rowsIn: readonly number[]
}

/** A capture of a run. */
export interface CaptureTask {
  readonly points: readonly CapturePoint[]
  readonly filter?: CaptureFilter
  /** Records that each point keeps: the latest ones. */
  readonly recordLimit: number
}

/** Columns of a record's numbers. */
export const CAPTURE_COLUMN = {
  atNs: 0,
  /** Number of the record among those of all points, in the order of the simulation's events. */
  serial: 1,
  row: 2,
  /** Where it was seen; one of {@link CAPTURE_WAY}. */
  way: 3,
  /** `PACKET_FLAG` bits of the engine. */
  flags: 4,
  payloadBytes: 5,
  /** Length of the outermost IP packet; of wire records only. */
  ipBytes: 6,
  segments: 7,
  sequence: 8,
  acknowledged: 9,
  windowBytes: 10,
  createdNs: 11,
  /** −1: none. */
  echoNs: 12,
  fragmentStart: 13,
  ecn: 14,
  /** Number of the reason for which it ended here, plus one; 0: it went on. */
  dropped: 15,
  sackCount: 16,
  /** Three pairs of edges. */
  sackEdges: 17,
  /** The packet's journey up to there: {@link JOURNEY_COLUMNS} times. */
  journey: 23,
} as const

/** Passes of a program whose times a journey keeps. */
export const JOURNEY_PASSES = 8

/** Times of a journey, ns: a pass has a begin and an end. */
export const JOURNEY = {
  /** The packet left its socket. */
  emitted: 0,
  /** First of the passes on the sending host. */
  sender: 1,
  /** The frame started on the first wire, and reached the end of the last so far. */
  wireStart: 1 + 2 * JOURNEY_PASSES,
  wireEnd: 2 + 2 * JOURNEY_PASSES,
  /** First of the passes on the receiving host. */
  receiver: 3 + 2 * JOURNEY_PASSES,
} as const

/** Times of a journey. */
export const JOURNEY_COLUMNS = 3 + 4 * JOURNEY_PASSES
/** A time of a journey that has not come, or that nobody saw. */
export const UNSEEN_NS = -1

/** Numbers of a record. */
export const CAPTURE_COLUMNS = CAPTURE_COLUMN.journey + JOURNEY_COLUMNS
/** Bytes kept of a record's headers, from the Ethernet header on. */
export const CAPTURE_HEADER_BYTES = 128

/** Where a packet was seen. */
export const CAPTURE_WAY = { wireOut: 0, wireIn: 1, socketOut: 2, socketIn: 3 } as const

/** Records of one point, oldest first. */
export interface CaptureRecords {
  readonly count: number
  /** {@link CAPTURE_COLUMNS} numbers a record. */
  readonly numbers: Float64Array
  /** {@link CAPTURE_HEADER_BYTES} a record. */
  readonly headers: Uint8Array
  /** Older records that made room for later ones. */
  readonly overwritten: number
}
