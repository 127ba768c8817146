/**
 * A capture of a run: notes what an engine tells it of packets at the points asked for. What it costs is paid by runs that
 * have one; it changes nothing about the run.
 */

import { matchesFilter, type FilteredHeader } from '#shared/capture/index'
import {
  CAPTURE_COLUMN,
  CAPTURE_COLUMNS,
  CAPTURE_HEADER_BYTES,
  CAPTURE_WAY,
  rowEnds,
  templateOf,
  type CaptureRecords,
  type CaptureTask,
} from '#shared/plan/index'
import { IP_PROTOCOL, IPV4, ipv4HeaderBytes, readUint16, readUint32, UDP, writeUint16 } from '#shared/wire/index'
import type { Engine } from '../engine/engine'
import { headerAt, MAX_HEADER_BYTES, PACKET_FLAG, SACK_BLOCKS } from '../engine/packet-pool'
import type { PacketWatcher } from '../engine/packet-watcher'
import { Journeys } from './journeys'
import { RecordRing } from './record-ring'

const NOWHERE: readonly number[] = []

/** A record that was just made: its ring, and its place and number there. */
interface NewRecord {
  readonly ring: RecordRing
  readonly place: number
  readonly serial: number
}

export class Capture implements PacketWatcher {
  private readonly engine: Engine
  private readonly task: CaptureTask
  private readonly rings: readonly RecordRing[]
  /** Points by port or row. */
  private readonly portsOut: ReadonlyMap<number, readonly number[]>
  private readonly portsIn: ReadonlyMap<number, readonly number[]>
  private readonly rowsOut: ReadonlyMap<number, readonly number[]>
  private readonly rowsIn: ReadonlyMap<number, readonly number[]>
  /** Of the frame that is being sent: should its wire lose it, its records say so. */
  private sending: { packet: number; records: NewRecord[] } = { packet: -1, records: [] }
  private serial = 0
  private readonly journeys: Journeys
  /** The host that each row's packets come from. */
  private readonly senders: Int32Array
  /** Records of packets that are on their way through their sender's host: they learn when passes end. */
  private readonly leaving = new Map<number, readonly NewRecord[]>()

  /** Watches an engine from now on. */
  constructor(engine: Engine, task: CaptureTask) {
    this.engine = engine
    this.task = task
    this.rings = task.points.map(() => new RecordRing(task.recordLimit))
    this.portsOut = pointsBy(task.points.map(({ portsOut }) => portsOut))
    this.portsIn = pointsBy(task.points.map(({ portsIn }) => portsIn))
    this.rowsOut = pointsBy(task.points.map(({ rowsOut }) => rowsOut))
    this.rowsIn = pointsBy(task.points.map(({ rowsIn }) => rowsIn))
    this.journeys = new Journeys(engine.plan.programs)
    this.senders = rowEnds(engine.plan.flows, engine.plan.relays).from
    engine.watch(this)
  }

  /** The records of each point. */
  finish(): CaptureRecords[] {
    return this.rings.map((ring) => ring.finish())
  }

  /** {@link PacketWatcher.started} */
  started(port: number, packet: number, nowNs: number): void {
    this.journeys.started(packet, nowNs)
    this.identify(packet)
    this.sending = { packet, records: this.note(this.portsOut.get(port), packet, CAPTURE_WAY.wireOut, nowNs) }
  }

  /** {@link PacketWatcher.lost} */
  lost(port: number, packet: number, reason: number): void {
    const nowNs = this.engine.nowNs
    const isSending = this.sending.packet === packet
    const records = isSending ? this.sending.records : this.note(this.portsOut.get(port), packet, CAPTURE_WAY.wireOut, nowNs)
    for (const { ring, place } of records) ring.numbers[place * CAPTURE_COLUMNS + CAPTURE_COLUMN.dropped] = reason + 1
    this.sending = { packet: -1, records: [] }
  }

