/**
 * Columns of what ports do beyond a rate, a delay and a drop-tail queue: disciplines, impairments, shared buffers. Ports
 * that do nothing of it have no row here.
 */

/** Kinds of queueing disciplines. */
export const DISCIPLINE = { droptail: 0, pfifoFast: 1, red: 2, threshold: 3, codel: 4, fqCodel: 5, fq: 6, prio: 7 } as const

/** One row per discipline in use; ports and hosts name a row. Columns that a kind has no use for hold zero. */
export interface DisciplineTable {
  readonly count: number
  readonly kind: Uint8Array
  /** 1 where packets of congestion-aware senders are marked instead of dropped (RFC 3168). */
  readonly ecn: Uint8Array
  /** RED: mean queue, bytes, at which dropping begins and at which it is certain; share dropped just below; weight. */
  readonly minBytes: Float64Array
  readonly maxBytes: Float64Array
  readonly probability: Float64Array
  readonly weight: Float64Array
  /** Threshold: queue length, bytes, above which an arriving packet is marked. */
  readonly thresholdBytes: Float64Array
  /** CoDel and FQ-CoDel (RFC 8289), ns. */
  readonly targetNs: Float64Array
  readonly intervalNs: Float64Array
  /** FQ-CoDel and fq: queues that flows are hashed to; bytes of a turn. */
  readonly flows: Int32Array
  readonly quantumBytes: Int32Array
  /** fq: packets of one flow that may wait; most of one flow, bits per second, 0: no limit. */
  readonly flowLimit: Int32Array
  readonly maxRateBps: Float64Array
}

/** One row per set of impairments in use. Shares lie between 0 and 1. */
export interface ImpairmentTable {
  readonly count: number
  /** Gilbert and Elliott: probability, per packet, of falling ill and of recovering; share lost while ill. */
  readonly burstBegin: Float64Array
  readonly burstEnd: Float64Array
  readonly burstLoss: Float64Array
  readonly corruptRate: Float64Array
  readonly duplicateRate: Float64Array
  /** Most that is added to the delay, ns, integer; 1 where packets may overtake each other by it. */
  readonly jitterNs: Float64Array
  readonly jitterReorders: Uint8Array
  /** Share of packets held back, and for how long, ns, integer. */
  readonly reorderRate: Float64Array
  readonly reorderDelayNs: Float64Array
}

/** One row per switch. */
export interface SwitchTable {
  /** Memory that its ports share, bytes; 0: every port has its own limit. */
  readonly bufferBytes: Float64Array
  /** A port may fill `bufferAlpha` times what is still free (Choudhury and Hahne 1998). */
  readonly bufferAlpha: Float64Array
  /** 1 where it tells senders of packets that it cannot forward (ICMP); 0: a black hole for path-MTU discovery. */
  readonly tellsErrors: Uint8Array
  /** Salt of its hash among equal paths (`packetFlowHash`). */
  readonly hashSalt: Int32Array
  /** Whether it checks the sources of what hosts send it to route (`SOURCE_CHECK`). */
  readonly sourceCheck: Uint8Array
}

/** Which sources a switch takes: any, those that it has a route to, those whose route leaves where the packet came in. */
export const SOURCE_CHECK = { off: 0, loose: 1, strict: 2 } as const

/** How a host's uplinks are chosen among by a packet. */
export const UPLINK_HASH = {
  /** As a router does: addresses and ports of the outermost header. */
  route: 0,
  /** Bond policies (Linux drivers/net/bonding/bond_main.c, bond_xmit_hash). */
  layer2: 1,
  layer23: 2,
  layer34: 3,
  encap23: 4,
  encap34: 5,
} as const


/** What a row of the discipline table says; what is left out is zero. */
export type DisciplineRow = { readonly kind: number } & Partial<Record<Exclude<keyof DisciplineTable, 'count' | 'kind'>, number>>

/** Columns of some disciplines. */
export function buildDisciplines(rows: readonly DisciplineRow[]): DisciplineTable {
  const numbers = (name: keyof DisciplineRow): number[] => rows.map((row) => row[name] ?? 0)
  return {
    count: rows.length,
    kind: Uint8Array.from(numbers('kind')),
    ecn: Uint8Array.from(numbers('ecn')),
    minBytes: Float64Array.from(numbers('minBytes')),
    maxBytes: Float64Array.from(numbers('maxBytes')),
    probability: Float64Array.from(numbers('probability')),
    weight: Float64Array.from(numbers('weight')),
    thresholdBytes: Float64Array.from(numbers('thresholdBytes')),
    targetNs: Float64Array.from(numbers('targetNs')),
    intervalNs: Float64Array.from(numbers('intervalNs')),
    flows: Int32Array.from(numbers('flows')),
    quantumBytes: Int32Array.from(numbers('quantumBytes')),
    flowLimit: Int32Array.from(numbers('flowLimit')),
    maxRateBps: Float64Array.from(numbers('maxRateBps')),
  }
}

/** What a row of the impairment table says; what is left out is zero. */
export type ImpairmentRow = Partial<Record<Exclude<keyof ImpairmentTable, 'count'>, number>>

/** Columns of some sets of impairments. */
export function buildImpairments(rows: readonly ImpairmentRow[]): ImpairmentTable {
  const shares = (name: keyof ImpairmentRow): Float64Array => Float64Array.from(rows, (row) => row[name] ?? 0)
  return {
    count: rows.length,
    burstBegin: shares('burstBegin'),
    burstEnd: shares('burstEnd'),
    burstLoss: shares('burstLoss'),
    corruptRate: shares('corruptRate'),
    duplicateRate: shares('duplicateRate'),
    jitterNs: shares('jitterNs'),
    jitterReorders: Uint8Array.from(rows, (row) => row.jitterReorders ?? 0),
    reorderRate: shares('reorderRate'),
    reorderDelayNs: shares('reorderDelayNs'),
  }
}
