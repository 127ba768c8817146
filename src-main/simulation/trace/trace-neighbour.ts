import type { Trace, TraceHop } from '#shared/contract/trace'
import type { StageId } from '#shared/plan/index'
import type { MacAddress, Packet, PacketLayer } from '#shared/wire/index'

import { POD_DEVICE, type Endpoint, type Neighbour } from '../cni/common/index'
import { CALIBRATION, type TripHop } from '../plan/index'
import { HopWriter } from './hop-writer'
import { findEnd, type ReferencePlaces } from './references'
import { SAME_CORE, THREAD, type TracedPlaces } from './tracer'

/** Whose next hop is asked for. */
interface NeighbourRequest {
  readonly variant: string
  readonly from: Endpoint
  readonly to: string
}

const BROADCAST: MacAddress = 0xffffffffffff
const NOBODY: MacAddress = 0

/**
 * The way of a pod's question for the MAC address of its next hop towards an end, and of the answer (RFC 826). Only what
 * carries the frames has a price: no figure is published for the answering itself.
 */
export function traceNeighbour(places: Omit<TracedPlaces, 'plan'> & ReferencePlaces, { variant, from, to: name }: NeighbourRequest): { readonly trace: Trace } | { readonly refused: string } {
  const to = findEnd(name, places)
  if (typeof to === 'string') return { refused: to }
  if (from.kind !== 'pod') return { refused: 'Only pods’ questions for the addresses of their next hops are traced.' }
  const neighbour = places.network.neighbour(from, to)
  if (neighbour === undefined) return { refused: 'The pod’s device has no link layer of its own: nothing asks for a MAC address.' }
  const hops = new QuestionWriter(new HopWriter(places), from, to).hops(neighbour, places.network.podAddress(from.pod)!)
  return { trace: { schema: 'cnilab/trace/v1', variant, verdict: 'delivered', hops } }
}

/** A device on the way of a question or an answer: handed to it, or taken from it. */
interface Place {
  readonly stage: StageId
  readonly device: string
  readonly owner: 'from' | 'to'
}

class QuestionWriter {
  private readonly writer: HopWriter
  private readonly from: Endpoint
  private readonly to: Endpoint

  constructor(writer: HopWriter, from: Endpoint, to: Endpoint) {
    this.writer = writer
    this.from = from
    this.to = to
  }

  hops(neighbour: Neighbour, podAddress: number): TraceHop[] {
    const { device, answers, mac, address, askedFrom, how } = neighbour
    const asked = { senderMac: askedFrom, senderAddress: podAddress, targetMac: NOBODY, targetAddress: address }
    const told = { senderMac: mac, senderAddress: address, targetMac: askedFrom, targetAddress: podAddress }
    const beyond: Place[] = answers === 'node' ? [] : [{ stage: 'veth-transmit', device, owner: 'to' }, { stage: 'backlog', device: POD_DEVICE, owner: 'to' }]
    const there: Place[] = [{ stage: 'veth-transmit', device: POD_DEVICE, owner: 'from' }, { stage: 'backlog', device, owner: 'from' }, ...beyond]
    const back = there.toReversed().map(({ stage, ...place }): Place => ({ ...place, stage: stage === 'backlog' ? 'veth-transmit' : 'backlog' }))
    const question = arp('request', askedFrom, BROADCAST, asked)
    const answer = arp('reply', mac, askedFrom, told)
    return [
      ...there.map((place, index) => this.hop('request', place, question, index === there.length - 1 ? `${how} answers` : undefined)),
      ...back.map((place) => this.hop('answer', place, answer, undefined)),
    ]
  }

  private hop(direction: TraceHop['direction'], { stage, device, owner }: Place, packet: Packet, decidedBy: string | undefined): TraceHop {
    const isOut = stage === 'veth-transmit'
    const cost = CALIBRATION.costs.of(stage)
    const hop: TripHop = {
      side: 'sender', pass: 0, queue: isOut ? undefined : 'backlog', isFirstOfPass: !isOut, stage, kind: undefined, device, cost, reads: [],
      isFirst: false, packet, owner, crossing: { side: 'sender', stop: 0, device, direction: isOut ? 'out' : 'in', owner, packet },
    }
    const place = { host: this.from, from: this.from, to: this.to, before: packet, core: direction === 'request' ? THREAD : SAME_CORE }
    return this.writer.hostHop(direction, hop, { ...place, decidedBy, waitNs: 0, load: undefined, drops: undefined })
  }
}

function arp(operation: 'request' | 'reply', source: MacAddress, destination: MacAddress, ends: Omit<Extract<PacketLayer, { layer: 'arp' }>, 'layer' | 'operation'>): Packet {
  return [{ layer: 'ethernet', source, destination }, { layer: 'arp', operation, ...ends }]
}
