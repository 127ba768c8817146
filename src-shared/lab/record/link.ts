import type { BitsPerSecond, Bytes, Nanos, QueueLimit } from '#shared/units/index'

import { plainNameSchema } from '../name-schemas'
import { bytesSchema, mtuSchema, nanosSchema, queueSchema, rateSchema } from '../quantity-schemas'
import { z } from '../schema-library'

/** What is true of any link, in each of its two directions. */
export interface LinkProperties {
  readonly rate: BitsPerSecond
  /** Propagation delay, one way. */
  readonly delay: Nanos
  /** Largest IP packet, in bytes. */
  readonly mtu: number
  /** Room for packets that wait for the link at its sending end. */
  readonly queue: QueueLimit
  /** Share of packets lost on the wire, from 0 to 1. */
  readonly loss: number
  /** Bytes on the wire beyond the IP packet. */
  readonly framing: Bytes
}

/** A link between two switches. */
export interface Link extends LinkProperties {
  readonly ends: readonly [string, string]
}

/** A share from 0 to 1. */
const lossSchema = z.number().min(0).max(1)

/** The fields of a link as they may be given, without defaults: what an uplink takes too. */
export const linkFieldSchemas = {
  rate: rateSchema.optional(),
  delay: nanosSchema.optional(),
  mtu: mtuSchema.optional(),
  queue: queueSchema.optional(),
  loss: lossSchema.optional(),
  framing: bytesSchema.optional(),
}

/**
 * Defaults that hold for every kind of link.
 * - delay 1 us: some 100 m of fibre (5 ns a metre) and the latency of a cut-through port.
 * - queue 1 MB: what a shallow-buffered data-centre switch has for a port under load.
 * - loss 0: a healthy link.
 * - framing 38 B: preamble 8, Ethernet header 14, FCS 4 and gap 12 (IEEE 802.3).
 */
export const COMMON_LINK_DEFAULTS = { delay: '1us', queue: '1MB', loss: 0, framing: '38B' } as const

/**
 * Between switches also:
 * - rate 100 Gbit/s: usual for leaf-to-spine links below 25 Gbit/s nodes, so that the fabric is not the bottleneck.
 * - mtu 9000: fabrics carry jumbo frames, so that encapsulated packets of 1500-byte nodes always fit.
 */
export const FABRIC_LINK_DEFAULTS = { ...COMMON_LINK_DEFAULTS, rate: '100Gbit', mtu: 9000 } as const

/** The fields of a link with their defaults between switches. */
export const fabricLinkFieldSchemas = {
  rate: rateSchema.prefault(FABRIC_LINK_DEFAULTS.rate),
  delay: nanosSchema.prefault(FABRIC_LINK_DEFAULTS.delay),
  mtu: mtuSchema.prefault(FABRIC_LINK_DEFAULTS.mtu),
  queue: queueSchema.prefault(FABRIC_LINK_DEFAULTS.queue),
  loss: lossSchema.default(FABRIC_LINK_DEFAULTS.loss),
  framing: bytesSchema.prefault(FABRIC_LINK_DEFAULTS.framing),
}

/** The schema of a link between two switches. */
export const linkSchema = z.strictObject({
  ends: z.tuple([plainNameSchema, plainNameSchema]),
  ...fabricLinkFieldSchemas,
})
