import type { CapturedFrames } from '#shared/capture/index'
import { DROP_REASONS, type CaptureFilter, type CaptureRecords } from '#shared/plan/index'

import { RECORD_FLAG, recordsOf, type CapturedRecord } from './captured-packet'
import type { FoundPoint } from './find-point'
import { FrameMaker, type CapturedFrame } from './frames-of-record'
import type { OpenedVariant } from './open-variant'
import { sessionFramesOn } from './session-frames-on'

/** What frames are made with. */
export interface FrameParts extends OpenedVariant {
  /** Which of BGP's frames are wanted; the engine has filtered what it recorded. */
  readonly filter: CaptureFilter | undefined
  /** Bytes kept of each frame at most. */
  readonly snapLength: number
}

/** A frame on its way into the columns. */
interface PlacedFrame {
  readonly on: number
  readonly record: number
  readonly serial: number
  readonly atNs: number
  readonly frame: CapturedFrame
  readonly comment: number
}

/** Number of the record of a frame that the engine has none of. */
const NO_RECORD = -1

/** The frames of the records of all interfaces, and those of BGP's sessions on them, in the order of time. */
export function framesOf(found: readonly FoundPoint[], records: readonly CaptureRecords[], parts: FrameParts): CapturedFrames {
  const maker = new FrameMaker(parts)
  const comments = new Map<string, number>()
  const numberOf = (comment: string): number => {
    const known = comments.get(comment) ?? comments.size
    comments.set(comment, known)
    return known
  }
  const ofSessions = sessionFramesOn(found, parts, parts.filter)
  const placed = ofSessions.map(({ on, frame, comment }): PlacedFrame => (
    { on, record: NO_RECORD, serial: NO_RECORD, atNs: frame.atNs, frame: cut(frame, parts.snapLength), comment: numberOf(comment) }
  ))
  const interfaces = found.map((point, on) => {
    const before = placed.length
    for (const [index, record] of recordsOf(records[on]!).entries()) {
      for (const frame of maker.frames(record, point)) {
        const comment = numberOf(commentOf(record, frame, parts))
        placed.push({ on, record: index, serial: record.number('serial'), atNs: frame.atNs, frame: cut(frame, parts.snapLength), comment })
      }
    }
    const { name, description, link, speed } = point
    const { overwritten } = records[on]!
    const sessions = ofSessions.filter((each) => each.on === on).length
    return { name, description, link, ...(speed !== undefined && { speed }), frames: placed.length - before + sessions, overwritten }
  })
  placed.sort((a, b) => a.atNs - b.atNs || a.serial - b.serial)
  return { interfaces, ...columnsOf(placed), comments: [...comments.keys()] }
}

/** The frame with no more bytes than are kept: a copy, so that the rest need not be. */
function cut(frame: CapturedFrame, snapLength: number): CapturedFrame {
  return { ...frame, bytes: frame.bytes.slice(0, snapLength) }
}

function columnsOf(placed: readonly PlacedFrame[]): Omit<CapturedFrames, 'interfaces' | 'comments'> {
  const start = new Int32Array(placed.length + 1)
  placed.forEach(({ frame }, index) => (start[index + 1] = start[index]! + frame.bytes.length))
  const bytes = new Uint8Array(start[placed.length]!)
  placed.forEach(({ frame }, index) => bytes.set(frame.bytes, start[index]))
  return {
    count: placed.length,
    on: Int32Array.from(placed, ({ on }) => on),
    atNs: Float64Array.from(placed, ({ atNs }) => atNs),
    start,
    bytes,
    originalLength: Int32Array.from(placed, ({ frame }) => frame.originalLength),
    comment: Int32Array.from(placed, ({ comment }) => comment),
    record: Int32Array.from(placed, ({ record }) => record),
    isOut: Uint8Array.from(placed, ({ frame }) => Number(frame.direction === 'out')),
  }
}

/** The flow, what became of the packet, and what it is where that does not show. */
function commentOf(record: CapturedRecord, { direction }: CapturedFrame, { flows, plan: { flows: table, labels } }: FrameParts): string {
  const row = record.number('row')
  const traffic = table.traffic[row >> 1]!
  const number = (row >> 1) - table.traffic.indexOf(traffic)
  const flags = record.number('flags')
  const notes = [`flow ${labels.traffic[traffic]!.name} ${number + 1}, ${(row & 1) === 0 ? 'to the server' : 'to the client'}; ${direction === 'out' ? 'sent' : 'received'}`]
  const dropped = record.number('dropped')
  const verdict = (row & 1) === 0 ? flows[row >> 1]?.verdict : undefined
  if (dropped > 0) notes.push(`dropped: ${DROP_REASONS[dropped - 1]!}`)
  else if (verdict?.verdict === 'deny') notes.push('a network policy denies it')
  else notes.push('goes on')
  const segments = record.number('segments')
  if (segments > 1) notes.push(`${segments} segments in one`)
  if ((flags & RECORD_FLAG.retransmission) !== 0) notes.push('sent again')
  return notes.join('; ')
}
