import type { Ipv4Interface, Ipv4Prefix, Nanos } from '#shared/units/index'

import { labelsSchema, plainNameSchema, type Labels } from '../name-schemas'
import { asnSchema, ipv4InterfaceSchema, ipv4PrefixSchema, nanosSchema, wholeNumber } from '../quantity-schemas'
import { z } from '../schema-library'
import { nicSchema, type Nic } from './nic'
import { uplinkSchema, type Uplink } from './uplink'

/** A node's processor. */
export interface Cpu {
  readonly cores: number
  readonly ghz: number
  /** How long an idle core takes to wake: cores that sleep deeper than C1 also lose what is in their caches. Absent: C1's 2 µs. */
  readonly idleExit?: Nanos
}

/** Keeps pods away from a node: pods do not tolerate taints here, but a workload may name its nodes. */
export interface Taint {
  readonly key: string
  readonly value?: string
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
}

/** What a node does about packets whose source is reached by another interface (net.ipv4.conf.all.rp_filter 0, 1, 2). */
export const RP_FILTERS = ['off', 'strict', 'loose'] as const

/** A Kubernetes node. */
export interface Node {
  readonly name: string
  readonly rack?: string
  readonly cpu: Cpu
  readonly nic: Nic
  readonly uplinks: readonly Uplink[]
  /** The address of its NIC; without one it gets the next free address of its switch's subnet. */
  readonly address?: Ipv4Interface
  /** Autonomous system of its BGP speaker. */
  readonly asn?: number
  readonly rpFilter: (typeof RP_FILTERS)[number]
  /** Packets that a core's backlog and its GRO cells hold (net.core.netdev_max_backlog); without it, the kernel's own. */
  readonly netdevMaxBacklog?: number
  /** Packets and time that one round of a core's polls may take (net.core.netdev_budget, netdev_budget_usecs); without, the kernel's own. */
  readonly netdevBudget?: number
  readonly netdevBudgetTime?: Nanos
  readonly labels: Labels
  readonly taints: readonly Taint[]
  /** Blocks of pod addresses that it holds; without any, the plugin's address management assigns them. */
  readonly podBlocks: readonly Ipv4Prefix[]
}

const taintSchema = z.strictObject({
  key: z.string().min(1),
  value: z.string().optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
})

/** The schema of a node. The default processor, 8 cores at 3 GHz, is that of a common worker; rp_filter is the kernel's own, off. */
export const nodeSchema = z
  .strictObject({
    name: plainNameSchema,
    rack: plainNameSchema.optional(),
    cpu: z
      .strictObject({
        cores: wholeNumber(1, 1024, 'too-few-cores').default(8),
        ghz: z.number().min(0.1).max(10).default(3),
        idleExit: nanosSchema.optional(),
      })
      .prefault({}),
    nic: nicSchema.prefault({}),
    uplinks: z.array(uplinkSchema).default([]),
    address: ipv4InterfaceSchema.optional(),
    asn: asnSchema.optional(),
    rpFilter: z.enum(RP_FILTERS).default('off'),
    netdevMaxBacklog: wholeNumber(1, 1_000_000).optional(),
    netdevBudget: wholeNumber(1, 1_000_000).optional(),
    netdevBudgetTime: nanosSchema.optional(),
    labels: labelsSchema.default({}),
    taints: z.array(taintSchema).default([]),
    podBlocks: z.array(ipv4PrefixSchema).default([]),
  })
  .transform(
    (node): Node => ({
      ...node,
      nic: { ...node.nic, queues: node.nic.queues ?? node.cpu.cores },
      uplinks: node.uplinks.map((uplink) => ({
        ...uplink,
        rate: uplink.rate ?? node.nic.rate,
        mtu: uplink.mtu ?? node.nic.mtu,
      })),
    }),
  )
