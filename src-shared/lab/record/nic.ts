import type { BitsPerSecond } from '#shared/units/index'

import { mtuSchema, rateSchema, wholeNumber } from '../quantity-schemas'
import { z } from '../schema-library'

/** What a NIC does in hardware. */
export interface Offloads {
  /** Segmentation: the kernel hands over trains of up to 64 KiB. */
  readonly tso: boolean
  /** Receive coalescing by the kernel's GRO on what the NIC has checked. */
  readonly gro: boolean
  /** Segmentation and checksums inside UDP tunnels and IPIP. */
  readonly tunnel: boolean
}

/** A node's network interface. */
export interface Nic {
  readonly rate: BitsPerSecond
  /** Largest IP packet the interface sends, in bytes. */
  readonly mtu: number
  /** Receive queues, each bound to a core. */
  readonly queues: number
  readonly offloads: Offloads
}

/**
 * The schema of a NIC.
 * - rate 25 Gbit/s: the usual port of a worker.
 * - mtu 1500: what Ethernet has where nobody configured it.
 * - queues: as many as the node has cores, as drivers do (filled in by the node).
 * - offloads: all on; every NIC of the last decade has them, and drivers enable them.
 */
export const nicSchema = z.strictObject({
  rate: rateSchema.prefault('25Gbit'),
  mtu: mtuSchema.default(1500),
  queues: wholeNumber(1, 1024).optional(),
  offloads: z
    .strictObject({
      tso: z.boolean().default(true),
      gro: z.boolean().default(true),
      tunnel: z.boolean().default(true),
    })
    .prefault({}),
})
