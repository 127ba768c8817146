import type { Trace, TracedProtocol, TransportProtocol } from '#shared/contract/trace'
import { unknownVariantsText, type Fault, type Finding, type Lab } from '#shared/lab/index'
import { severityOf } from '#shared/lab/problem'
import type { RunPlan } from '#shared/plan/index'

import { connectVariant } from '../cni/index'
import type { Connection, Endpoint } from '../cni/common/index'
import { placePods } from '../kubernetes/index'
import { buildRunPlan, directWays, isWithinPod, listeningPort, variantReach, type ConnectionWays } from '../plan/index'
import type { Verdict } from '../policy/index'
import { buildTopology } from '../topology/index'
import { verdictOnWays } from './policy-decisions'
import { findEnd, type ReferencePlaces } from './references'
import { traceNeighbour } from './trace-neighbour'
import { packetsOf, type PacketShape } from './traced-packets'
import { connectService, portsSeen, type ServicePlaces, type TracedWays } from './traced-service'
import { SAME_CORE, THREAD, Tracer, type TracedTrip } from './tracer'

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

/** A request for a packet that goes from end to end. */
interface TransportRequest extends TraceRequest {
  readonly protocol: TransportProtocol
}

/** A trace, or why there is none. */
export type TraceResult = { readonly trace: Trace } | { readonly findings: readonly Finding[] } | { readonly refused: string }

/** Headers of IPv4 and of UDP, or of an ICMP echo. */
const DATAGRAM_HEADERS = 28
/** Faults that a trace looks at: those that say which pods are never there together, and so may have one address. */
const POD_LIVES: readonly Fault['kind'][] = ['pod-add', 'pod-delete', 'pod-evict']
/** The client's port: of those that Linux takes, one that is easy to recognise. */
const CLIENT_PORT = 40_000

/** A variant of a lab in which packets are traced: set up once, however many are. */
export interface OpenedTrace extends ServicePlaces {
  readonly plan: RunPlan
  readonly reach: ReturnType<typeof variantReach>
}

/** Sets a variant up for traces, or says why that can't be done. */
export function openTrace(lab: Lab, name: string): OpenedTrace | Exclude<TraceResult, { readonly trace: Trace }> {
  const variantIndex = lab.variants.findIndex((each) => each.name === name)
  const variant = lab.variants[variantIndex]
  if (variant === undefined) return { refused: unknownVariantsText([name], lab) }
  const built = buildRunPlan({ ...lab, traffic: [], faults: lab.faults.filter(({ kind }) => POD_LIVES.includes(kind)) }, name)
  if (!('plan' in built)) return { findings: built.problems.filter(({ code }) => severityOf(code) === 'error') }
  const { topology } = buildTopology(lab)
  const { pods } = placePods(lab)
  const settingsPath = ['spec', 'variants', variantIndex, 'settings']
  const { network } = connectVariant(variant, { topology, nodes: lab.nodes, podCidr: lab.cluster.podCIDR, pods, settingsPath, manifests: lab.cluster.manifests })
  return { lab, variant, pods, network, topology, plan: built.plan, reach: variantReach(lab, variant) }
}

/**
 * Walks one packet and its answer: TCP's SYN and SYN-ACK, a datagram each way, or an ICMP echo and its reply. The stages
 * are those of the run plan, with what the packet that opens a connection costs.
 */
export function tracePacket(lab: Lab, request: TraceRequest): TraceResult {
  const opened = openTrace(lab, request.variant)
  return 'plan' in opened ? traceIn(opened, request) : opened
}

/** Walks one packet and its answer through a variant that is set up; `request.variant` names it. */
export function traceIn(opened: OpenedTrace, request: TraceRequest): TraceResult {
  const { lab, plan, reach, topology, pods, network } = opened
  const from = findEnd(request.from, opened)
  if (typeof from === 'string') return { refused: from }
  const { protocol } = request
  if (protocol === 'arp') return traceNeighbour(opened, { ...request, from })
  const asked = { client: from, to: request.to, protocol, port: request.port, clientPort: CLIENT_PORT }
  const traced = connectService(opened, asked) ?? connectDirectly({ ...request, protocol }, opened, from)
  if (typeof traced === 'string') return { refused: traced }
  const { ways, server: to, serverPort: port } = traced
  const needed = unmodelledSplit(ways.outer, { ...request, protocol })
  if (needed !== undefined) return { refused: needed }
  const tracer = new Tracer({ lab, plan, topology, pods, network })
  const staysInside = traced.decision === undefined && isWithinPod({ client: from, server: to })
  const verdict = 'problems' in reach || staysInside ? undefined : verdictOnWays(reach, ways, { from, to, port, protocol })
  return { trace: walkThereAndBack(tracer, { ...request, protocol }, { ...traced, from, verdict }) }
}

