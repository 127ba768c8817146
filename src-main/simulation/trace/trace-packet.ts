import type { Trace, TracedProtocol, TraceHop } from '#shared/contract/trace'
import type { Finding, Lab } from '#shared/lab/index'
import { severityOf } from '#shared/lab/problem'
import { DROP_COUNTERS, type DropReason, type RunPlan } from '#shared/plan/index'
import { assemblePacket, type Packet } from '#shared/wire/index'

import { connectVariant } from '../cni/index'
import { DEFAULT_TTL, isEncrypted, type CniNetwork, type Connection, type Endpoint, type Trip } from '../cni/common/index'
import { placePods, type Pod } from '../kubernetes/index'
import { buildRunPlan, CALIBRATION, offloadsOf, PolicySteps, ProgramCompiler, tripHops, variantReach, type PacketKind, type TripHop } from '../plan/index'
import type { Verdict } from '../policy/index'
import { buildTopology, type Topology } from '../topology/index'
import { coresOf } from './hop-cores'
import { HopWriter } from './hop-writer'
import { errorAbout, ICMP_ERROR, type ToldError } from './icmp-errors'
import { policyDecisions, verdictOn } from './policy-decisions'
import { findEnd, type ReferencePlaces } from './references'
import { packetsOf, type PacketShape } from './traced-packets'
import { connectService, findService, type ServedConnection } from './traced-service'
import { underlayPath, type UnderlayPath } from './underlay-path'

/** What is traced. */
export interface TraceRequest extends PacketShape {
  readonly variant: string
  /** `ns/pod`, `node/name`, `external/name` or an address; who answers may also be `service/ns/name`. */
  readonly from: string
  readonly to: string
  readonly protocol: TracedProtocol
  /** Port of the server; the pod's own first of the protocol, or 8080, unless given. */
  readonly port?: number
}

/** A trace, or why there is none. */
export type TraceResult = { readonly trace: Trace } | { readonly findings: readonly Finding[] } | { readonly refused: string }

/** Port of servers that declare none. */
const DEFAULT_PORT = 8080
/** Headers of IPv4 and of UDP, or of an ICMP echo. */
const DATAGRAM_HEADERS = 28
/** The client's port: of those that Linux takes, one that is easy to recognise. */
const CLIENT_PORT = 40_000

/**
 * Walks one packet and its answer: TCP's SYN and SYN-ACK, a datagram each way, or an ICMP echo and its reply. The stages
 * are those of the run plan, with what the packet that opens a connection costs.
 */
export function tracePacket(lab: Lab, request: TraceRequest): TraceResult {
  const variantIndex = lab.variants.findIndex(({ name }) => name === request.variant)
  const variant = lab.variants[variantIndex]
  if (variant === undefined) return { refused: `The lab has no variant ${request.variant}.` }
  const built = buildRunPlan({ ...lab, traffic: [], faults: [] }, request.variant)
  if (!('plan' in built)) return { findings: built.problems.filter(({ code }) => severityOf(code) === 'error') }
  const { topology } = buildTopology(lab)
  const { pods } = placePods(lab)
  const settingsPath = ['spec', 'variants', variantIndex, 'settings']
  const { network } = connectVariant(variant, { topology, nodes: lab.nodes, podCidr: lab.cluster.podCIDR, pods, settingsPath })
  const from = findEnd(request.from, { topology, pods, network })
  if (typeof from === 'string') return { refused: from }
  const service = findService(lab, pods, request.to)
  const served =
    service === undefined
      ? connectDirectly(request, { topology, pods, network }, from)
      : connectService(service, { lab, variant, pods, network }, { ...request, client: from, port: request.port })
  if (typeof served === 'string') return { refused: served }
  const { connection, server: to, askedPort, backendPort: port } = served
  const needed = unmodelledSplit(connection, request)
  if (needed !== undefined) return { refused: needed }
  const reach = variantReach(lab, variant)
  const tracer = new Tracer({ lab, plan: built.plan, topology, pods, network })
  const verdict = 'problems' in reach ? undefined : verdictOn(reach, { from, to, port, protocol: request.protocol })
  return { trace: tracer.trace(request, { from, to, connection, askedPort, port, verdict }) }
}

/** Datagrams that leave in pieces are not traced: a capture of a run shows them. */
function unmodelledSplit({ forward }: Connection, { protocol, payloadBytes = 0, dontFragment = true }: TraceRequest): string | undefined {
  if (protocol === 'tcp' && payloadBytes > 0) return 'The traced TCP packet opens a connection and carries no payload; leave its size out.'
  if (dontFragment || payloadBytes <= forward.mtuBytes - DATAGRAM_HEADERS) return undefined
  return `A packet with ${payloadBytes} bytes leaves in pieces where the MTU is ${forward.mtuBytes}, and a trace follows one packet: capture a run to see the pieces.`
}

