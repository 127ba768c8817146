import type { Finding, Lab, Traffic } from '#shared/lab/index'
import { FLOW_OF_TRAFFIC, HAS_NO_DELAY, TRANSPORT_BYTES } from '#shared/plan/index'
import { IPV4 } from '#shared/wire/index'

import type { DataPlaneChange } from '../agents/index'
import type { CniNetwork, Connection, Endpoint, Trip } from '../cni/common/index'
import type { Verdict } from '../policy/index'
import { pathExists, routersBetween, type Attachment, type Topology } from '../topology/index'
import type { HostDefaults } from './calibration'
import type { ChangingFlows, FlowState, PairLife } from './changing-flows'
import { connectionWays, type ConnectionWays, type WayPlaces } from './connection-ways'
import { demandOf, type Demand } from './demand'
import type { Cut, DirectionBuilder, DirectionRequest } from './direction-builder'
import type { EndPair } from './end-pair'
import type { EntryRow, FlowChange, FlowRow } from './flow-row'
import type { FlowTableBuilder } from './flow-table-builder'
import { verdictOfAnswers, verdictOfConnection } from './flow-verdicts'
import { meanBytes, type MessageSizes } from './message-sizes'
import { segmentRoom, socketBuffers } from './socket-buffers'
import { switchedRow } from './switched-row'
import type { TrafficEnds } from './traffic-ends'
import { longestMerged, longestSent, makesTrains } from './train-lengths'

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
  readonly ways: WayPlaces
  /** What changes for flows in the course of the run, and what nodes know of policies. */
  readonly changes: ChangingFlows
  readonly onFlow?: ((ways: FlowWays) => void) | undefined
  /** The same for the variant that nodes change to during the run; undefined where none does. */
  readonly later?: { readonly context: FlowContext; readonly change: DataPlaneChange } | undefined
}

/** Who is at a flow's ends, and the ways between them. */
export interface FlowWays {
  readonly client: Endpoint
  readonly server: Endpoint
  readonly connection: Connection
  /** What policies say about it; undefined where there are none. */
  readonly verdict: Verdict | undefined
}

/** Adds the flows of one traffic entry to the table; returns what keeps it from running. */
export function buildFlows(context: FlowContext, traffic: Traffic, index: number, table: FlowTableBuilder): Finding | undefined {
  const pairs = context.ends.pairs(traffic, index)
  if (!Array.isArray(pairs)) return pairs
  const demands = demandOf(traffic, pairs, context.topology, writeBytesOf(context, traffic))
  const entry = { traffic, row: entryRow(context, traffic, index) }
  const firstFlows: number[] = []
  for (const [at, pair] of pairs.entries()) {
    const { gapNs, pool, barrier } = demands[at]!
    firstFlows.push(table.count)
    for (const [number, life] of context.changes.lives(traffic, pair, `${traffic.name} ${at}`).entries()) {
      const row = buildFlow(context, entry, life, number === 0 ? { gapNs, pool: firstFlows[pool]!, barrier } : { gapNs, pool: table.count, barrier: 0 })
      if ('code' in row) return row
      const whole = context.later === undefined ? row : withLater(context.later, entry, life, row)
      if ('code' in whole) return whole
      table.add(whole)
    }
  }
  return undefined
}

/** A traffic entry, and what all its flows have in common. */
interface Entry {
  readonly traffic: Traffic
  readonly row: EntryRow
}

function buildFlow(context: FlowContext, { traffic, row: whole }: Entry, life: PairLife, demand: Demand): FlowRow | Finding {
  const { pair } = life
  const entry = entryWithin(whole, life)
  const { traffic: index, transport } = entry
  const ways = connect(context, traffic, index, pair)
  if ('code' in ways) return ways
  const { client, server } = pair
  const { outer, inner = outer } = ways
  const mtu = Math.min(outer.forward.mtuBytes, inner.reverse.mtuBytes)
  const payloadRoom = segmentRoom(mtu - IPV4.length - TRANSPORT_BYTES[transport], traffic, transport)
  const serverPort = context.ends.serverPort(traffic, pair, context.defaults.of('serverPort'))
  const trains = transport === 'tcp' && makesTrains(traffic, payloadRoom)
  const parts = { transport, trains, serverPort }
  const asked = { transport, port: serverPort, hosts: context.topology.hosts.length }
  const [now, ...later] = context.changes.states(life).map((state) => {
    const verdict = verdictOfConnection(state, ways, pair, asked)
    const unknown = context.network.tracking.asksAboutAnswers === undefined ? undefined : verdictOfAnswers(state, pair, asked)
    return { state, verdict, directions: directionsOf(context, pair, ways, { ...parts, verdict, unknown, cut: state.cut, keyless: state.keyless }) }
  })
  const { verdict, directions, state } = now!
  const isCut = later.length > 0 || state.cut !== undefined || ways.drop !== undefined
  const isRefused = [ways.outer.forward, ways.inner?.forward].some((trip) => trip !== undefined && context.network.refusal(trip, client, server) !== undefined)
  if ((verdict?.verdict === 'deny' || isCut || isRefused) && !context.lab.run.hostCosts) return unenforceable(traffic, index)
  context.onFlow?.({ client, server, connection: outer, verdict })
  return {
    entry,
    gapNs: demand.gapNs,
    pool: demand.pool,
    barrier: demand.barrier,
    clientHost: client.host,
    serverHost: server.host,
    clientAddress: outer.clientAddress,
    serverAddress: outer.serverAddress,
    serverPort: ways.askedPort ?? serverPort,
    ...directions,
    mssBytes: payloadRoom,
    gsoSegments: trains ? longestSent(context, pair, payloadRoom) : 1,
    groSegments: trains ? longestMerged(context, pair, payloadRoom) : 1,
    ...(later.length > 0 && { changes: later.map((next, index) => changeOf(next, later[index - 1] ?? now!, transport)) }),
  }
}

