/**
 * What hosts remember of connections: their connection-tracking tables and the ports that translation hands out, and which
 * passes look there. A host has one table of each kind; packets of established connections find their entry as their
 * program's costs say, and the engine asks a table only where something changes.
 */

/** How a table makes room when it is full. */
export const TRACKING_FORM = {
  /** Netfilter's: an entry that is not assured goes if one is near, else the packet is dropped (nf_conntrack_core.c, early_drop). */
  netfilter: 0,
  /** A BPF map of type LRU hash: the entry that was not used for longest goes (kernel/bpf/bpf_lru_list.c). */
  recency: 1,
  /** Ports of one translated address towards one destination: none goes, the packet is dropped. */
  ports: 2,
} as const

/** States of an entry, in the order of {@link TrackingTable.timeoutsNs}; those of TCP as netfilter names them. */
export const TRACKED_STATE = {
  synSent: 0,
  synReceived: 1,
  established: 2,
  finWait: 3,
  closeWait: 4,
  lastAck: 5,
  timeWait: 6,
  close: 7,
  /** Datagrams in one direction, and in both. */
  unreplied: 8,
  replied: 9,
} as const

/** Number of states. */
export const TRACKED_STATES = 10

/** Of whom an entry is that a pass looks at: the client's end, the server's, what lies between them; or of whichever the host is that runs the pass. */
export const TRACKED_END = { client: 0, server: 1, between: 2, host: 3 } as const

/** What a look at a table is for. */
export const TRACKING_LOOK = {
  /** Finds the connection's entry, or makes it. */
  track: 0,
  /** Finds it, and makes none: the packet ends before its connection is confirmed. */
  meet: 1,
  /** The connection gets a port of the host's address, unless it has one: without a free one the packet ends. */
  translate: 2,
  /** The entry must be there: to what else would the answer be translated back? */
  restore: 3,
  /**
   * Finds it, or makes it of a packet that opens a connection. One in the middle of a TCP connection that is not known goes on
   * without; where the look may refuse it, it ends unless packets in both directions have picked the connection up.
   */
  open: 4,
} as const

/**
 * The tables of all hosts and the passes that look at them. Table k of host h has row `k × hosts + h`. A look's refusal is
 * the pass that runs instead of its own where the packet ends at the look.
 */
export interface TrackingTable {
  /** What nodes call the tables. */
  readonly names: readonly string[]
  /** Per kind of table: {@link TRACKING_FORM}, memory of an entry, time between two searches for entries that are over. */
  readonly form: Uint8Array
  readonly entryBytes: Float64Array
  readonly collectNs: Float64Array
  /** Per kind of table and {@link TRACKED_STATE}: how long an entry lives without a packet, ns. */
  readonly timeoutsNs: Float64Array
  /**
   * Per kind of table, of `ports` only: how many ports a search tries at most in its first round, the first port, and the
   * kind of table whose entries hold the ports.
   */
  readonly attempts: Int32Array
  readonly firstPort: Int32Array
  readonly holder: Int32Array
  /** Per row: entries that fit (of `ports`: ports), and buckets of the hash table (of `netfilter` only). */
  readonly limit: Float64Array
  readonly buckets: Float64Array
  /** Looks of pass p are `passFirst[p] … passFirst[p + 1] − 1`; no more elements than one where nothing is tracked. */
  readonly passFirst: Int32Array
  /** Per look: {@link TRACKING_LOOK}, kind of table, {@link TRACKED_END}, and the pass that runs where it refuses. */
  readonly look: Uint8Array
  readonly kind: Int32Array
  readonly end: Uint8Array
  readonly refusal: Int32Array
}

/** Nothing is tracked. */
export function noTracking(): TrackingTable {
  return {
    names: [],
    form: new Uint8Array(),
    entryBytes: new Float64Array(),
    collectNs: new Float64Array(),
    timeoutsNs: new Float64Array(),
    attempts: new Int32Array(),
    firstPort: new Int32Array(),
    holder: new Int32Array(),
    limit: new Float64Array(),
    buckets: new Float64Array(),
    passFirst: new Int32Array(),
    look: new Uint8Array(),
    kind: new Int32Array(),
    end: new Uint8Array(),
    refusal: new Int32Array(),
  }
}
