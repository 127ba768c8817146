import type { Finding, Lab, Offloads, Traffic } from '#shared/lab/index'
import { CONGESTION } from '#shared/plan/index'
import { IPV4 } from '#shared/wire/index'

import type { CniNetwork, Connection, Endpoint, Trip } from '../cni/common/index'
import { pathExists, portsOf, type Attachment, type Topology } from '../topology/index'
import type { Calibration } from './calibration'
import type { FlowDirection, FlowRow } from './flow-row'
import type { PacketKind, ProgramCompiler } from './program-compiler'
import { headerBytes, TRANSPORT_BYTES, type TemplateBuilder } from './template-builder'
import type { EndPair, TrafficEnds } from './traffic-ends'

/** What flows are made from. */
export interface FlowContext {
  readonly lab: Lab
  readonly topology: Topology
  readonly attachment: Attachment
  readonly network: CniNetwork
  readonly ends: TrafficEnds
  readonly programs: ProgramCompiler
  readonly templates: TemplateBuilder
  readonly calibration: Calibration
}

/** A host without a NIC of the lab's has one that does everything. */
const ALL_OFFLOADS: Offloads = { tso: true, gro: true, tunnel: true }
const NO_PROGRAM = -1
const BITS_PER_BYTE = 8
const NANOSECONDS_PER_SECOND = 1e9
/** IPv4's longest packet, to which GRO merges (GRO_LEGACY_MAX_SIZE less one). */
const LONGEST_PACKET = 65_535