/** A flow's row with the programs that it runs when nodes have changed their data plane, or why it cannot change. */
function withLater({ context, change }: NonNullable<FlowContext['later']>, entry: Entry, life: PairLife, row: FlowRow): FlowRow | Finding {
  const after = buildFlow(context, entry, life, row)
  if ('code' in after) return after
  const isAlike = context.directions.haveSameHeaders(row.forward, after.forward) && context.directions.haveSameHeaders(row.reverse, after.reverse)
  const whole = isAlike ? switchedRow(row, after, change) : 'its headers would be others'
  if (typeof whole !== 'string') return whole
  const message = `Traffic ${entry.traffic.name}: nodes change their data plane during the run, and ${whole}, which is not modelled.`
  return { code: 'not-modelled', path: ['spec', 'traffic', entry.row.traffic], message }
}

/** The entry within a part of the run. */
function entryWithin(entry: EntryRow, { fromNs, untilNs }: PairLife): EntryRow {
  if (fromNs <= entry.startNs && entry.stopNs <= untilNs) return entry
  return { ...entry, startNs: Math.max(entry.startNs, fromNs), stopNs: Math.min(entry.stopNs, untilNs) }
}

/** What holds for a flow, with what policies say and the programs that come of it. */
interface BuiltState {
  readonly state: FlowState
  readonly verdict: Verdict | undefined
  readonly directions: Pick<FlowRow, 'forward' | 'reverse' | 'relay'>
}

/**
 * A connection that was denied does not exist: it is asked about again with every packet. So does one of datagrams to a service
 * that is gone, which kube-proxy takes out of connection tracking (pkg/proxy/conntrack, CleanStaleEntries).
 */
function changeOf({ state, directions }: BuiltState, before: BuiltState, transport: FlowParts['transport']): FlowChange {
  const isForgotten = before.verdict?.verdict === 'deny' || (state.cut?.at === 'entry' && transport !== 'tcp')
  const forNewOnly = state.forNewOnly && !isForgotten
  const isAnswered = state.keyless.reverse === before.state.keyless.reverse
  const { forward, reverse, relay } = directions
  return { atNs: state.fromNs, forNewOnly, forward, ...(!isAnswered && { reverse }), there: relay?.forward }
}

/** What both directions of a flow have in common. */
interface FlowParts {
  readonly transport: 'tcp' | 'udp' | 'icmp'
  readonly trains: boolean
  readonly serverPort: number
  readonly verdict: Verdict | undefined
  /** What policies say about answers whose connection is not remembered. */
  readonly unknown: Verdict | undefined
  readonly cut: FlowState['cut']
  readonly keyless: FlowState['keyless']
}

function directionsOf(context: FlowContext, pair: EndPair, ways: ConnectionWays, parts: FlowParts): Pick<FlowRow, 'forward' | 'reverse' | 'relay'> {
  const { cut } = parts
  if (cut?.at !== 'entry') return arrivingDirections(context, pair, ways, { ...parts, cut })
  const { path, end } = cut.stray
  const { transport, trains, serverPort } = parts
  const stray = context.directions.build({
    trip: { ...ways.outer.forward, receive: path },
    from: pair.client,
    to: ways.entry ?? pair.server,
    packets: { transport, trains, opens: true },
    sourcePort: 0,
    destinationPort: ways.askedPort ?? serverPort,
    ...(end === 'back' ? { back: true } : { drop: end.drop }),
  })
  return { ...arrivingDirections(context, pair, ways, { ...parts, cut: undefined }), forward: stray }
}