function connectDirectly(request: TraceRequest, places: ReferencePlaces, from: Endpoint): ServedConnection | string {
  const server = findEnd(request.to, places)
  if (typeof server === 'string') return server
  const connection = places.network.connection(from, server)
  if (connection === undefined) return `${request.to} is known inside the cluster only, and ${request.from} is outside.`
  const port = request.port ?? portOf(places.pods[server.pod], request.protocol)
  return { connection, server, askedPort: port, backendPort: port }
}

function portOf(pod: Pod | undefined, protocol: TracedProtocol): number {
  return pod?.ports.find((port) => port.protocol.toLowerCase() === protocol)?.port ?? DEFAULT_PORT
}

interface TracedConnection {
  readonly from: Endpoint
  readonly to: Endpoint
  readonly connection: Connection
  /** The port that the client asks for, and the one that the server listens on. */
  readonly askedPort: number
  readonly port: number
  readonly verdict: Verdict | undefined
}

/** One direction of a trace. */
interface Leg {
  readonly hops: readonly TraceHop[]
  readonly reason?: DropReason
  /** What a host tells the sender of a packet that ended there. */
  readonly told?: { readonly by: Endpoint; readonly about: Packet; readonly error: ToldError }
}

/** What is sent along a trip. */
interface Sending {
  readonly direction: TraceHop['direction']
  readonly trip: Trip
  readonly ends: readonly [Endpoint, Endpoint]
  readonly packet: Packet
  readonly verdict?: Verdict | undefined
  /** Which core the sending socket is served by. */
  readonly start: string
}

class Tracer {
  private readonly lab: Lab
  private readonly plan: RunPlan
  private readonly network: CniNetwork
  private readonly writer: HopWriter
  private readonly compiler = new ProgramCompiler(CALIBRATION.costs)

  constructor(parts: { lab: Lab; plan: RunPlan; topology: Topology; pods: readonly Pod[]; network: CniNetwork }) {
    this.lab = parts.lab
    this.plan = parts.plan
    this.network = parts.network
    this.writer = new HopWriter(parts)
  }

  trace(request: TraceRequest, traced: TracedConnection): Trace {
    const { connection, from, to, askedPort, port, verdict } = traced
    const ports = { client: CLIENT_PORT, asked: askedPort, server: port }
    const packets = packetsOf(request.protocol, ports, connection, request)
    const { forward: trip, reverse } = connection
    const there = this.leg({ direction: 'request', trip, ends: [from, to], packet: packets.request, verdict, start: THREAD })
    const common = { schema: 'cnilab/trace/v1', variant: request.variant } as const
    if (there.reason !== undefined) {
      return { ...common, verdict: 'dropped', reason: there.reason, hops: [...there.hops, ...this.errorHops(there, from)] }
    }
    const start = request.protocol === 'udp' ? THREAD : SAME_CORE
    const back = this.leg({ direction: 'answer', trip: reverse, ends: [to, from], packet: packets.answer, start })
    const hops = [...there.hops, ...back.hops]
    return back.reason === undefined
      ? { ...common, verdict: 'delivered', hops }
      : { ...common, verdict: 'dropped', reason: back.reason, hops }
  }

  /** The way of the error that a host sends about a packet. */
  private errorHops({ told }: Leg, to: Endpoint): readonly TraceHop[] {
    const trip = told && this.network.connection(told.by, to)?.forward
    if (trip === undefined) return []
    const packet = errorAbout(told!.about, trip.addresses, told!.error)
    return this.leg({ direction: 'answer', trip, ends: [told!.by, to], packet, start: SAME_CORE }).hops
  }

