import type { TraceHop } from '#shared/contract/trace'
import type { Lab } from '#shared/lab/index'
import { DROP_COUNTERS, dropCounter, type DropReason, type RunPlan } from '#shared/plan/index'
import { assemblePacket, ICMP_MESSAGE, type Packet } from '#shared/wire/index'

import { DEFAULT_TTL, isEncrypted, type CniNetwork, type Endpoint, type Trip } from '../cni/common/index'
import type { Pod } from '../kubernetes/index'
import { CALIBRATION, NOT_ASKED, offloadsOf, onlyLeaving, PolicySteps, ProgramCompiler, tripHops, type PacketKind, type TripHop } from '../plan/index'
import type { Verdict } from '../policy/index'
import type { Topology } from '../topology/index'
import { coresOf } from './hop-cores'
import { HopWriter, type HopLoad } from './hop-writer'
import { errorAbout, type ToldError } from './icmp-errors'
import { policyDecisions } from './policy-decisions'
import { underlayPath, type UnderlayPath } from './underlay-path'

/** One direction of a trace. */
export interface Leg {
  readonly hops: readonly TraceHop[]
  readonly reason?: DropReason
  /** What a host tells the sender of a packet that ended there; `to`: who sent it, where that is a tunnel's node. */
  readonly told?: { readonly by: Endpoint; readonly to?: Endpoint; readonly about: Packet; readonly error: ToldError }
}

/** A trip between two hosts. */
export interface TracedTrip {
  readonly trip: Trip
  readonly ends: readonly [Endpoint, Endpoint]
}

/** What is sent along a trip. */
export interface Sending extends TracedTrip, SentPacket {}

/** A packet, and what is known about it. */
interface SentPacket {
  readonly direction: TraceHop['direction']
  readonly packet: Packet
  readonly verdict?: Verdict | undefined
  /** Which core the sending socket is served by. */
  readonly start: string
  /** What a service decides about it, in words, and why it ends where that says so. */
  readonly service?: string | undefined
  readonly drop?: DropReason | undefined
  /** Whether a node forwards it: it is no socket's that refuses what its route does not carry. */
  readonly isForwarded?: boolean
  /** What is known of a packet of a run; otherwise it is the first one of a connection in an idle network. */
  readonly observed?: ObservedPacket
}

/** A packet of a run. */
export interface ObservedPacket {
  readonly kind: PacketKind
  readonly load: HopLoad
  /** How long it waits in front of a hop, ns; undefined where nobody saw it. */
  readonly waitNs: (hop: TripHop) => number | undefined
}

/** What a tracer is made with. */
export interface TracedPlaces {
  readonly lab: Lab
  readonly plan: RunPlan
  readonly topology: Topology
  readonly pods: readonly Pod[]
  readonly network: CniNetwork
}

/** Walks packets along trips, stage by stage and switch by switch. */
export class Tracer {
  private readonly lab: Lab
  private readonly plan: RunPlan
  private readonly network: CniNetwork
  private readonly writer: HopWriter
  private readonly compiler = new ProgramCompiler(CALIBRATION.costs)

  constructor(parts: TracedPlaces) {
    this.lab = parts.lab
    this.plan = parts.plan
    this.network = parts.network
    this.writer = new HopWriter(parts)
  }

  /** The way of the error that a host sends about a packet. */
  errorHops({ told }: Leg, sender: Endpoint): readonly TraceHop[] {
    const to = told?.to ?? sender
    const trip = told && this.network.connection(told.by, to)?.forward
    if (trip === undefined) return []
    const packet = errorAbout(told!.about, trip.addresses, told!.error)
    return this.leg({ direction: 'answer', trip, ends: [told!.by, to], packet, start: SAME_CORE }).hops
  }

  /** The hops of one direction by way of nodes that forward: what arrives at the end of a trip begins the next. */
  way(trips: readonly TracedTrip[], sent: SentPacket): Leg {
    const hops: TraceHop[] = []
    let { packet, service } = sent
    for (const [index, trip] of trips.entries()) {
      const isFirst = index === 0
      const isLast = index === trips.length - 1
      const { arrived, ...leg } = this.leg({
        ...sent,
        ...trip,
        packet,
        verdict: sent.verdict && verdictOnPart(sent.verdict, isFirst, isLast),
        isForwarded: !isFirst,
        service,
        ...(!isFirst && { start: SAME_PACKET }),
      })
      hops.push(...leg.hops)
      if (leg.reason !== undefined || isLast) return { ...leg, hops }
      packet = arrived
      if (hops.some(({ stage }) => SERVING.has(stage))) service = undefined
    }
    return { hops }
  }