/** The directions of a flow whose packets nodes know a way for. */
function arrivingDirections(
  { directions, topology, attachment }: FlowContext,
  { client, server }: EndPair,
  { outer, inner, entry, opening, answersDirectly, masqueradedAs, askedPort, drop }: ConnectionWays,
  { transport, trains, serverPort, verdict, unknown, cut, keyless }: Omit<FlowParts, 'cut'> & { readonly cut: Cut | undefined },
): Pick<FlowRow, 'forward' | 'reverse' | 'relay'> {
  const request = (trip: Trip, from: Endpoint, to: Endpoint, port: number): DirectionRequest => {
    const opens = trip === outer.forward || trip === inner?.forward || trip === opening
    const ports = opens ? { sourcePort: 0, destinationPort: port } : { sourcePort: port, destinationPort: 0 }
    return { trip, from, to, packets: { transport, trains, opens }, ...ports }
  }
  const port = askedPort ?? serverPort
  if (inner === undefined || entry === undefined) {
    return {
      forward: directions.build({ ...request(outer.forward, client, server, port), verdict, drop, cut, keyless: keyless.forward }),
      reverse: directions.build({ ...request(outer.reverse, server, client, port), unknown, keyless: keyless.reverse }),
    }
  }
  const routers = (from: Endpoint) => routersBetween(topology, attachment, from.host, entry.host)
  const first = request(outer.forward, client, entry, port)
  const relayed = (trip: Trip) => directions.buildRelayed(first, request(trip, entry, server, serverPort), { routers: routers(client), verdict })
  const [forward, there] = relayed(inner.forward)
  const relay = {
    host: entry.host,
    serverPort,
    forward: there,
    opening: opening && relayed(opening)[1],
    ownPort: masqueradedAs !== undefined,
  }
  if (answersDirectly) {
    const reverse = directions.build(request(outer.reverse, server, client, port))
    return { forward, reverse, relay: { ...relay, reverse, answers: false } }
  }
  const [reverse, back] = directions.buildRelayed(
    request(inner.reverse, server, entry, serverPort),
    request(outer.reverse, entry, client, port),
    { routers: routers(server) },
  )
  return { forward, reverse, relay: { ...relay, reverse: back, answers: true } }
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

function transportOf({ kind }: Traffic): 'tcp' | 'udp' | 'icmp' {
  if (kind === 'icmp') return 'icmp'
  return kind.startsWith('udp') ? 'udp' : 'tcp'
}

/** The ways that the variant gives a pair, or why it has none: no links, or addresses that mean nothing there. */
function connect(context: FlowContext, traffic: Traffic, index: number, pair: EndPair): ConnectionWays | Finding {
  const { topology, attachment } = context
  const { client, server } = pair
  const name = ({ kind, host }: Endpoint) =>
    kind === 'pod' ? `a pod on ${topology.hosts[host]!.name}` : topology.hosts[host]!.name
  const refused = (why: string): Finding => ({
    code: 'no-path',
    path: ['spec', 'traffic', index],
    message: `Traffic ${traffic.name}: ${why}.`,
  })
  if (client.host === server.host && pair.service?.entry === undefined && !context.lab.run.hostCosts) {
    return refused(`${name(client)} and ${name(server)} are one host, where nothing takes time without host costs`)
  }
  if (!pathExists(topology, attachment, client.host, server.host)) {
    return refused(`no links connect ${name(client)} and ${name(server)}`)
  }
  return (
    connectionWays(context.ways, pair, transportOf(traffic)) ??
    refused(`the address of ${name(server)} is known inside the cluster only, and ${name(client)} is outside`)
  )
}

/** What the applications of an entry do, and the sockets' buffers. */
function entryRow(context: FlowContext, traffic: Traffic, index: number): EntryRow {
  const { lab, defaults, sizes } = context
  const transport = transportOf(traffic)
  const isDatagram = transport !== 'tcp'
  return {
    kind: FLOW_OF_TRAFFIC[traffic.kind],
    transport,
    traffic: index,
    startNs: traffic.start,
    stopNs: Math.min(traffic.stop ?? lab.run.duration, lab.run.duration),
    congestion: traffic.congestion ?? 'cubic',
    ecn: traffic.ecn ?? false,
    minRtoNs: traffic.rtoMin ?? defaults.of('tcpRtoMin'),
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
    noDelay: traffic.noDelay ?? HAS_NO_DELAY.has(FLOW_OF_TRAFFIC[traffic.kind]),
    ...socketBuffers(traffic, isDatagram, defaults),
  }
}

/** Bytes of an application's write, or of a datagram. */
function writeBytesOf({ defaults }: FlowContext, traffic: Traffic): number {
  return traffic.payload ?? defaults.of('streamWrite')
}
