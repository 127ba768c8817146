import { JOURNEY, JOURNEY_PASSES, TRANSPORT, UNSEEN_NS } from '#shared/plan/index'
import type { Packet } from '#shared/wire/index'

import type { KeyFailure } from '../agents/index'
import { isEncrypted, type Endpoint, type Trip } from '../cni/common/index'
import { CALIBRATION, offloadsOf, PolicySteps, ProgramCompiler, tripHops, tripWithoutKey, type PacketKind, type TripHop } from '../plan/index'
import { RECORD_FLAG, type CapturedRecord } from './captured-packet'
import { endsOf, tripOf } from './find-point'
import type { OpenedVariant } from './open-variant'

/** What is left to do of a hop's pass once the hop is over, in cycles. */
interface RestOfPass {
  readonly side: TripHop['side']
  readonly pass: number
  readonly perPacket: number
  readonly perSegment: number
  readonly perByte: number
}

type Tunnel = Trip['tunnels'][number]

const NANOSECONDS_IN = { began: 0, ended: 1 } as const

/** Knows the programs that the packets of a variant's rows run, and what records tell about when. */
export class RowPrograms {
  private readonly opened: OpenedVariant
  private readonly compiler = new ProgramCompiler(CALIBRATION.costs)
  private readonly policies = new PolicySteps()
  private readonly rests = new Map<string, readonly RestOfPass[]>()

  constructor(opened: OpenedVariant) {
    this.opened = opened
  }

  /** The kind of packet that a record is of. */
  kindOf(record: CapturedRecord, row: number): PacketKind {
    const { flows } = this.opened.plan
    const flags = record.number('flags')
    const trip = tripOf(this.opened.flows[row >> 1]!, row)
    const payload = (flags & RECORD_FLAG.control) === 0
    return {
      transport: TRANSPORT_NAMES[flows.transport[row >> 1]!]!,
      payload,
      trains: payload && flows.gsoSegments[row >> 1]! > 1,
      opens: (row & 1) === 0 && (flags & RECORD_FLAG.first) !== 0,
      encapsulated: trip.tunnels.length > 0,
      encrypted: trip.tunnels.some(isEncrypted),
    }
  }

  /** What the packet of a record lacks a key for; undefined where it lacks none. */
  keyFailureOf(record: CapturedRecord, row: number): KeyFailure | undefined {
    const [from, to] = this.ends(row)
    const isEncrypted = this.opened.keys !== undefined && tripOf(this.opened.flows[row >> 1]!, row).tunnels.some(isEsp)
    return isEncrypted ? this.opened.keys.failureAt(from.host, to.host, record.number('createdNs')) : undefined
  }

  /** The trip of a record's packet with the policies on it, and the key that nodes have at its time. */
  tripOf(record: CapturedRecord, row: number): Trip {
    const trip = this.withKey(this.enforced(row), record, row)
    const failure = this.keyFailureOf(record, row)
    return failure === undefined ? trip : tripWithoutKey(trip, failure)
  }

  /** The same trip whose packets carry the id of the key that they are encrypted with. */
  private withKey(trip: Trip, record: CapturedRecord, row: number): Trip {
    const { keys } = this.opened
    if (keys === undefined) return trip
    const [from, to] = this.ends(row)
    const spi = (): number => keys.idAt(from.host, to.host, record.number('createdNs'))
    return { ...trip, tunnels: trip.tunnels.map((tunnel) => (isEsp(tunnel) ? { ...tunnel, spi: spi() } : tunnel)) }
  }

  private enforced(row: number): Trip {
    const flow = this.opened.flows[row >> 1]!
    const trip = tripOf(flow, row)
    if ((row & 1) === 1 || flow.verdict === undefined) return trip
    const { transmit, receive } = this.policies.enforce(trip, flow.verdict)
    return { ...trip, transmit: transmit.path, receive: receive?.path }
  }

