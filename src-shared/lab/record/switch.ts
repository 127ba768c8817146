import type { Bytes, Nanos } from '#shared/units/index'

import { plainNameSchema } from '../name-schemas'
import { asnSchema, nanosSchema, positiveBytesSchema, wholeNumber } from '../quantity-schemas'
import { z } from '../schema-library'

/**
 * What a switch does. `tor` (top of rack) bridges the nodes linked to it in one subnet and routes to the rest;
 * `spine` routes.
 */
export type SwitchRole = 'tor' | 'spine'

/** Memory that the ports of a switch share for what waits, instead of a limit per link. */
export interface SharedBuffer {
  readonly size: Bytes
  /**
   * A port may fill `alpha` times what is still free (dynamic thresholds: Choudhury and Hahne, IEEE/ACM Transactions on
   * Networking 6, 1998).
   */
  readonly alpha: number
}

/** How soon a path that broke silently is noticed: after `multiplier` intervals without a packet. */
export interface Bfd {
  readonly interval: Nanos
  readonly multiplier: number
}

/** A switch of the fabric. */
export interface Switch {
  readonly name: string
  readonly role: SwitchRole
  readonly rack?: string
  /** Autonomous system, for BGP with the fabric. */
  readonly asn?: number
  /** Bidirectional forwarding detection with neighbours that have it too (RFC 5880), for BGP. */
  readonly bfd?: Bfd
  /** Without it, each port has the `queue` of its link. */
  readonly sharedBuffer?: SharedBuffer
  /** Whether it tells senders of packets that it drops as too big or too old (ICMP); if not, paths have black holes. */
  readonly icmpErrors: boolean
  /** What its hash among equal paths starts from: switches of one seed choose alike. Without it, one of its own. */
  readonly hashSeed?: number
  /** Whether it looks for a route back to the sources of what its hosts send elsewhere (unicast reverse-path forwarding). */
  readonly urpf: 'off' | 'loose' | 'strict'
}

/**
 * The schema of a shared buffer. alpha 1: one busy port may fill half of it; switches let it be set from 1/128 to 8
 * (Broadcom's dynamic thresholds).
 */
const sharedBufferSchema = z.strictObject({
  size: positiveBytesSchema,
  alpha: z.number().min(1 / 128).max(8).default(1),
})

/** The schema of BFD. Three times 300 ms is what switches have where nothing else is said. */
const bfdSchema = z.strictObject({ interval: nanosSchema.prefault('300ms'), multiplier: wholeNumber(1, 255).default(3) })

/**
 * The schema of a switch.
 * - role tor: a cluster needs one, and most switches are.
 * - hashSeed: 32 bits (Cumulus Linux, `ecmp_hash_seed`, drawn at boot unless given; NX-OS, `ip load-sharing address …
 *   universal-id`, from the chassis). Switches that ship with one seed for all are given it here.
 * - urpf off, as switches have it unless configured (RFC 3704).
 */
export const switchSchema = z.strictObject({
  name: plainNameSchema,
  role: z.enum(['tor', 'spine']).default('tor'),
  rack: plainNameSchema.optional(),
  asn: asnSchema.optional(),
  bfd: bfdSchema.optional(),
  sharedBuffer: sharedBufferSchema.optional(),
  icmpErrors: z.boolean().default(true),
  hashSeed: wholeNumber(0, 4_294_967_295).optional(),
  urpf: z.enum(['off', 'loose', 'strict']).default('off'),
})
