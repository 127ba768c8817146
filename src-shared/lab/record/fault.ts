import { nanos, type BitsPerSecond, type Nanos } from '#shared/units/index'

import { plainNameSchema } from '../name-schemas'
import { mtuSchema, nanosSchema, portSchema, rateSchema, wholeNumber } from '../quantity-schemas'
import { z } from '../schema-library'

/** Something that breaks or changes during the run, and may heal or be taken back. */
export type Fault = FaultTime & FaultEffect

interface FaultTime {
  readonly at: Nanos
  /** When it heals; without it, never. */
  readonly until?: Nanos
}

/** The ends of a link: two switches, or a node and its switch. */
type LinkEnds = readonly [string, string]

/** Daemons that can end on a node; the last three serve the whole cluster from there. */
export const FAULTY_AGENTS = [
  'bird', 'felix', 'confd', 'cilium-agent', 'flanneld', 'kube-proxy', 'kubelet', 'typha', 'cilium-operator', 'kube-apiserver',
] as const

/** A daemon that can end on a node. */
export type FaultyAgent = (typeof FAULTY_AGENTS)[number]

/** An IP protocol that is filtered. */
export type FilteredProtocol = 'ipip' | 'udp' | 'tcp' | 'icmp' | 'esp'

/** What a filter stops beside protocols: all that is not from and to the node's own address (a cloud's source/destination check). */
const FOREIGN = 'foreign-address'

/** Ids of IPsec's keys are four bits of a packet's mark, and zero is none; behind the last they begin anew (cilium bpf/lib/encrypt.h, MAX_KEY_INDEX). */
export const LAST_IPSEC_KEY_ID = 15

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
  /** Another MTU of the interfaces at both ends; pods and tunnels keep theirs, as on real nodes. */
  | { readonly kind: 'link-mtu'; readonly link: LinkEnds; readonly mtu: number }
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
  | { readonly kind: 'filter'; readonly node: string; readonly protocol: FilteredProtocol | typeof FOREIGN; readonly port?: number }
  /** A node of the lab joins the cluster: until then it is not there. */
  | { readonly kind: 'node-add'; readonly node: string }
  /** A pod of the lab is created: until then it is not there. */
  | { readonly kind: 'pod-add'; readonly pod: string }
  /**
   * A pod is deleted, or evicted; `until` it is created again. Its process goes on for `grace` after it was told to end,
   * while services leave the pod out.
   */
  | { readonly kind: 'pod-delete' | 'pod-evict'; readonly pod: string; readonly grace: Nanos }
  /** A policy of the lab's manifests is applied, or taken away: until it is applied for the first time it is not there. */
  | { readonly kind: 'policy-add' | 'policy-remove'; readonly policy: string }
  /** A Service of the lab's manifests is applied, or taken away. */
  | { readonly kind: 'service-add' | 'service-remove'; readonly service: string }
  /** Felix of these nodes is told `bpfEnabled: true`, while traffic flows. */
  | { readonly kind: 'ebpf-enable'; readonly nodes: readonly string[] }
  /** Another key of IPsec takes the old one's place in its Secret; `id` is its security parameter index. */
  | { readonly kind: 'ipsec-key'; readonly id: number }

const time = { at: nanosSchema, until: nanosSchema.optional() }
const link = z.tuple([plainNameSchema, plainNameSchema])
const node = plainNameSchema
/** `namespace/name`; of a policy with its kind before it, `NetworkPolicy default/deny`. */
const reference = z.string().min(1).max(512)
/** Processes that end when they are told to. */
const grace = nanosSchema.default(nanos(0))

/** The schema of a fault. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('link-down'), ...time, link }),
  z.strictObject({ kind: z.literal('link-silent'), ...time, link }),
  z.strictObject({ kind: z.literal('link-flap'), ...time, until: nanosSchema, link, period: nanosSchema }),
  z.strictObject({ kind: z.literal('link-loss'), ...time, link, loss: z.number().min(0).max(1) }),
  z.strictObject({ kind: z.literal('link-delay'), ...time, link, delay: nanosSchema }),
  z.strictObject({ kind: z.literal('link-rate'), ...time, link, rate: rateSchema }),
  z.strictObject({ kind: z.literal('link-mtu'), ...time, link, mtu: mtuSchema }),
  z.strictObject({ kind: z.literal('node-crash'), ...time, node }),
  z.strictObject({ kind: z.literal('partition'), ...time, nodes: z.array(node).min(1) }),
  z.strictObject({
    kind: z.literal('agent-kill'),
    ...time,
    node,
    agent: z.enum(FAULTY_AGENTS),
    graceful: z.boolean().default(true),
  }),
  z.strictObject({ kind: z.literal('session-reset'), at: nanosSchema, node, peer: node }),
  z.strictObject({
    kind: z.literal('filter'),
    ...time,
    node,
    protocol: z.enum(['ipip', 'udp', 'tcp', 'icmp', 'esp', FOREIGN]),
    port: portSchema.optional(),
  }),
  z.strictObject({ kind: z.literal('node-add'), at: nanosSchema, node }),
  z.strictObject({ kind: z.literal('pod-add'), at: nanosSchema, pod: reference }),
  z.strictObject({ kind: z.literal('pod-delete'), ...time, pod: reference, grace }),
  z.strictObject({ kind: z.literal('pod-evict'), ...time, pod: reference, grace }),
  z.strictObject({ kind: z.literal('policy-add'), ...time, policy: reference }),
  z.strictObject({ kind: z.literal('policy-remove'), ...time, policy: reference }),
  z.strictObject({ kind: z.literal('service-add'), ...time, service: reference }),
  z.strictObject({ kind: z.literal('service-remove'), ...time, service: reference }),
  z.strictObject({ kind: z.literal('ebpf-enable'), at: nanosSchema, nodes: z.array(node).min(1) }),
  z.strictObject({ kind: z.literal('ipsec-key'), at: nanosSchema, id: wholeNumber(1, LAST_IPSEC_KEY_ID) }),
])

/** Kinds of faults that change objects in the API server and break nothing by themselves. */
const OBJECT_KINDS = [
  'pod-add', 'pod-delete', 'pod-evict', 'policy-add', 'policy-remove', 'service-add', 'service-remove', 'ebpf-enable', 'ipsec-key',
] as const satisfies readonly Fault['kind'][]

/** A change of objects in the API server: of pods, policies, services, settings of the plugin. */
type ObjectFault = Extract<Fault, { kind: (typeof OBJECT_KINDS)[number] }>

/** Whether a fault changes objects in the API server, and neither links nor nodes nor their daemons. */
export function changesObjects(fault: Fault): fault is ObjectFault {
  return OBJECT_KINDS.some((kind) => kind === fault.kind)
}
