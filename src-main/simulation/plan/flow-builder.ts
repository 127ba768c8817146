import { isDistribution, type Finding, type Lab, type Traffic } from '#shared/lab/index'
import { CONGESTION } from '#shared/plan/index'
import { IPV4 } from '#shared/wire/index'

import type { CniNetwork, Connection, Endpoint } from '../cni/common/index'
import { pathExists, type Attachment, type Topology } from '../topology/index'
import type { HostDefaults } from './calibration'
import { demandOf, type Demand } from './demand'
import { offloadsOf, type DirectionBuilder } from './direction-builder'
import type { FlowRow } from './flow-row'
import { meanBytes, type MessageSizes } from './message-sizes'
import { TRANSPORT_BYTES } from './template-builder'
import type { EndPair, TrafficEnds } from './traffic-ends'

/** What flows are made from. */
export interface FlowContext {
  readonly lab: Lab
  readonly topology: Topology
  readonly attachment: Attachment
  readonly network: CniNetwork
  readonly ends: TrafficEnds
  readonly directions: DirectionBuilder
  readonly sizes: MessageSizes
  readonly defaults: HostDefaults
}

/** IPv4's longest packet, to which GRO merges (GRO_LEGACY_MAX_SIZE less one). */
const LONGEST_PACKET = 65_535

/** The engine's kind of flow for each kind of traffic. */
const KINDS = {
  'tcp-stream': 'tcpStream',
  'udp-stream': 'udpStream',
  'tcp-rr': 'tcpRr',
  'tcp-crr': 'tcpCrr',
  'udp-rr': 'udpRr',
  icmp: 'icmp',
  http: 'http',
} as const satisfies Record<Traffic['kind'], string>

/** The flows of one traffic entry, or what keeps it from running. The first of them will be flow `firstFlow`. */
export function buildFlows(context: FlowContext, traffic: Traffic, index: number, firstFlow: number): FlowRow[] | Finding {
  const pairs = unmodelled(traffic, index) ?? context.ends.pairs(traffic, index)
  if (!Array.isArray(pairs)) return pairs
  const demands = demandOf(traffic, pairs, context.topology, writeBytesOf(context, traffic))
  const shared = application(context, traffic)
  const rows: FlowRow[] = []
  for (const [at, pair] of pairs.entries()) {
    const { gapNs, pool } = demands[at]!
    const row = buildFlow(context, { traffic, index, shared }, pair, { gapNs, pool: firstFlow + pool })
    if ('code' in row) return row
    rows.push(row)
  }
  return rows
}

/** A congestion control that the engine does not have. */
function unmodelled({ name, congestion }: Traffic, index: number): Finding | undefined {
  if (congestion === undefined || congestion in CONGESTION) return undefined
  return {
    code: 'not-modelled',
    path: ['spec', 'traffic', index, 'congestion'],
    message: `Traffic ${name}: congestion ${congestion} is not modelled yet.`,
  }
}

/** A traffic entry, its place in the list, and what all its flows have in common. */
interface Entry {
  readonly traffic: Traffic
  readonly index: number
  readonly shared: ReturnType<typeof application>
}

function buildFlow(context: FlowContext, entry: Entry, pair: EndPair, demand: Demand): FlowRow | Finding {
  const { traffic, index, shared } = entry
  const connection = connect(context, traffic, index, pair)
  if ('code' in connection) return connection
  const { client, server } = pair
  const transport = transportOf(traffic)
  const mtu = Math.min(connection.forward.mtuBytes, connection.reverse.mtuBytes)
  const payloadRoom = mtu - IPV4.length - TRANSPORT_BYTES[transport]
  const tooLong = transport === 'tcp' ? undefined : checkDatagrams(traffic, index, connection, TRANSPORT_BYTES[transport])
  if (tooLong !== undefined) return tooLong
  const serverPort = context.ends.serverPort(traffic, server, context.defaults.of('serverPort'))
  const trains = transport === 'tcp' && makesTrains(traffic, payloadRoom)
  return {
    ...shared,
    ...demand,
    kind: KINDS[traffic.kind],
    transport,
    traffic: index,
    clientHost: client.host,
    serverHost: server.host,
    clientAddress: connection.clientAddress,
    serverAddress: connection.serverAddress,
    serverPort,
    forward: context.directions.build({
      trip: connection.forward,
      from: client,
      to: server,
      packets: { transport, trains, opens: true },
      sourcePort: 0,
      destinationPort: serverPort,
    }),
    reverse: context.directions.build({
      trip: connection.reverse,
      from: server,
      to: client,
      packets: { transport, trains, opens: false },
      sourcePort: serverPort,
      destinationPort: 0,
    }),
    mssBytes: payloadRoom,
    ...trainLengths(context, [client, server], trains, payloadRoom),
  }
}

function transportOf({ kind }: Traffic): 'tcp' | 'udp' | 'icmp' {
  if (kind === 'icmp') return 'icmp'
  return kind.startsWith('udp') ? 'udp' : 'tcp'
}

