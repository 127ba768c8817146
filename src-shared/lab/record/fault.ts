import type { BitsPerSecond, Nanos } from '#shared/units/index'

import { plainNameSchema } from '../name-schemas'
import { nanosSchema, rateSchema, wholeNumber } from '../quantity-schemas'
import { z } from '../schema-library'

/** Something that breaks during the run, and may heal. */
export type Fault = FaultTime & FaultEffect

interface FaultTime {
  readonly at: Nanos
  /** When it heals; without it, never. */
  readonly until?: Nanos
}

/** The ends of a link: two switches, or a node and its switch. */
type LinkEnds = readonly [string, string]

/** A daemon that can end on a node. */
export type FaultyAgent = 'bird' | 'felix' | 'cilium-agent' | 'flanneld' | 'kube-proxy'

/** An IP protocol that is filtered. */
export type FilteredProtocol = 'ipip' | 'udp' | 'tcp' | 'icmp' | 'esp'

type FaultEffect =
  /** Both ends lose their carrier. */
  | { readonly kind: 'link-down'; readonly link: LinkEnds }
  /** Frames vanish while the carrier stays. */
  | { readonly kind: 'link-silent'; readonly link: LinkEnds }
  /** Down for the first half of each period, up for the second. */
  | { readonly kind: 'link-flap'; readonly link: LinkEnds; readonly period: Nanos }
  /** A share of the packets is lost, both ways. */
  | { readonly kind: 'link-loss'; readonly link: LinkEnds; readonly loss: number }
  /** Another propagation delay, another rate. */
  | { readonly kind: 'link-delay'; readonly link: LinkEnds; readonly delay: Nanos }
  | { readonly kind: 'link-rate'; readonly link: LinkEnds; readonly rate: BitsPerSecond }
  /** The node goes down without a word; `until` it is back. */
  | { readonly kind: 'node-crash'; readonly node: string }
  /** These nodes and the rest do not reach each other; nobody loses a carrier. */
  | { readonly kind: 'partition'; readonly nodes: readonly string[] }
  /**
   * A daemon ends; `until` it runs again. Gracefully: it is killed and recovers, its peers keep its routes meanwhile.
   * Otherwise it is shut down, takes leave of its peers, and starts from nothing.
   */
  | { readonly kind: 'agent-kill'; readonly node: string; readonly agent: FaultyAgent; readonly graceful: boolean }
  /** One BGP session is closed, and comes back by itself. */
  | { readonly kind: 'session-reset'; readonly node: string; readonly peer: string }
  /** What is in front of the node drops packets of a protocol, both ways; with a port, those to and from it. */
  | { readonly kind: 'filter'; readonly node: string; readonly protocol: FilteredProtocol; readonly port?: number }

const time = { at: nanosSchema, until: nanosSchema.optional() }
const link = z.tuple([plainNameSchema, plainNameSchema])
const node = plainNameSchema

/** The schema of a fault. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('link-down'), ...time, link }),
  z.strictObject({ kind: z.literal('link-silent'), ...time, link }),
  z.strictObject({ kind: z.literal('link-flap'), ...time, until: nanosSchema, link, period: nanosSchema }),
  z.strictObject({ kind: z.literal('link-loss'), ...time, link, loss: z.number().min(0).max(1) }),
  z.strictObject({ kind: z.literal('link-delay'), ...time, link, delay: nanosSchema }),
  z.strictObject({ kind: z.literal('link-rate'), ...time, link, rate: rateSchema }),
  z.strictObject({ kind: z.literal('node-crash'), ...time, node }),
  z.strictObject({ kind: z.literal('partition'), ...time, nodes: z.array(node).min(1) }),
  z.strictObject({
    kind: z.literal('agent-kill'),
    ...time,
    node,
    agent: z.enum(['bird', 'felix', 'cilium-agent', 'flanneld', 'kube-proxy']),
    graceful: z.boolean().default(true),
  }),
  z.strictObject({ kind: z.literal('session-reset'), at: nanosSchema, node, peer: node }),
  z.strictObject({
    kind: z.literal('filter'),
    ...time,
    node,
    protocol: z.enum(['ipip', 'udp', 'tcp', 'icmp', 'esp']),
    port: wholeNumber(1, 65_535).optional(),
  }),
])