  private leg({ direction, trip, ends: [from, to], packet, verdict, start }: Sending): Leg {
    if (ipBytesOf(packet) > trip.mtuBytes) return this.tooBigForRoute(direction, trip, [from, to], packet)
    let path: UnderlayPath | undefined
    const { enforced, reason } = enforce(trip, verdict)
    const hops = tripHops(this.compiler, {
      trip: enforced,
      packet,
      packets: kindOf(trip, packet, direction === 'request'),
      offloads: { sender: offloadsOf(this.lab, from), receiver: offloadsOf(this.lab, to) },
      onWire: (frame) => (path = underlayPath(this.plan, from.host, to.host, frame)).arrived,
    })
    const decisions = verdict === undefined ? undefined : policyDecisions(hops, verdict, from, to)
    const cores = coresOf(hops, { sender: from.host, receiver: to.host, hosts: this.plan.hosts, start })
    const written: TraceHop[] = []
    let before = packet
    for (const [index, hop] of hops.entries()) {
      if (hop.side === 'receiver' && path !== undefined) {
        for (const crossed of path.hops) {
          written.push(this.writer.switchHop(direction, crossed, before))
          before = crossed.packet
        }
        if (path.dropped !== undefined) return this.droppedOnWire(direction, written, path, before)
        path = undefined
      }
      const host = hop.side === 'sender' ? from : to
      const place = { host, from, to, before, core: cores[index], waitNs: IDLE_WAIT_NS }
      if (ttlOf(hop.packet) <= 0) {
        const drops = { counter: DROP_COUNTERS['ttl-expired'] }
        // What is shown is the packet as it came: it goes no further.
        written.push(this.writer.hostHop(direction, { ...hop, packet: before, crossing: undefined }, { ...place, decidedBy: TTL_RULE, drops }))
        return { hops: written, reason: 'ttl-expired', ...toldOf(host, hop, before) }
      }
      const drops = reason !== undefined && index === hops.length - 1 ? { counter: DROP_COUNTERS[reason] } : undefined
      written.push(this.writer.hostHop(direction, hop, { ...place, decidedBy: decisions?.get(index), drops }))
      before = hop.packet
    }
    return { hops: written, ...(reason !== undefined && { reason }) }
  }

  /** A socket refuses to send what its route does not carry whole. Requires: the packet must not be split. */
  private tooBigForRoute(direction: TraceHop['direction'], trip: Trip, [from, to]: readonly [Endpoint, Endpoint], packet: Packet): Leg {
    const packets = kindOf(trip, packet, direction === 'request')
    const offloads = { sender: offloadsOf(this.lab, from), receiver: offloadsOf(this.lab, to) }
    const [hop] = tripHops(this.compiler, { trip, packet, packets, offloads, onWire: (frame) => frame })
    const decidedBy = `${ipBytesOf(packet)} bytes do not fit the route’s MTU of ${trip.mtuBytes}, and “don’t fragment” is set: the call fails (EMSGSIZE)`
    const drops = { counter: DROP_COUNTERS['packet-too-big'] }
    const place = { host: from, from, to, before: packet, core: undefined, waitNs: IDLE_WAIT_NS, decidedBy, drops }
    return { hops: [this.writer.hostHop(direction, hop!, place)], reason: 'packet-too-big' }
  }

  private droppedOnWire(direction: TraceHop['direction'], written: TraceHop[], path: UnderlayPath, packet: Packet): Leg {
    const { element, reason } = path.dropped!
    const last = this.writer.dropHop(direction, element, packet, path.dropped!.because ?? reason, DROP_COUNTERS[reason])
    return { hops: [...written, last], reason }
  }
}

/** A trace is of an idle network: nothing waits. */
const IDLE_WAIT_NS = 0
const THREAD = 'its thread’s'
const SAME_CORE = 'the one that took the request'
const TTL_RULE = 'the TTL is 1, and forwarding would make it 0'

/** The kernel tells the sender of a packet whose TTL ran out; programs of Cilium drop it without a word (IPv4). */
function toldOf(by: Endpoint, { stage }: TripHop, about: Packet): Pick<Leg, 'told'> {
  const isSilent = stage.startsWith('bpf-') && stage.endsWith('-container')
  return isSilent ? {} : { told: { by: { ...by, kind: 'node', pod: -1 }, about, error: { ...ICMP_ERROR.timeExceeded, mtu: 0 } } }
}

function ttlOf(packet: Packet): number {
  const ip = packet.find((layer) => layer.layer === 'ipv4')
  return ip?.layer === 'ipv4' ? ip.ttl : DEFAULT_TTL
}

function ipBytesOf(packet: Packet): number {
  return assemblePacket(packet[0]?.layer === 'ethernet' ? packet.slice(1) : packet).length
}

/** The trip with the policies on it, and why it ends early where they deny. */
function enforce(trip: Trip, verdict: Verdict | undefined): { readonly enforced: Trip; readonly reason?: DropReason } {
  if (verdict === undefined) return { enforced: trip }
  const { transmit, receive } = new PolicySteps().enforce(trip, verdict)
  if (typeof transmit.end === 'object')
    return { enforced: { ...trip, transmit: transmit.path, receive: undefined }, reason: transmit.end.drop }
  const enforced = { ...trip, transmit: transmit.path, receive: receive?.path }
  return typeof receive?.end === 'object' ? { enforced, reason: receive.end.drop } : { enforced }
}

function kindOf({ tunnels }: Trip, packet: Packet, opens: boolean): PacketKind {
  const transport = packet[1]?.layer
  if (transport !== 'tcp' && transport !== 'udp' && transport !== 'icmp') throw new Error('A traced packet has a transport')
  return {
    transport,
    payload: transport !== 'tcp',
    trains: false,
    opens,
    encapsulated: tunnels.length > 0,
    encrypted: tunnels.some(isEncrypted),
  }
}
