import { CAPTURE_WAY, templateOf, type RunPlan } from '#shared/plan/index'
import {
  assemblePacket,
  ETHERNET,
  IPV4,
  parsePacket,
  readUint16,
  type Ipv4Layer,
  type Packet,
} from '#shared/wire/index'

import { crossingsOf, packetOnWire, walkTrip, type Trip } from '../cni/common/index'
import type { FlowWays } from '../plan/index'
import { RECORD_FLAG, socketPacket, type CapturedRecord, type RecordedFlow } from './captured-packet'
import { isWhole, tripOf, type FoundPoint } from './find-point'
import type { OpenedVariant } from './open-variant'
import { RowPrograms } from './row-programs'

/** A frame on an interface. */
export interface CapturedFrame {
  readonly bytes: Uint8Array
  /** Length of the whole, before a snap length cuts it. */
  readonly originalLength: number
  readonly atNs: number
  readonly direction: 'out' | 'in'
}

/** Makes the frames that an interface shows of its records. */
export class FrameMaker {
  private readonly plan: RunPlan
  private readonly flows: readonly FlowWays[]
  private readonly programs: RowPrograms

  constructor(opened: OpenedVariant) {
    this.plan = opened.plan
    this.flows = opened.flows
    this.programs = new RowPrograms(opened)
  }

  /** The frames of a record; of a device inside a host there may be two, where a packet enters and leaves by it. */
  frames(record: CapturedRecord, found: FoundPoint): CapturedFrame[] {
    const row = record.number('row')
    const way = record.number('way')
    if (way === CAPTURE_WAY.wireOut || way === CAPTURE_WAY.wireIn) {
      return [frameOf(this.wireFrame(record), record.number('atNs'), way === CAPTURE_WAY.wireOut ? 'out' : 'in')]
    }
    const packet = this.packetOf(record, row)
    const side = way === CAPTURE_WAY.socketOut ? 'sender' : 'receiver'
    const stops = walkTrip(this.programs.tripOf(record, row), packet, (frame) => acrossWire(record, frame))
    return crossingsOf(stops, packet).flatMap((crossing, number) => {
      if (crossing.side !== side || !found.isOn!(crossing, row)) return []
      const atNs = this.programs.atNs(record, row, number, packet) ?? record.number('atNs')
      return frameOf(assemblePacket(crossing.packet), atNs, crossing.direction)
    })
  }

  /** What the socket of a record's row made. */
  packetOf(record: CapturedRecord, row: number): Packet {
    return socketPacket(record, this.flowOf(row, tripOf(this.flows[row >> 1]!, row)))
  }

  /** The frame of a wire packet: the engine's own headers, and inside them what the sender's socket made. */
  private wireFrame(record: CapturedRecord): Uint8Array {
    const row = record.number('row')
    const flags = record.number('flags')
    if ((flags & (RECORD_FLAG.icmpError | RECORD_FLAG.fragment | RECORD_FLAG.outerFragment)) !== 0) return asKept(record)
    if (!isWhole(this.plan, row)) return assemblePacket(parsePacket(asKept(record), 'ethernet'))
    return assemblePacket(acrossWire(record, packetOnWire(this.programs.tripOf(record, row), this.packetOf(record, row))))
  }

  private flowOf(row: number, trip: Trip): RecordedFlow {
    const { flows, templates } = this.plan
    const flow = row >> 1
    const template = templateOf(flows, row)
    return {
      trip,
      innerIp: templates.innerIp[template]!,
      transport: templates.transport[template]!,
      receiveBufferBytes: flows.receiveBufferBytes[flow]!,
    }
  }
}

function frameOf(bytes: Uint8Array, atNs: number, direction: CapturedFrame['direction']): CapturedFrame {
  return { bytes, originalLength: bytes.length, atNs: Math.round(atNs), direction }
}

/** A packet with what the network changes: its frame, and the outermost IP header's TTL, codepoint and identification. */
function acrossWire({ header }: CapturedRecord, packet: Packet): Packet {
  // Without the type, nothing behind the frame's header is read.
  const [frame] = parsePacket(header.slice(0, ETHERNET.length).fill(0, ETHERNET.type), 'ethernet')
  const outer = packet.findIndex(({ layer }) => layer === 'ipv4')
  const ip = ETHERNET.length
  return packet.map((layer, index) => {
    if (index === 0 && layer.layer === 'ethernet') return frame!
    if (index !== outer) return layer
    const isTunnel = packet.slice(outer + 1).some((inside) => inside.layer === 'ipv4' || inside.layer === 'wireguard' || inside.layer === 'esp')
    return {
      ...(layer as Ipv4Layer),
      ttl: header[ip + IPV4.ttl]!,
      trafficClass: header[ip + IPV4.trafficClass]!,
      ...(isTunnel && { identification: readUint16(header, ip + IPV4.identification) }),
    }
  })
}

/** ICMP errors and fragments: the header bytes that the engine keeps, and zeros to the packet's length. */
function asKept(record: CapturedRecord): Uint8Array {
  const bytes = new Uint8Array(ETHERNET.length + record.number('ipBytes'))
  bytes.set(record.header.subarray(0, Math.min(bytes.length, record.header.length - 2)))
  return bytes
}
