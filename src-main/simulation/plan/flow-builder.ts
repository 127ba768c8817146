import { isDistribution, type Finding, type Lab, type Traffic, type Variant } from '#shared/lab/index'
import { IPV4 } from '#shared/wire/index'

import type { CniNetwork, Connection, Endpoint } from '../cni/common/index'
import { verdictOf, type CompiledPolicies, type Verdict } from '../policy/index'
import { rulesTried } from '../services/index'
import { pathExists, type Attachment, type Topology } from '../topology/index'
import type { HostDefaults } from './calibration'
import { demandOf, type Demand } from './demand'
import { offloadsOf, type DirectionBuilder } from './direction-builder'
import type { EndPair } from './end-pair'
import type { EntryRow, FlowRow } from './flow-row'
import type { FlowTableBuilder } from './flow-table-builder'
import { meanBytes, type MessageSizes } from './message-sizes'
import { policyEnd } from './reach'
import { serviceWay, type ServiceSteps } from './service-steps'
import { TRANSPORT_BYTES } from './template-builder'
import type { TrafficEnds } from './traffic-ends'

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
  readonly variant: Variant
  readonly services: ServiceSteps
  /** The lab's policies as the variant enforces them; undefined where there are none. */
  readonly policies: CompiledPolicies | undefined
  readonly onFlow?: ((ways: FlowWays) => void) | undefined
}

/** Who is at a flow's ends, and the ways between them. */
export interface FlowWays {
  readonly client: Endpoint
  readonly server: Endpoint
  readonly connection: Connection
  /** What policies say about it; undefined where there are none. */
  readonly verdict: Verdict | undefined
}

/** ICMP type of an echo request (RFC 792). */
const ECHO_REQUEST = 8
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

/** Adds the flows of one traffic entry to the table; returns what keeps it from running. */
export function buildFlows(context: FlowContext, traffic: Traffic, index: number, table: FlowTableBuilder): Finding | undefined {
  const pairs = context.ends.pairs(traffic, index)
  if (!Array.isArray(pairs)) return pairs
  const demands = demandOf(traffic, pairs, context.topology, writeBytesOf(context, traffic))
  const entry = { traffic, row: entryRow(context, traffic, index) }
  const firstFlow = table.count
  for (const [at, pair] of pairs.entries()) {
    const { gapNs, pool } = demands[at]!
    const row = buildFlow(context, entry, pair, { gapNs, pool: firstFlow + pool })
    if ('code' in row) return row
    table.add(row)
  }
  return undefined
}

/** A traffic entry, and what all its flows have in common. */
interface Entry {
  readonly traffic: Traffic
  readonly row: EntryRow
}

function buildFlow(context: FlowContext, { traffic, row: entry }: Entry, pair: EndPair, demand: Demand): FlowRow | Finding {
  const { traffic: index, transport } = entry
  const direct = connect(context, traffic, index, pair)
  if ('code' in direct) return direct
  const connection = throughService(context, direct, pair, transport)
  const { client, server } = pair
  const mtu = Math.min(connection.forward.mtuBytes, connection.reverse.mtuBytes)
  const payloadRoom = mtu - IPV4.length - TRANSPORT_BYTES[transport]
  const serverPort = context.ends.serverPort(traffic, pair, context.defaults.of('serverPort'))
  const trains = transport === 'tcp' && makesTrains(traffic, payloadRoom)
  const verdict = context.policies && verdictAbout(context.policies, pair, context.topology.hosts.length, transport, serverPort)
  if (verdict?.verdict === 'deny' && !context.lab.run.hostCosts) return unenforceable(traffic, index)
  context.onFlow?.({ client, server, connection, verdict })
  return {
    entry,
    gapNs: demand.gapNs,
    pool: demand.pool,
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
      verdict,
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
    gsoSegments: trains ? sentTrain(context, pair, payloadRoom) : 1,
    groSegments: trains ? receivedTrain(context, pair, payloadRoom) : 1,
  }
}

/** The connection by way of the service that the client asks; headless ones have no address to go by. */
function throughService({ variant, ends, services }: FlowContext, direct: Connection, pair: EndPair, transport: 'tcp' | 'udp' | 'icmp'): Connection {
  const { client, service: asked } = pair
  if (asked?.service.address === undefined) return direct
  const { service, port, backend } = asked
  const rules = rulesTried(variant.settings.kubeProxy.mode, ends.services, service, port, backend)
  return services.through(direct, { address: asked.service.address, way: serviceWay(variant, client.kind, transport), rules })
}

/** Without host costs packets run through no stages, so that nothing on a host could drop them. */
function unenforceable({ name }: Traffic, index: number): Finding {
  return {
    code: 'not-modelled',
    path: ['spec', 'traffic', index],
    message: `Traffic ${name}: a policy denies it, and hosts without costs enforce none.`,
    fix: 'Leave run.hostCosts at true.',
  }
}

/** What policies say about a pair's connection. */
function verdictAbout(policies: CompiledPolicies, pair: EndPair, hosts: number, transport: 'tcp' | 'udp' | 'icmp', port: number): Verdict {
  const pods = policies.cluster.endpoints.length - hosts
  const ends = { from: policyEnd(pair.client, pods), to: policyEnd(pair.server, pods) }
  const flow = transport === 'icmp' ? { protocol: 'ICMP', icmp: { type: ECHO_REQUEST, code: 0 } } : { protocol: transport, port }
  return verdictOf(policies, { ...ends, ...flow })
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

/** What the applications of an entry do, and the sockets' buffers. */
function entryRow(context: FlowContext, traffic: Traffic, index: number): EntryRow {
  const { lab, defaults, sizes } = context
  const transport = transportOf(traffic)
  const isDatagram = transport !== 'tcp'
  return {
    kind: KINDS[traffic.kind],
    transport,
    traffic: index,
    startNs: traffic.start,
    stopNs: Math.min(traffic.stop ?? lab.run.duration, lab.run.duration),
    congestion: traffic.congestion ?? 'cubic',
    ecn: traffic.ecn ?? false,
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
  }
}

/** Bytes of an application's write, or of a datagram. */
function writeBytesOf({ defaults }: FlowContext, traffic: Traffic): number {
  return traffic.payload ?? defaults.of('streamWrite')
}

/** Segments in the longest train that a sender builds. */
function sentTrain({ defaults, network }: FlowContext, pair: EndPair, segmentBytes: number): number {
  const longest = ofPods(network, pair) ?? defaults.of('gsoMaxBytes')
  return segmentsIn(longest - 1 - defaults.of('gsoHeaderReserve'), segmentBytes)
}

/** Segments in the longest train that a receiver merges, where one of both ends does; which, its programs say. */
function receivedTrain({ lab, network }: FlowContext, pair: EndPair, segmentBytes: number): number {
  if (!offloadsOf(lab, pair.client).gro && !offloadsOf(lab, pair.server).gro) return 1
  return segmentsIn((ofPods(network, pair) ?? LONGEST_PACKET) - IPV4.length - TRANSPORT_BYTES.tcp, segmentBytes)
}

/** The longest train that a plugin gives its pods; undefined where it keeps the kernel's, or an end is no pod. */
function ofPods({ largestTrainBytes }: CniNetwork, { client, server }: EndPair): number | undefined {
  return client.kind === 'pod' && server.kind === 'pod' ? largestTrainBytes : undefined
}

function segmentsIn(bytes: number, segmentBytes: number): number {
  return Math.max(1, Math.floor(bytes / segmentBytes))
}