/** Streams make trains of segments, and so do messages that do not fit one. */
function makesTrains({ kind, request, response }: Traffic, segmentBytes: number): boolean {
  if (kind === 'tcp-stream') return true
  return [request, response].some((size) => isDistribution(size) || (size ?? 0) > segmentBytes)
}

/** The connection that the variant gives a pair, or why it has none: no links, or addresses that mean nothing there. */
function connect(context: FlowContext, traffic: Traffic, index: number, pair: EndPair): Connection | Finding {
  const { topology, attachment, network } = context
  const { client, server } = pair
  const name = ({ kind, host }: Endpoint) =>
    kind === 'pod' ? `a pod on ${topology.hosts[host]!.name}` : topology.hosts[host]!.name
  const refused = (why: string): Finding => ({
    code: 'no-path',
    path: ['spec', 'traffic', index],
    message: `Traffic ${traffic.name}: ${why}.`,
  })
  if (client.host === server.host && !context.lab.run.hostCosts) {
    return refused(`${name(client)} and ${name(server)} are one host, where nothing takes time without host costs`)
  }
  if (!pathExists(topology, attachment, client.host, server.host)) {
    return refused(`no links connect ${name(client)} and ${name(server)}`)
  }
  return (
    network.connection(client, server) ??
    refused(`the address of ${name(server)} is known inside the cluster only, and ${name(client)} is outside`)
  )
}

/** Whether datagrams fit the MTU of their sender's route. */
function checkDatagrams(traffic: Traffic, index: number, { forward, reverse }: Connection, headers: number): Finding | undefined {
  const messages = [
    { field: 'payload', mtu: Math.min(forward.mtuBytes, traffic.kind === 'icmp' ? reverse.mtuBytes : Infinity) },
    { field: 'request', mtu: forward.mtuBytes },
    { field: 'response', mtu: reverse.mtuBytes },
  ] as const
  for (const { field, mtu } of messages) {
    const bytes = meanBytes(traffic[field])
    const most = mtu - IPV4.length - headers
    if (bytes <= most) continue
    return {
      code: 'not-modelled',
      path: ['spec', 'traffic', index, field],
      message:
        `Traffic ${traffic.name}: datagrams of ${bytes} bytes do not fit an MTU of ${mtu}, ` +
        'and fragmentation is not modelled yet.',
      fix: `Use a ${field} of at most ${most}B.`,
    }
  }
  return undefined
}

/** What the application at the client does, and the sockets' buffers. */
function application(context: FlowContext, traffic: Traffic) {
  const { lab, defaults, sizes } = context
  const isDatagram = transportOf(traffic) !== 'tcp'
  return {
    startNs: traffic.start,
    stopNs: Math.min(traffic.stop ?? lab.run.duration, lab.run.duration),
    congestion: (traffic.congestion ?? 'cubic') as keyof typeof CONGESTION,
    dscp: traffic.dscp ?? 0,
    reversed: traffic.reverse ?? false,
    zeroCopy: traffic.sendfile ?? false,
    writeBytes: writeBytesOf(context, traffic),
    requestBytes: Math.round(meanBytes(traffic.request)),
    responseBytes: Math.round(meanBytes(traffic.response)),
    requestSizes: sizes.row(traffic.request),
    responseSizes: sizes.row(traffic.response),
    timeoutNs: traffic.timeout ?? 0,
    arrivals: traffic.arrivals ?? (traffic.kind === 'http' ? 'poisson' : 'constant'),
    sendBufferBytes: defaults.of(isDatagram ? 'udpBuffer' : 'tcpSendBuffer'),
    receiveBufferBytes: defaults.of(isDatagram ? 'udpBuffer' : 'tcpReceiveWindow'),
  } as const
}

/** Bytes of an application's write, or of a datagram. */
function writeBytesOf({ defaults }: FlowContext, traffic: Traffic): number {
  return traffic.payload ?? defaults.of('streamWrite')
}

/** Segments in the longest trains that senders build and receivers merge; whether an end merges is for its programs to say. */
function trainLengths({ lab, defaults, network }: FlowContext, ends: readonly Endpoint[], trains: boolean, segmentBytes: number) {
  const segmentsIn = (bytes: number) => Math.max(1, Math.floor(bytes / segmentBytes))
  const ofPods = ends.every(({ kind }) => kind === 'pod') ? network.largestTrainBytes : undefined
  const longestTrain = ofPods ?? defaults.of('gsoMaxBytes')
  const merges = trains && ends.some((end) => offloadsOf(lab, end).gro)
  return {
    gsoSegments: trains ? segmentsIn(longestTrain - 1 - defaults.of('gsoHeaderReserve')) : 1,
    groSegments: merges ? segmentsIn((ofPods ?? LONGEST_PACKET) - IPV4.length - TRANSPORT_BYTES.tcp) : 1,
  }
}
