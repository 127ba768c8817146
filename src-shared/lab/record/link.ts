import type { BitsPerSecond, Bytes, Nanos, QueueLimit } from '#shared/units/index'

import { plainNameSchema } from '../name-schemas'
import { bytesSchema, mtuSchema, nanosSchema, queueSchema, rateSchema, shareSchema } from '../quantity-schemas'
import { z } from '../schema-library'
import { disciplineSchema, type Discipline } from './discipline'

/**
 * Losses in bursts (Gilbert and Elliott's model, `tc netem loss gemodel`): the wire is well or ill, and changes with
 * these probabilities from packet to packet.
 */
export interface LossBursts {
  /** Probability, per packet, that a well wire falls ill, and that an ill one recovers. */
  readonly begin: number
  readonly end: number
  /** Share of packets lost while the wire is ill. */
  readonly loss: number
}

/** What is true of any link, in each of its two directions. */
export interface LinkProperties {
  readonly rate: BitsPerSecond
  /** Propagation delay, one way. */
  readonly delay: Nanos
  /** Largest IP packet, in bytes. */
  readonly mtu: number
  /** Room for packets that wait for the link at its sending end. */
  readonly queue: QueueLimit
  /** What becomes of packets that wait at a switch or external host; a node's NIC has a discipline of its own. */
  readonly discipline: Discipline
  /** Share of packets lost on the wire, from 0 to 1; with bursts, while the wire is well. */
  readonly loss: number
  readonly lossBursts?: LossBursts
  /** Share of packets that arrive damaged: the receiver drops them (FCS). */
  readonly corrupt: number
  /** Share of packets that arrive twice. */
  readonly duplicate: number
  /** Most that a packet takes longer than `delay`; how much, is drawn evenly for each. */
  readonly jitter: Nanos
  /** Whether jitter lets packets overtake each other. */
  readonly jitterReorders: boolean
  /** Share of packets held back for `reorderDelay`, so that those behind overtake them. */
  readonly reorder: number
  readonly reorderDelay: Nanos
  /** Bytes on the wire beyond the IP packet. */
  readonly framing: Bytes
}

/** A link between two switches. */
export interface Link extends LinkProperties {
  readonly ends: readonly [string, string]
}

/** An ill wire loses everything, two packets on average (1 / end), unless told otherwise. */
const lossBurstsSchema = z.strictObject({
  begin: shareSchema.default(0),
  end: shareSchema.default(0.5),
  loss: shareSchema.default(1),
})

/**
 * Fields of every kind of link, with defaults.
 * - delay 1 us: some 100 m of fibre (5 ns a metre) and the latency of a cut-through port.
 * - queue 1 MB: what a shallow-buffered data-centre switch has for a port under load.
 * - discipline droptail: what switches do unless configured.
 * - no loss, damage, copies, jitter, reordering: a healthy link. What is held back is so for 100 us: several packets' time.
 * - framing 38 B: preamble 8, Ethernet header 14, FCS 4 and gap 12 (IEEE 802.3).
 */
export const commonLinkFieldSchemas = {
  delay: nanosSchema.prefault('1us'),
  queue: queueSchema.prefault('1MB'),
  discipline: disciplineSchema.prefault({}),
  loss: shareSchema.default(0),
  lossBursts: lossBurstsSchema.optional(),
  corrupt: shareSchema.default(0),
  duplicate: shareSchema.default(0),
  jitter: nanosSchema.prefault('0ns'),
  jitterReorders: z.boolean().default(false),
  reorder: shareSchema.default(0),
  reorderDelay: nanosSchema.prefault('100us'),
  framing: bytesSchema.prefault('38B'),
}

/**
 * Fields of a link between switches, with defaults:
 * - rate 100 Gbit/s: usual for leaf-to-spine links below 25 Gbit/s nodes, so that the fabric is not the bottleneck.
 * - mtu 9000: fabrics carry jumbo frames, so that encapsulated packets of 1500-byte nodes always fit.
 */
export const fabricLinkFieldSchemas = {
  ...commonLinkFieldSchemas,
  rate: rateSchema.prefault('100Gbit'),
  mtu: mtuSchema.default(9000),
}

/** The schema of a link between two switches. */
export const linkSchema = z.strictObject({
  ends: z.tuple([plainNameSchema, plainNameSchema]),
  ...fabricLinkFieldSchemas,
})