  /** The hops of one trip, to where the packet arrives or ends. */
  leg({ direction, trip: given, ends: [from, to], packet, verdict, start, service, drop, isForwarded, observed }: Sending): Leg & { readonly arrived: Packet } {
    const trip = this.network.onInterfaces(given, from, to)
    if (observed === undefined && isForwarded !== true && ipBytesOf(packet) > trip.mtuBytes) return { ...this.tooBigForRoute(direction, trip, [from, to], packet), arrived: packet }
    let path: UnderlayPath | undefined
    const refusal = this.network.refusal(trip, from, to)
    const arriving = refusal === undefined ? trip : { ...trip, receive: refusal.receive }
    const { enforced, reason = refusal?.reason ?? drop } = enforce(arriving, refusal === undefined ? verdict : verdict && onlyLeaving(verdict))
    const hops = tripHops(this.compiler, {
      trip: enforced,
      packet,
      packets: observed?.kind ?? kindOf(trip, packet, direction === 'request'),
      offloads: { sender: offloadsOf(this.lab, from), receiver: offloadsOf(this.lab, to) },
      onWire: (frame) => (path = underlayPath(this.plan, from.host, to.host, frame)).arrived,
    })
    const decisions = withService(verdict === undefined ? undefined : policyDecisions(hops, verdict, from, to), hops, service)
    const isRefused = refusal !== undefined && enforced.receive === refusal.receive
    if (isRefused) decisions.set(hops.length - 1, refusal.decidedBy)
    const cores = coresOf(hops, { sender: from.host, receiver: to.host, hosts: this.plan.hosts, start })
    const written: TraceHop[] = []
    let before = packet
    for (const [index, hop] of hops.entries()) {
      if (hop.side === 'receiver' && path !== undefined) {
        for (const crossed of path.hops) {
          written.push(this.writer.switchHop(direction, crossed, before))
          before = crossed.packet
        }
        if (path.dropped !== undefined) return { ...this.droppedOnWire(direction, written, path, before), arrived: before }
        path = undefined
      }
      const host = hop.side === 'sender' ? from : to
      const waitNs = observed === undefined ? IDLE_WAIT_NS : observed.waitNs(hop)
      const place = { host, from, to, before, core: cores[index], waitNs, load: observed?.load }
      if (ttlOf(hop.packet) <= 0) {
        const drops = { counter: DROP_COUNTERS['ttl-expired'] }
        // What is shown is the packet as it came: it goes no further.
        written.push(this.writer.hostHop(direction, { ...hop, packet: before, crossing: undefined }, { ...place, decidedBy: TTL_RULE, drops }))
        return { hops: written, reason: 'ttl-expired', arrived: before, ...toldOf(host, hop, before) }
      }
      const drops = reason !== undefined && index === hops.length - 1 ? { counter: dropCounter(reason, this.plan.labels.dataPlane) } : undefined
      // A host that refuses a packet has done nothing to it yet.
      const shown = isRefused && drops !== undefined ? { ...hop, packet: before, crossing: undefined } : hop
      written.push(this.writer.hostHop(direction, shown, { ...place, decidedBy: decisions.get(index), drops }))
      before = shown.packet
    }
    return { hops: written, arrived: before, ...(reason !== undefined && { reason }), ...(isRefused && refusal.tellsSender === true && toldUnreachable(to, from, before)) }
  }

  /** A socket refuses to send what its route does not carry whole. Requires: the packet must not be split. */
  private tooBigForRoute(direction: TraceHop['direction'], trip: Trip, [from, to]: readonly [Endpoint, Endpoint], packet: Packet): Leg {
    const packets = kindOf(trip, packet, direction === 'request')
    const offloads = { sender: offloadsOf(this.lab, from), receiver: offloadsOf(this.lab, to) }
    const [hop] = tripHops(this.compiler, { trip, packet, packets, offloads, onWire: (frame) => frame })
    const decidedBy = `${ipBytesOf(packet)} bytes do not fit the route’s MTU of ${trip.mtuBytes}, and “don’t fragment” is set: the call fails (EMSGSIZE)`
    const drops = { counter: DROP_COUNTERS['packet-too-big'] }
    const place = { host: from, from, to, before: packet, core: undefined, waitNs: IDLE_WAIT_NS, load: undefined, decidedBy, drops }
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
/** Which core serves a sending socket: that of its thread, or that of what it answers. */
export const THREAD = 'its thread’s'
export const SAME_CORE = 'the one that took the request'
const SAME_PACKET = 'the one that took the packet'
const TTL_RULE = 'the TTL is 1, and forwarding would make it 0'

/** What policies say on a part of a way: what leaves a pod is asked about on the first, what enters one on the last. */
function verdictOnPart({ egress, ingress }: Verdict, isFirst: boolean, isLast: boolean): Verdict {
  const here = { egress: isFirst ? egress : NOT_ASKED, ingress: isLast ? ingress : NOT_ASKED }
  const denies = here.egress.verdict === 'deny' || here.ingress.verdict === 'deny'
  return { verdict: denies ? 'deny' : 'allow', ...here }
}

/** Stages that find a service's backend. */
const SERVING: ReadonlySet<string> = new Set(['nf-service', 'bpf-service', 'bpf-connect'])

/** The decisions, with the service's at the stage that makes it. */
function withService(decisions: ReadonlyMap<number, string> | undefined, hops: readonly TripHop[], service: string | undefined): Map<number, string> {
  const all = new Map(decisions)
  const place = hops.findIndex(({ stage }) => SERVING.has(stage))
  if (service !== undefined && place >= 0) all.set(place, service)
  return all
}

/** The kernel tells the sender of a packet whose TTL ran out; programs of Cilium drop it without a word (IPv4). */
function toldOf(by: Endpoint, { stage }: TripHop, about: Packet): Pick<Leg, 'told'> {
  const isSilent = stage.startsWith('bpf-') && stage.endsWith('-container')
  return isSilent ? {} : { told: { by: nodeOf(by), about, error: { ...ICMP_MESSAGE.timeExceeded, mtu: 0 } } }
}

/** A node without a socket for a tunnel's port says so to the node at the tunnel's other end (net/ipv4/udp.c, __udp4_lib_rcv). */
function toldUnreachable(by: Endpoint, to: Endpoint, about: Packet): Pick<Leg, 'told'> {
  return { told: { by: nodeOf(by), to: nodeOf(to), about, error: { ...ICMP_MESSAGE.portUnreachable, mtu: 0 } } }
}

function nodeOf(end: Endpoint): Endpoint {
  return { ...end, kind: 'node', pod: -1 }
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
  const transport = packet.find(({ layer }) => layer === 'tcp' || layer === 'udp' || layer === 'icmp')?.layer
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