  /** {@link PacketWatcher.arrived} */
  arrived(port: number, packet: number, nowNs: number): void {
    this.sending = { packet: -1, records: [] }
    this.journeys.arrived(packet, nowNs)
    this.note(this.portsIn.get(port), packet, CAPTURE_WAY.wireIn, nowNs)
  }

  /** {@link PacketWatcher.emitted} */
  emitted(packet: number, nowNs: number): void {
    this.journeys.begin(packet, nowNs)
    const records = this.note(this.rowsOut.get(this.engine.pool.rowOf(packet)), packet, CAPTURE_WAY.socketOut, nowNs)
    if (records.length > 0) this.leaving.set(packet, records)
    else this.leaving.delete(packet)
  }

  /** {@link PacketWatcher.passed} */
  passed(packet: number, host: number, costNs: number, nowNs: number): void {
    const { pool } = this.engine
    const isSender = host === this.senders[pool.rowOf(packet)]
    this.journeys.passed(packet, pool.pass[packet], isSender, nowNs - costNs, nowNs)
    if (!isSender || !this.leaving.has(packet)) return
    for (const { ring, place } of this.leavingOf(packet)) this.journeys.write(packet, ring.numbers, place * CAPTURE_COLUMNS + CAPTURE_COLUMN.journey)
  }

  /** {@link PacketWatcher.copied} */
  copied(from: number, to: number): void {
    this.journeys.copy(from, to)
    const records = this.leaving.get(from)
    if (records !== undefined) this.leaving.set(to, records)
  }

  /** {@link PacketWatcher.delivered} */
  delivered(packet: number, nowNs: number): void {
    if ((this.engine.pool.flags[packet] & PACKET_FLAG.icmpError) !== 0) return
    this.note(this.rowsIn.get(this.engine.pool.rowOf(packet)), packet, CAPTURE_WAY.socketIn, nowNs)
  }

  /** Records of a packet on its way through its sender's host; a later record may have taken the place of one. */
  private leavingOf(packet: number): readonly NewRecord[] {
    return (this.leaving.get(packet) ?? []).filter(({ ring, place, serial }) => ring.numbers[place * CAPTURE_COLUMNS + CAPTURE_COLUMN.serial] === serial)
  }

  /** The NIC has written the packet's identification: its records, and those of the train that it was cut from, learn the first. */
  private identify(packet: number): void {
    if (!this.leaving.has(packet)) return
    const { plan, pool } = this.engine
    const row = pool.rowOf(packet)
    const template = templateOf(plan.flows, row)
    const field = plan.templates.innerIp[template] + IPV4.identification
    for (const { ring, place } of this.leavingOf(packet)) {
      const at = place * CAPTURE_HEADER_BYTES + field
      if (readUint16(ring.headers, at) === 0) writeUint16(ring.headers, at, readUint16(pool.header, headerAt(packet) + field))
    }
    this.leaving.delete(packet)
  }

  private note(points: readonly number[] = NOWHERE, packet: number, way: number, nowNs: number): NewRecord[] {
    if (points.length === 0) return []
    const headers = this.headersOf(packet, way)
    const { filter } = this.task
    if (filter !== undefined && !matchesFilter(filter, this.visible(packet, headers))) return []
    return points.map((point) => {
      const ring = this.rings[point]
      const place = ring.add()
      const serial = this.serial++
      this.write(ring, place, packet, way, nowNs)
      ring.numbers[place * CAPTURE_COLUMNS + CAPTURE_COLUMN.serial] = serial
      this.journeys.write(packet, ring.numbers, place * CAPTURE_COLUMNS + CAPTURE_COLUMN.journey)
      ring.headers.set(headers, place * CAPTURE_HEADER_BYTES)
      return { ring, place, serial }
    })
  }

