import type { BitsPerSecond, Nanos, QueueLimit } from '#shared/units/index'

import { mtuSchema, nanosSchema, queueSchema, rateSchema, wholeNumber } from '../quantity-schemas'
import { z } from '../schema-library'
import { disciplineSchema, type Discipline } from './discipline'

/** What a NIC does in hardware. */
export interface Offloads {
  /** Segmentation: the kernel hands over trains of up to 64 KiB. */
  readonly tso: boolean
  /** Receive coalescing by the kernel's GRO on what the NIC has checked. */
  readonly gro: boolean
  /** Segmentation and checksums inside UDP tunnels and IPIP. */
  readonly tunnel: boolean
}

/** How a bond chooses among its links (Linux Documentation/networking/bonding.rst); `none`: they are equal routes. */
export const BOND_MODES = ['none', 'active-backup', 'balance-xor', '802.3ad'] as const

/** What of a packet a bond hashes to choose a link. */
export const BOND_HASH_POLICIES = ['layer2', 'layer2+3', 'layer3+4', 'encap2+3', 'encap3+4'] as const

/** A node's uplinks as one interface. */
export interface Bond {
  readonly mode: (typeof BOND_MODES)[number]
  /** Of use to `balance-xor` and `802.3ad`. */
  readonly xmitHashPolicy: (typeof BOND_HASH_POLICIES)[number]
}

/** How long a NIC holds its interrupts back (`ethtool -C`). */
export interface Coalescing {
  /** rx-usecs with adaptive-rx off: from the first packet that waits. Absent: adaptive, as drivers have it. */
  readonly rx?: Nanos
  /** tx-usecs: until a sender hears that its packets have left. */
  readonly tx?: Nanos
}

/** What of UDP's headers RSS hashes (`ethtool -N … rx-flow-hash udp4`): addresses alone, or ports too. */
export const UDP_HASHES = ['sdfn', 'sd'] as const

/** A node's network interface. */
export interface Nic {
  readonly rate: BitsPerSecond
  /** Largest IP packet the interface sends, in bytes. */
  readonly mtu: number
  /** Receive queues, each bound to a core. */
  readonly queues: number
  /** Packets that each of them holds until the core polls it; without it, what common drivers have. */
  readonly ring?: number
  readonly coalesce?: Coalescing
  /** Absent: ports too, which spreads tunnels' packets over the queues. */
  readonly udpHash?: (typeof UDP_HASHES)[number]
  /** Transmit queues belong to cores (XPS), and nothing brings acknowledgements to the core that sends; else a flow keeps its queue. */
  readonly xps: boolean
  readonly offloads: Offloads
  /** What waits for the NIC: the discipline of each of its transmit queues. */
  readonly qdisc: Discipline
  /** What each of them holds; without it, what the discipline holds by default. */
  readonly qdiscLimit?: QueueLimit
  /** Several uplinks as one interface. */
  readonly bond: Bond
}

/**
 * The schema of a NIC.
 * - rate 25 Gbit/s: the usual port of a worker.
 * - mtu 1500: what Ethernet has where nobody configured it.
 * - queues: as many as the node has cores, as drivers do (filled in by the node).
 * - ring, coalesce: those of common drivers (resources/calibration/host-defaults.json); udpHash: ports too, as mlx5 and i40e
 *   have it; others hash UDP by addresses alone unless told.
 * - xps: off, as drivers set XPS up, but ATR of ixgbe and i40e keeps all of a flow on one core. With mlx5 and ice it is on.
 * - offloads: all on; every NIC of the last decade has them, and drivers enable them.
 * - qdisc pfifo_fast: the kernel's own default; distributions with systemd set fq_codel (net.core.default_qdisc).
 * - bond: none, so that several uplinks are equal routes (ECMP); `layer2` is the kernel's default policy.
 */
export const nicSchema = z.strictObject({
  rate: rateSchema.prefault('25Gbit'),
  mtu: mtuSchema.default(1500),
  queues: wholeNumber(1, 1024).optional(),
  ring: wholeNumber(1, 65_536).optional(),
  coalesce: z.strictObject({ rx: nanosSchema.optional(), tx: nanosSchema.optional() }).optional(),
  udpHash: z.enum(UDP_HASHES).optional(),
  xps: z.boolean().default(false),
  offloads: z
    .strictObject({
      tso: z.boolean().default(true),
      gro: z.boolean().default(true),
      tunnel: z.boolean().default(true),
    })
    .prefault({}),
  qdisc: disciplineSchema.prefault({ kind: 'pfifo_fast' }),
  qdiscLimit: queueSchema.optional(),
  bond: z
    .strictObject({
      mode: z.enum(BOND_MODES).default('none'),
      xmitHashPolicy: z.enum(BOND_HASH_POLICIES).default('layer2'),
    })
    .prefault({}),
})