/** Datagrams that leave in pieces are not traced: a capture of a run shows them. */
function unmodelledSplit({ forward }: Connection, { protocol, payloadBytes = 0, dontFragment = true }: TransportRequest): string | undefined {
  if (protocol === 'tcp' && payloadBytes > 0) return 'The traced TCP packet opens a connection and carries no payload; leave its size out.'
  if (dontFragment || payloadBytes <= forward.mtuBytes - DATAGRAM_HEADERS) return undefined
  return `A packet with ${payloadBytes} bytes leaves in pieces where the MTU is ${forward.mtuBytes}, and a trace follows one packet: capture a run to see the pieces.`
}

function connectDirectly(request: TransportRequest, places: ReferencePlaces, from: Endpoint): TracedWays | string {
  const server = findEnd(request.to, places)
  if (typeof server === 'string') return server
  const outer = places.network.connection(from, server)
  if (outer === undefined) return `${request.to} is known inside the cluster only, and ${request.from} is outside.`
  const port = request.port ?? listeningPort(places.pods[server.pod]?.ports ?? [], request.protocol.toUpperCase())
  return { ways: directWays(outer, from, server), server, askedPort: port, serverPort: port, decision: undefined }
}

interface TracedConnection extends TracedWays {
  readonly from: Endpoint
  readonly verdict: Verdict | undefined
}

/** The trips there and back, each between two hosts. */
function tripsOf({ outer, inner, opening, answersDirectly, entry }: ConnectionWays, from: Endpoint, to: Endpoint): { there: TracedTrip[]; back: TracedTrip[] } {
  if (inner === undefined || entry === undefined) {
    return { there: [{ trip: outer.forward, ends: [from, to] }], back: [{ trip: outer.reverse, ends: [to, from] }] }
  }
  return {
    there: [{ trip: outer.forward, ends: [from, entry] }, { trip: opening ?? inner.forward, ends: [entry, to] }],
    back: answersDirectly
      ? [{ trip: outer.reverse, ends: [to, from] }]
      : [{ trip: inner.reverse, ends: [to, entry] }, { trip: outer.reverse, ends: [entry, from] }],
  }
}

/** The packet's way to the server and, where it arrives, its answer's way back. */
function walkThereAndBack(tracer: Tracer, request: TransportRequest, traced: TracedConnection): Trace {
  const { from, server: to, askedPort, serverPort, verdict, decision } = traced
  const { ways, clientPort: seen } = portsSeen(traced.ways, CLIENT_PORT)
  const ports = { client: CLIENT_PORT, asked: askedPort, server: serverPort, seen }
  const { there: trips, back: tripsBack } = tripsOf(ways, from, to)
  const packets = packetsOf(request.protocol, ports, { request: ways.outer.forward, answer: tripsBack[0]!.trip }, request)
  const drop = ways.drop === undefined ? {} : { drop: ways.drop }
  const there = tracer.way(trips, { direction: 'request', packet: packets.request, verdict, start: THREAD, service: decision, ...drop })
  const common = { schema: 'cnilab/trace/v1', variant: request.variant } as const
  if (there.reason !== undefined) {
    return { ...common, verdict: 'dropped', reason: there.reason, hops: [...there.hops, ...tracer.errorHops(there, from)] }
  }
  const start = request.protocol === 'udp' ? THREAD : SAME_CORE
  const back = tracer.way(tripsBack, { direction: 'answer', packet: packets.answer, start })
  const hops = [...there.hops, ...back.hops]
  return back.reason === undefined
    ? { ...common, verdict: 'delivered', hops }
    : { ...common, verdict: 'dropped', reason: back.reason, hops }
}
