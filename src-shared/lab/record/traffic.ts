import { bitsPerSecond, bytes, nanos, SECOND_NS, type BitsPerSecond, type Bytes, type Nanos } from '#shared/units/index'

import { isLabelName, isPlainName, plainNameSchema } from '../name-schemas'
import { addIssue } from '../issue'
import { nanosSchema, portSchema, positiveBytesSchema, rateSchema, wholeNumber } from '../quantity-schemas'
import { z } from '../schema-library'
import { isDistribution, messageSizeSchema, type MessageSize } from './message-size'

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

/**
 * Who sends to whom where both ends name several: the senders' connections to the receivers in turn; every sender to one
 * receiver of its own, drawn at random; all senders to the first receiver; every sender to every receiver.
 */
export type TrafficPattern = 'in-turn' | 'permutation' | 'incast' | 'all-to-all'

/** An entry of the traffic list. Fields that its kind has no use for are absent. */
export interface Traffic {
  readonly name: string
  readonly kind: TrafficKind
  readonly from: TrafficEnd
  readonly to: TrafficEnd
  readonly pattern: TrafficPattern
  /** Connections, or flows of datagrams, side by side: from each sender, or where each has several receivers to each. */
  readonly streams: number
  readonly start: Nanos
  /** Absent: to the end of the run. */
  readonly stop?: Nanos
  /** Application bits a second of each stream; of transactions, requests and responses together. */
  readonly rate?: BitsPerSecond
  /** Requests a second of each sender, all its connections together. */
  readonly requestRate?: number
  /** All connections of a sender begin together: its next requests go when it has the answers to all. */
  readonly barrier?: boolean
  /** Share of the sender's link that the payload of the responses fills, in place of a rate: above 0, at most 1. */
  readonly load?: number
  /** Application bytes of a datagram. */
  readonly payload?: Bytes
  /** Spacing of datagrams, or of the beginnings of transactions. */
  readonly arrivals?: 'constant' | 'poisson'
  /** Application bytes of a request and of its response. */
  readonly request?: MessageSize
  readonly response?: MessageSize
  /** How long a client waits for the answer to a datagram before it sends another. */
  readonly timeout?: Nanos
  readonly congestion?: CongestionControl
  /** Least retransmission timeout beyond the round-trip time at both ends (ip route … rto_min); absent: 200 ms. */
  readonly rtoMin?: Nanos
  /** The sender asks for explicit congestion notification (tcp_ecn 1); DCTCP asks in any case. */
  readonly ecn?: boolean
  /** Both ends set TCP_NODELAY: short segments do not wait for acknowledgements (Nagle); http's do in any case. */
  readonly noDelay?: boolean
  /** What the sockets of both ends ask for by SO_SNDBUF and SO_RCVBUF; absent: the kernel's defaults, and TCP's grow. */
  readonly sendBuffer?: Bytes
  readonly receiveBuffer?: Bytes
  /** Differentiated services codepoint of its packets, 0 to 63 (RFC 2474); tunnels do not copy it to their headers. */
  readonly dscp?: number
  /** The receiving end sends and the sending end, which opens the connection, receives. */
  readonly reverse?: boolean
  /** Writes go out without a copy, as with sendfile(2) or MSG_ZEROCOPY. */
  readonly sendfile?: boolean
}

/** The kinds of end, in the order messages list them. */
export const TRAFFIC_END_KINDS = ['pod', 'workload', 'node', 'external', 'service'] as const satisfies TrafficEndKind[]

/** Fields that are optional on traffic, besides those that every kind has. */
export const TRAFFIC_OPTIONS = [
  'rate', 'requestRate', 'barrier', 'load', 'payload', 'arrivals', 'request', 'response', 'timeout', 'congestion', 'reverse', 'sendfile',
  'ecn', 'noDelay', 'rtoMin', 'sendBuffer', 'receiveBuffer', 'dscp',
] as const

/** An optional field of traffic. */
export type TrafficOption = (typeof TRAFFIC_OPTIONS)[number]

/** Options of every socket, and of TCP's. */
const SOCKET_OPTIONS = ['sendBuffer', 'receiveBuffer', 'dscp'] as const
const TCP_SOCKET_OPTIONS = ['noDelay', 'rtoMin', ...SOCKET_OPTIONS] as const

