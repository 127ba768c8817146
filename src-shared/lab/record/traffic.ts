import type { BitsPerSecond, Bytes, Nanos } from '#shared/units/index'

import { isLabelName, isPlainName, plainNameSchema } from '../name-schemas'
import { addIssue } from '../issue'
import { nanosSchema, positiveBytesSchema, rateSchema, wholeNumber } from '../quantity-schemas'
import { z } from '../schema-library'
import { portSchema } from './workload'

/** What one end of traffic can be. Pods, workloads and services are written `namespace/name`. */
export type TrafficEndKind = 'pod' | 'workload' | 'node' | 'external' | 'service'

/** An end of traffic: one of its kinds, by name, and the port where it is the receiving end. */
export interface TrafficEnd {
  readonly kind: TrafficEndKind
  readonly name: string
  readonly port?: number
}

/** What traffic does. */
export type TrafficKind = 'tcp-stream' | 'udp-stream' | 'tcp-rr' | 'tcp-crr' | 'udp-rr' | 'icmp' | 'http'

/** How TCP controls congestion. */
export type CongestionControl = 'cubic' | 'reno' | 'dctcp' | 'bbr'

/** An entry of the traffic list. Fields that its kind has no use for are absent. */
export interface Traffic {
  readonly name: string
  readonly kind: TrafficKind
  readonly from: TrafficEnd
  readonly to: TrafficEnd
  /** Connections, or flows of datagrams, from each sender, side by side. */
  readonly streams: number
  readonly start: Nanos
  /** Absent: to the end of the run. */
  readonly stop?: Nanos
  /** Application bits a second of each stream. */
  readonly rate?: BitsPerSecond
  /** Application bytes of a datagram. */
  readonly payload?: Bytes
  /** Spacing of datagrams. */
  readonly arrivals?: 'constant' | 'poisson'
  /** Application bytes of a request and of its response. */
  readonly request?: Bytes
  readonly response?: Bytes
  readonly congestion?: CongestionControl
  /** The receiving end sends and the sending end, which opens the connection, receives. */
  readonly reverse?: boolean
  /** Writes go out without a copy, as with sendfile(2) or MSG_ZEROCOPY. */
  readonly sendfile?: boolean
}

/** The kinds of end, in the order messages list them. */
export const TRAFFIC_END_KINDS = ['pod', 'workload', 'node', 'external', 'service'] as const satisfies TrafficEndKind[]

/** Fields that are optional on traffic, besides those that every kind has. */
export const TRAFFIC_OPTIONS = [
  'rate', 'payload', 'arrivals', 'request', 'response', 'congestion', 'reverse', 'sendfile',
] as const

/** An optional field of traffic. */
export type TrafficOption = (typeof TRAFFIC_OPTIONS)[number]

/** Which optional fields mean something for which kind. */
export const OPTIONS_OF_KIND: Readonly<Record<TrafficKind, readonly TrafficOption[]>> = {
  'tcp-stream': ['rate', 'payload', 'congestion', 'reverse', 'sendfile'],
  'udp-stream': ['rate', 'payload', 'arrivals'],
  'tcp-rr': ['rate', 'request', 'response', 'congestion'],
  'tcp-crr': ['rate', 'request', 'response', 'congestion'],
  'udp-rr': ['rate', 'request', 'response'],
  icmp: ['rate', 'payload'],
  http: ['rate', 'request', 'response', 'congestion'],
}

function objectReference(kind: TrafficEndKind) {
  return z.string().superRefine((text, context) => {
    const [namespace = '', name = '', ...rest] = text.split('/')
    if (rest.length === 0 && isLabelName(namespace) && isLabelName(name)) return
    const fix = isLabelName(text) ? `Write default/${text}.` : undefined
    addIssue(
      context,
      'wrong-value',
      `${JSON.stringify(text.slice(0, 80))} does not name a ${kind}; write namespace/name.`,
      fix,
    )
  })
}

const hostReference = z.string().superRefine((text, context) => {
  if (!isPlainName(text)) addIssue(context, 'wrong-value', `${JSON.stringify(text.slice(0, 80))} cannot be a name.`)
})

const endSchema = z
  .strictObject({
    pod: objectReference('pod').optional(),
    workload: objectReference('workload').optional(),
    node: hostReference.optional(),
    external: hostReference.optional(),
    service: objectReference('service').optional(),
    port: portSchema.optional(),
  })
  .transform((end, context): TrafficEnd => {
    const given = TRAFFIC_END_KINDS.filter((kind) => end[kind] !== undefined)
    const kind = given[0]
    if (kind === undefined || given.length > 1) {
      const found = given.length === 0 ? 'nothing' : given.join(' and ')
      addIssue(
        context,
        'ambiguous-end',
        `An end names ${found}; it names exactly one of ${TRAFFIC_END_KINDS.join(', ')}.`,
      )
      return z.NEVER
    }
    return { kind, name: end[kind]!, ...(end.port === undefined ? {} : { port: end.port }) }
  })

/** The longest UDP payload of an IPv4 packet: 65535 less 20 and 8 bytes of headers. */
const MAX_DATAGRAM_PAYLOAD = 65_507

/**
 * Defaults of each kind, filled in for the fields it has:
 * - streams 1, start 0.
 * - congestion cubic: Linux's own.
 * - udp-stream: 1 Gbit/s in datagrams of 1400 bytes, evenly spaced; they fit every encapsulation on an MTU of 1500.
 * - request and response 1 byte: netperf's TCP_RR.
 */
const OPTION_DEFAULTS: Readonly<Partial<Record<TrafficKind, Partial<Traffic>>>> = {
  'tcp-stream': { congestion: 'cubic' },
  'udp-stream': { rate: 1_000_000_000 as BitsPerSecond, payload: 1400 as Bytes, arrivals: 'constant' },
  'tcp-rr': { request: 1 as Bytes, response: 1 as Bytes, congestion: 'cubic' },
}

/** The schema of an entry of the traffic list. */
export const trafficSchema = z
  .strictObject({
    name: plainNameSchema,
    kind: z.enum(['tcp-stream', 'udp-stream', 'tcp-rr', 'tcp-crr', 'udp-rr', 'icmp', 'http']),
    from: endSchema,
    to: endSchema,
    streams: wholeNumber(1, 100_000).default(1),
    start: nanosSchema.prefault('0s'),
    stop: nanosSchema.optional(),
    rate: rateSchema.optional(),
    payload: positiveBytesSchema.optional(),
    arrivals: z.enum(['constant', 'poisson']).optional(),
    request: positiveBytesSchema.optional(),
    response: positiveBytesSchema.optional(),
    congestion: z.enum(['cubic', 'reno', 'dctcp', 'bbr']).optional(),
    reverse: z.boolean().optional(),
    sendfile: z.boolean().optional(),
  })
  .superRefine((traffic, context) => {
    if (traffic.kind === 'udp-stream' && (traffic.payload ?? 0) > MAX_DATAGRAM_PAYLOAD) {
      addIssue(context, 'out-of-range', `A datagram carries at most ${MAX_DATAGRAM_PAYLOAD} bytes.`, undefined, [
        'payload',
      ])
    }
  })
  .transform((traffic): Traffic => ({ ...OPTION_DEFAULTS[traffic.kind], ...traffic }))