  /** When the packet of a record was on a device, by the number of the crossing on its trip, ns; undefined where nobody saw it. */
  atNs(record: CapturedRecord, row: number, crossing: number, packet: Packet): number | undefined {
    const rest = this.restsOf(record, row, packet)[crossing]
    if (rest === undefined) return undefined
    const endedNs = passTime(record, rest.side, rest.pass, 'ended')
    if (endedNs === UNSEEN_NS) return undefined
    const { perPacket, perSegment, perByte } = rest
    const cycles = perPacket + perSegment * record.number('segments') + perByte * record.number('payloadBytes')
    const ghz = this.opened.lab.nodes[this.ends(row)[rest.side === 'sender' ? 0 : 1].host]?.cpu.ghz
    return ghz === undefined ? undefined : endedNs - cycles / ghz
  }

  /** How long the packet of a record waited in front of a hop, ns; undefined where nobody saw it. */
  waitNs(record: CapturedRecord, { side, pass, isFirstOfPass }: TripHop): number | undefined {
    const began = passTime(record, side, pass, 'began')
    const before = pass > 0 ? passTime(record, side, pass - 1, 'ended') : journeyTime(record, side === 'sender' ? JOURNEY.emitted : JOURNEY.wireEnd)
    if (began === UNSEEN_NS || before === UNSEEN_NS) return undefined
    // What a pass costs has fractions of a nanosecond, which its times have not.
    return isFirstOfPass ? Math.max(0, Math.round(began - before)) : 0
  }

  private ends(row: number): readonly [Endpoint, Endpoint] {
    return endsOf(this.opened.flows[row >> 1]!, row)
  }

  /** What remains of the pass behind each crossing, in order; found once for each kind of packet of a row. */
  private restsOf(record: CapturedRecord, row: number, packet: Packet): readonly RestOfPass[] {
    const packets = this.kindOf(record, row)
    const key = `${row} ${packets.payload} ${packets.opens} ${this.keyFailureOf(record, row) ?? ''}`
    const known = this.rests.get(key)
    if (known !== undefined) return known
    const [from, to] = this.ends(row)
    const offloads = { sender: offloadsOf(this.opened.lab, from), receiver: offloadsOf(this.opened.lab, to) }
    const hops = tripHops(this.compiler, { trip: this.tripOf(record, row), packet, packets, offloads, onWire: (frame) => frame })
    const rests = restsOfPasses(hops).filter((_, hop) => hops[hop]!.crossing !== undefined)
    this.rests.set(key, rests)
    return rests
  }
}

function isEsp(tunnel: Tunnel): tunnel is Extract<Tunnel, { kind: 'esp' }> {
  return tunnel.kind === 'esp'
}

const TRANSPORT_NAMES = Object.fromEntries(Object.entries(TRANSPORT).map(([name, number]) => [number, name])) as Readonly<Record<number, PacketKind['transport']>>

function restsOfPasses(hops: readonly TripHop[]): RestOfPass[] {
  const rests: RestOfPass[] = []
  let sum = { perPacket: 0, perSegment: 0, perByte: 0 }
  for (let at = hops.length - 1; at >= 0; at--) {
    const { side, pass, cost } = hops[at]!
    const next = hops[at + 1]
    if (next?.side !== side || next.pass !== pass) sum = { perPacket: 0, perSegment: 0, perByte: 0 }
    rests[at] = { side, pass, ...sum }
    sum = {
      perPacket: sum.perPacket + cost.firstPerPacket,
      perSegment: sum.perSegment + cost.perSegment,
      perByte: sum.perByte + cost.perByte,
    }
  }
  return rests
}

function passTime(record: CapturedRecord, side: TripHop['side'], pass: number, which: keyof typeof NANOSECONDS_IN): number {
  if (pass >= JOURNEY_PASSES) return UNSEEN_NS
  return journeyTime(record, JOURNEY[side] + 2 * pass + NANOSECONDS_IN[which])
}

function journeyTime(record: CapturedRecord, column: number): number {
  return record.journey[column]!
}