/** Which optional fields mean something for which kind. */
export const OPTIONS_OF_KIND: Readonly<Record<TrafficKind, readonly TrafficOption[]>> = {
  'tcp-stream': ['rate', 'payload', 'congestion', 'ecn', 'reverse', 'sendfile', ...TCP_SOCKET_OPTIONS],
  'udp-stream': ['rate', 'payload', 'arrivals', ...SOCKET_OPTIONS],
  'tcp-rr': ['rate', 'barrier', 'arrivals', 'request', 'response', 'congestion', 'ecn', ...TCP_SOCKET_OPTIONS],
  'tcp-crr': ['rate', 'arrivals', 'request', 'response', 'congestion', 'ecn', ...TCP_SOCKET_OPTIONS],
  'udp-rr': ['rate', 'arrivals', 'request', 'response', 'timeout', ...SOCKET_OPTIONS],
  icmp: ['rate', 'arrivals', 'payload', 'timeout', 'dscp'],
  http: ['rate', 'requestRate', 'barrier', 'load', 'arrivals', 'request', 'response', 'congestion', 'ecn', 'rtoMin', ...SOCKET_OPTIONS],
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

/** Kinds whose messages are one datagram each. */
const DATAGRAM_KINDS: readonly TrafficKind[] = ['udp-stream', 'udp-rr', 'icmp']

/** Kinds whose messages may have different sizes. */
const KINDS_WITH_SIZES: readonly TrafficKind[] = ['tcp-rr', 'http']

/** The longest UDP payload of an IPv4 packet: 65535 less 20 and 8 bytes of headers. */
const MAX_DATAGRAM_PAYLOAD = 65_507

/**
 * Defaults of each kind, filled in for the fields it has:
 * - streams 1, start 0.
 * - congestion cubic: Linux's own.
 * - udp-stream: 1 Gbit/s in datagrams of 1400 bytes, evenly spaced; they fit every encapsulation on an MTU of 1500.
 * - request and response of -rr and -crr 1 byte: netperf's.
 * - udp-rr and icmp: another try after a second where no answer comes (iputils ping: one packet a second).
 * - icmp: 56 bytes (iputils ping).
 * - http: requests of 200 bytes for answers of 10 kB; requests of a given rate or load come at random (Poisson).
 */
const OPTION_DEFAULTS: Readonly<Partial<Record<TrafficKind, Partial<Traffic>>>> = {
  'tcp-stream': { congestion: 'cubic' },
  'udp-stream': { rate: bitsPerSecond(1_000_000_000), payload: bytes(1400), arrivals: 'constant' },
  'tcp-rr': { request: bytes(1), response: bytes(1), congestion: 'cubic' },
  'tcp-crr': { request: bytes(1), response: bytes(1), congestion: 'cubic' },
  'udp-rr': { request: bytes(1), response: bytes(1), timeout: nanos(SECOND_NS) },
  icmp: { payload: bytes(56), timeout: nanos(SECOND_NS) },
  http: { request: bytes(200), response: bytes(10_000), congestion: 'cubic' },
}

/** The schema of an entry of the traffic list. */
export const trafficSchema = z
  .strictObject({
    name: plainNameSchema,
    kind: z.enum(['tcp-stream', 'udp-stream', 'tcp-rr', 'tcp-crr', 'udp-rr', 'icmp', 'http']),
    from: endSchema,
    to: endSchema,
    pattern: z.enum(['in-turn', 'permutation', 'incast', 'all-to-all']).default('in-turn'),
    streams: wholeNumber(1, 100_000).default(1),
    start: nanosSchema.prefault('0s'),
    stop: nanosSchema.optional(),
    rate: rateSchema.optional(),
    requestRate: z.number().positive().max(1e9).optional(),
    barrier: z.boolean().optional(),
    load: z.number().positive().max(1).optional(),
    payload: positiveBytesSchema.optional(),
    arrivals: z.enum(['constant', 'poisson']).optional(),
    request: messageSizeSchema.optional(),
    response: messageSizeSchema.optional(),
    timeout: nanosSchema.optional(),
    congestion: z.enum(['cubic', 'reno', 'dctcp', 'bbr']).optional(),
    rtoMin: nanosSchema.optional(),
    dscp: wholeNumber(0, 63).optional(),
    reverse: z.boolean().optional(),
    sendfile: z.boolean().optional(),
    ecn: z.boolean().optional(),
    noDelay: z.boolean().optional(),
    sendBuffer: positiveBytesSchema.optional(),
    receiveBuffer: positiveBytesSchema.optional(),
  })
  .superRefine((traffic, context) => {
    for (const field of ['payload', 'request', 'response'] as const) {
      const size = traffic[field]
      if (isDistribution(size) && !KINDS_WITH_SIZES.includes(traffic.kind)) {
        addIssue(context, 'not-applicable', `The messages of ${traffic.kind} are all of one size.`, 'Write a size.', [field])
      } else if (DATAGRAM_KINDS.includes(traffic.kind) && Number(size) > MAX_DATAGRAM_PAYLOAD) {
        addIssue(context, 'out-of-range', `A datagram carries at most ${MAX_DATAGRAM_PAYLOAD} bytes.`, undefined, [field])
      }
    }
    const paces = (['rate', 'requestRate', 'load'] as const).filter((field) => traffic[field] !== undefined)
    if (paces.length > 1) {
      addIssue(context, 'not-applicable', `${paces.join(' and ')} both say how much there is to do.`, 'Keep one.', [paces[1]!])
    }
    if (traffic.barrier === true && paces.length > 0) {
      addIssue(context, 'not-applicable', `With a barrier requests wait for answers, not for ${paces[0]}.`, `Leave out ${paces[0]}, or the barrier.`, ['barrier'])
    }
  })
  .transform((traffic): Traffic => ({ ...OPTION_DEFAULTS[traffic.kind], ...traffic }))