  private write(ring: RecordRing, place: number, packet: number, way: number, nowNs: number): void {
    const { pool } = this.engine
    const at = place * CAPTURE_COLUMNS
    const { numbers } = ring
    numbers[at + CAPTURE_COLUMN.atNs] = nowNs
    numbers[at + CAPTURE_COLUMN.row] = pool.rowOf(packet)
    numbers[at + CAPTURE_COLUMN.way] = way
    numbers[at + CAPTURE_COLUMN.flags] = pool.flags[packet]
    numbers[at + CAPTURE_COLUMN.payloadBytes] = pool.payloadBytes[packet]
    numbers[at + CAPTURE_COLUMN.ipBytes] = pool.ipBytes[packet]
    numbers[at + CAPTURE_COLUMN.segments] = pool.segments[packet]
    numbers[at + CAPTURE_COLUMN.sequence] = pool.sequence[packet]
    numbers[at + CAPTURE_COLUMN.acknowledged] = pool.acknowledged[packet]
    numbers[at + CAPTURE_COLUMN.windowBytes] = pool.windowBytes[packet]
    numbers[at + CAPTURE_COLUMN.createdNs] = pool.createdNs[packet]
    numbers[at + CAPTURE_COLUMN.echoNs] = pool.echoNs[packet]
    numbers[at + CAPTURE_COLUMN.fragmentStart] = pool.fragmentStart[packet]
    numbers[at + CAPTURE_COLUMN.ecn] = pool.ecn[packet]
    numbers[at + CAPTURE_COLUMN.dropped] = 0
    numbers[at + CAPTURE_COLUMN.sackCount] = pool.sackCount[packet]
    numbers.set(pool.sackEdges.subarray(packet, packet + SACK_BLOCKS * 2), at + CAPTURE_COLUMN.sackEdges)
  }

  /** A wire packet's own headers; inside a host those that packets of its row get at the NIC. */
  private headersOf(packet: number, way: number): Uint8Array {
    const { plan, pool } = this.engine
    const flow = pool.flow[packet]
    const isLocal = plan.flows.clientHost[flow] === plan.flows.serverHost[flow]
    if (way === CAPTURE_WAY.socketOut || (way === CAPTURE_WAY.socketIn && isLocal)) return this.engine.headersOf(pool.rowOf(packet))
    return pool.header.subarray(headerAt(packet), headerAt(packet) + MAX_HEADER_BYTES)
  }

  /** The headers that a tap can read: a tunnel's and, unless encrypted, what is inside. */
  private visible(packet: number, bytes: Uint8Array): FilteredHeader[] {
    const { plan, pool } = this.engine
    const { flows, templates } = plan
    const template = templateOf(flows, pool.rowOf(packet))
    const outerIp = templates.outerIp[template]
    const innerIp = templates.innerIp[template]
    const outer = filteredHeader(bytes, outerIp)
    if (innerIp === outerIp || outer.protocol === IP_PROTOCOL.icmp) return [outer]
    const udp = templates.outerUdp[template]
    const isFixed = udp >= 0 && readUint16(templates.bytes, templates.first[template] + udp) !== 0
    return isFixed || outer.protocol === IP_PROTOCOL.esp ? [outer] : [outer, filteredHeader(bytes, innerIp)]
  }
}

function filteredHeader(bytes: Uint8Array, ip: number): FilteredHeader {
  const protocol = bytes[ip + IPV4.protocol]
  const hasPorts = protocol === IP_PROTOCOL.tcp || protocol === IP_PROTOCOL.udp
  const transport = ip + ipv4HeaderBytes(bytes, ip)
  return {
    protocol,
    source: readUint32(bytes, ip + IPV4.source),
    destination: readUint32(bytes, ip + IPV4.destination),
    sourcePort: hasPorts ? readUint16(bytes, transport) : -1,
    destinationPort: hasPorts ? readUint16(bytes, transport + UDP.destinationPort) : -1,
  }
}

/** Turns each point's list around: which points a number is in. */
function pointsBy(lists: readonly (readonly number[])[]): ReadonlyMap<number, readonly number[]> {
  const points = new Map<number, number[]>()
  lists.forEach((list, point) => {
    for (const number of list) points.set(number, [...(points.get(number) ?? []), point])
  })
  return points
}
