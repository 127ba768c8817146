import type { Finding, Lab, Traffic } from '#shared/lab/index'
import { CONGESTION } from '#shared/plan/index'
import { IPV4 } from '#shared/wire/index'

import type { CniNetwork, Connection, Endpoint } from '../cni/common/index'
import { pathExists, type Attachment, type Topology } from '../topology/index'
import type { HostDefaults } from './calibration'
import { offloadsOf, type DirectionBuilder } from './direction-builder'
import type { FlowRow } from './flow-row'
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
  readonly defaults: HostDefaults
}

const BITS_PER_BYTE = 8
const NANOSECONDS_PER_SECOND = 1e9
/** IPv4's longest packet, to which GRO merges (GRO_LEGACY_MAX_SIZE less one). */
const LONGEST_PACKET = 65_535

/** The engine's kind of flow for each kind of traffic that is modelled. */
const KINDS = { 'tcp-stream': 'tcpStream', 'udp-stream': 'udpStream', 'tcp-rr': 'tcpRr' } as const

/** The flows of one traffic entry, or what keeps it from running. */
export function buildFlows(context: FlowContext, traffic: Traffic, index: number): FlowRow[] | Finding {
  const pairs = unmodelled(traffic, index) ?? context.ends.pairs(traffic, index)
  if (!Array.isArray(pairs)) return pairs
  const rows: FlowRow[] = []
  for (const pair of pairs) {
    const row = buildFlow(context, traffic, index, pair)
    if ('code' in row) return row
    rows.push(row)
  }
  return rows
}

/** A field of the entry whose value the engine has no answer for. */
function unmodelled(traffic: Traffic, index: number): Finding | undefined {
  const refused = (field: 'kind' | 'congestion' | 'rate'): Finding => ({
    code: 'not-modelled',
    path: ['spec', 'traffic', index, field],
    message: `Traffic ${traffic.name}: ${field} ${String(traffic[field])} is not modelled yet.`,
  })
  if (!(traffic.kind in KINDS)) return refused('kind')
  if (traffic.congestion !== undefined && !(traffic.congestion in CONGESTION)) return refused('congestion')
  return traffic.kind === 'tcp-rr' && traffic.rate !== undefined ? refused('rate') : undefined
}

function buildFlow(context: FlowContext, traffic: Traffic, index: number, pair: EndPair): FlowRow | Finding {
  const connection = connect(context, traffic, index, pair)
  if ('code' in connection) return connection
  const { client, server } = pair
  const transport = transportOf(traffic)
  const mtu = Math.min(connection.forward.mtuBytes, connection.reverse.mtuBytes)
  const payloadRoom = mtu - IPV4.length - TRANSPORT_BYTES[transport]
  const tooLong = transport === 'udp' ? checkDatagram(traffic, index, connection.forward.mtuBytes) : undefined
  if (tooLong !== undefined) return tooLong
  const serverPort = context.ends.serverPort(traffic, server, context.defaults.of('serverPort'))
  // Requests that fit a segment never make a train; datagrams never do.
  const largest = Math.max(traffic.request ?? 0, traffic.response ?? 0)
  const trains = traffic.kind === 'tcp-stream' || (traffic.kind === 'tcp-rr' && largest > payloadRoom)
  return {
    ...application(context, traffic),
    kind: KINDS[traffic.kind as keyof typeof KINDS],
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
    ...trainLengths(context, traffic.reverse === true ? client : server, trains, payloadRoom),
  }
}

function transportOf(traffic: Traffic): 'tcp' | 'udp' {
  return traffic.kind === 'udp-stream' ? 'udp' : 'tcp'
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
  if (!pathExists(topology, attachment, client.host, server.host)) {
    return refused(`no links connect ${name(client)} and ${name(server)}`)
  }
  return (
    network.connection(client, server) ??
    refused(`the address of ${name(server)} is known inside the cluster only, and ${name(client)} is outside`)
  )
}

/** Whether a datagram fits the MTU of its sender's route. */
function checkDatagram(traffic: Traffic, index: number, mtu: number): Finding | undefined {
  const payload = traffic.payload ?? 0
  const most = mtu - IPV4.length - TRANSPORT_BYTES.udp
  if (payload <= most) return undefined
  return {
    code: 'not-modelled',
    path: ['spec', 'traffic', index, 'payload'],
    message:
      `Traffic ${traffic.name}: datagrams of ${payload} bytes do not fit an MTU of ${mtu}, ` +
      'and fragmentation is not modelled yet.',
    fix: `Use a payload of at most ${most}B.`,
  }
}

/** What the application at the client does, and the sockets' buffers. */
function application({ lab, defaults }: FlowContext, traffic: Traffic) {
  const isUdp = transportOf(traffic) === 'udp'
  const writeBytes = traffic.payload ?? defaults.of('streamWrite')
  return {
    startNs: traffic.start,
    stopNs: Math.min(traffic.stop ?? lab.run.duration, lab.run.duration),
    congestion: (traffic.congestion ?? 'cubic') as keyof typeof CONGESTION,
    reversed: traffic.reverse ?? false,
    zeroCopy: traffic.sendfile ?? false,
    writeBytes,
    requestBytes: traffic.request ?? 0,
    responseBytes: traffic.response ?? 0,
    gapNs: traffic.rate === undefined ? 0 : (writeBytes * BITS_PER_BYTE * NANOSECONDS_PER_SECOND) / traffic.rate,
    arrivals: traffic.arrivals ?? 'constant',
    sendBufferBytes: defaults.of(isUdp ? 'udpBuffer' : 'tcpSendBuffer'),
    receiveBufferBytes: defaults.of(isUdp ? 'udpBuffer' : 'tcpReceiveWindow'),
  } as const
}

/** Segments in the longest trains that senders build and the receiver merges. */
function trainLengths({ lab, defaults }: FlowContext, receiver: Endpoint, trains: boolean, segmentBytes: number) {
  const segmentsIn = (bytes: number) => Math.max(1, Math.floor(bytes / segmentBytes))
  const merges = trains && offloadsOf(lab, receiver).gro
  return {
    gsoSegments: trains ? segmentsIn(defaults.of('gsoMaxBytes') - 1 - defaults.of('gsoHeaderReserve')) : 1,
    groSegments: merges ? segmentsIn(LONGEST_PACKET - IPV4.length - TRANSPORT_BYTES.tcp) : 1,
  }
}