/** The flows of one traffic entry, or what keeps it from running. */
export function buildFlows(context: FlowContext, traffic: Traffic, index: number): FlowRow[] | Finding {
  const path = ['spec', 'traffic', index] as const
  const refusal = unmodelled(traffic)
  if (refusal !== undefined) {
    return { code: 'not-modelled', path: [...path, refusal], message: `Traffic ${traffic.name}: ${refusal} ${String(traffic[refusal])} is not modelled yet.` }
  }
  const pairs = context.ends.pairs(traffic, index)
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
function unmodelled(traffic: Traffic): 'kind' | 'congestion' | 'rate' | undefined {
  if (!(traffic.kind in KINDS)) return 'kind'
  if (traffic.congestion !== undefined && !(traffic.congestion in CONGESTION)) return 'congestion'
  return traffic.kind === 'tcp-rr' && traffic.rate !== undefined ? 'rate' : undefined
}

const KINDS = { 'tcp-stream': 'tcpStream', 'udp-stream': 'udpStream', 'tcp-rr': 'tcpRr' } as const

function buildFlow(context: FlowContext, traffic: Traffic, index: number, pair: EndPair): FlowRow | Finding {
  const { client, server } = pair
  const path = ['spec', 'traffic', index]
  const connection = pathExists(context.topology, context.attachment, client.host, server.host)
    ? context.network.connection(client, server)
    : undefined
  if (connection === undefined) {
    return { code: 'no-path', path, message: `Traffic ${traffic.name}: ${describePair(context, pair)} are not connected.` }
  }
  const transport = traffic.kind === 'udp-stream' ? 'udp' : 'tcp'
  const mtu = Math.min(connection.forward.mtuBytes, connection.reverse.mtuBytes)
  const roomBytes = mtu - IPV4.length - TRANSPORT_BYTES[transport]
  const payload = traffic.payload ?? 0
  if (transport === 'udp' && payload > connection.forward.mtuBytes - IPV4.length - TRANSPORT_BYTES.udp) {
    const message = `Traffic ${traffic.name}: datagrams of ${payload} bytes do not fit an MTU of ${connection.forward.mtuBytes}, and fragmentation is not modelled yet.`
    return { code: 'not-modelled', path: [...path, 'payload'], message, fix: `Use a payload of at most ${roomBytes}B.` }
  }
  return {
    ...application(context, traffic),
    kind: KINDS[traffic.kind as keyof typeof KINDS],
    traffic: index,
    clientHost: client.host,
    serverHost: server.host,
    clientAddress: connection.clientAddress,
    serverAddress: connection.serverAddress,
    serverPort: context.ends.serverPort(traffic, server, context.calibration.host.of('serverPort')),
    ...directions(context, traffic, pair, connection, roomBytes),
    mssBytes: roomBytes,
  }
}

/** What the application at the client does, and the sockets' buffers. */
function application({ lab, calibration: { host } }: FlowContext, traffic: Traffic) {
  const isUdp = traffic.kind === 'udp-stream'
  const writeBytes = traffic.payload ?? host.of('streamWrite')
  return {
    startNs: traffic.start,
    stopNs: Math.min(traffic.stop ?? lab.run.duration, lab.run.duration),
    congestion: (traffic.congestion ?? 'cubic') as keyof typeof CONGESTION,
    writeBytes,
    requestBytes: traffic.request ?? 0,
    responseBytes: traffic.response ?? 0,
    gapNs: traffic.rate === undefined ? 0 : (writeBytes * BITS_PER_BYTE * NANOSECONDS_PER_SECOND) / traffic.rate,
    arrivals: traffic.arrivals ?? 'constant',
    sendBufferBytes: host.of(isUdp ? 'udpBuffer' : 'tcpSendBuffer'),
    receiveBufferBytes: host.of(isUdp ? 'udpBuffer' : 'tcpReceiveWindow'),
  } as const
}

function directions(context: FlowContext, traffic: Traffic, pair: EndPair, connection: Connection, roomBytes: number) {
  const { host } = context.calibration
  const { client, server } = pair
  const transport = traffic.kind === 'udp-stream' ? 'udp' : 'tcp'
  const largest = Math.max(traffic.request ?? 0, traffic.response ?? 0)
  // Small requests never make a train; datagrams never do.
  const trains = transport === 'tcp' && (traffic.kind === 'tcp-stream' || largest > roomBytes)
  const port = context.ends.serverPort(traffic, server, host.of('serverPort'))
  const segmentsIn = (bytes: number) => Math.max(1, Math.floor(bytes / roomBytes))
  return {
    forward: direction(context, connection.forward, client, server, { transport, trains, opens: true }, { source: 0, destination: port }),
    reverse: direction(context, connection.reverse, server, client, { transport, trains, opens: false }, { source: port, destination: 0 }),
    gsoSegments: trains ? segmentsIn(host.of('gsoMaxBytes') - 1 - host.of('gsoHeaderReserve')) : 1,
    groSegments: trains && offloadsOf(context.lab, server).gro ? segmentsIn(LONGEST_PACKET - IPV4.length - TRANSPORT_BYTES[transport]) : 1,
  }
}

function direction(
  context: FlowContext,
  trip: Trip,
  from: Endpoint,
  to: Endpoint,
  kind: Pick<PacketKind, 'transport' | 'trains' | 'opens'>,
  ports: { readonly source: number; readonly destination: number },
): FlowDirection {
  const { lab, programs, templates } = context
  const encapsulated = trip.headers.encapsulation !== undefined
  const withPayload: PacketKind = { ...kind, payload: true, encapsulated }
  const withoutPayload: PacketKind = { ...kind, payload: false, trains: false, encapsulated }
  const sends = (packets: PacketKind) =>
    programs.program(trip.transmit, trip.receive === undefined ? 'socket' : 'nic', packets, offloadsOf(lab, from))
  const receives = (packets: PacketKind) =>
    trip.receive === undefined ? NO_PROGRAM : programs.program(trip.receive, 'socket', packets, offloadsOf(lab, to))
  return {
    transmit: sends(withPayload),
    receive: receives(withPayload),
    ackTransmit: sends(withoutPayload),
    ackReceive: receives(withoutPayload),
    template: templates.add({
      headers: trip.headers,
      transport: kind.transport,
      sourcePort: ports.source,
      destinationPort: ports.destination,
      ...firstLink(context.topology, from.host, to.host),
    }),
    headerBytes: headerBytes(trip.headers, kind.transport),
  }
}

/** The elements at the ends of the link that a packet takes first; its receiver is a neighbour or the first uplink's switch. */
function firstLink({ adjacency, switches }: Topology, from: number, to: number): { sender: number; nextHop: number } {
  const sender = switches.length + from
  const peers = Array.from(portsOf(adjacency, sender), (port) => adjacency.peer[port]!)
  const target = switches.length + to
  return { sender, nextHop: peers.includes(target) ? target : (peers[0] ?? target) }
}

function offloadsOf(lab: Lab, { host }: Endpoint): Offloads {
  return lab.nodes[host]?.nic.offloads ?? ALL_OFFLOADS
}

function describePair({ topology }: FlowContext, { client, server }: EndPair): string {
  return `${client.kind} on ${topology.hosts[client.host]!.name} and ${server.kind} on ${topology.hosts[server.host]!.name}`
}
