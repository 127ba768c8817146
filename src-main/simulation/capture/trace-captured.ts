import type { Trace } from '#shared/contract/trace'
import { DROP_REASONS, type CaptureRecords } from '#shared/plan/index'
import type { Packet } from '#shared/wire/index'

import { THREAD, SAME_CORE, Tracer } from '../trace/index'
import { RECORD_FLAG, recordsOf, type CapturedRecord } from './captured-packet'
import { endsOf, isWhole } from './find-point'
import { FrameMaker } from './frames-of-record'
import type { OpenedVariant } from './open-variant'
import { RowPrograms } from './row-programs'

/**
 * The way of a captured packet, one direction of it: the stages that the engine charged it, with how long it waited in
 * front of them as far as it was seen. Of a train of segments the bytes shown are the first segment's.
 */
export function traceCaptured(opened: OpenedVariant, variant: string, records: CaptureRecords): Trace | { readonly refused: string } {
  const [record] = recordsOf(records)
  if (record === undefined) return { refused: 'The engine has no record of this packet: BGP’s sessions are frames of the control plane, which are not traced.' }
  const row = record.number('row')
  if ((record.number('flags') & UNTRACED) !== 0) return { refused: 'Fragments and ICMP errors that the network made are not traced: they are no socket’s packets.' }
  if (!isWhole(opened.plan, row)) return { refused: 'A node forwards this packet for others: trace it from its sender.' }
  const programs = new RowPrograms(opened)
  const { flows } = opened.plan
  const ends = endsOf(opened.flows[row >> 1]!, row)
  const load = { segments: record.number('segments'), payloadBytes: record.number('payloadBytes') }
  const isRequest = (row & 1) === 0
  const leg = new Tracer(opened).leg({
    direction: isRequest ? 'request' : 'answer',
    trip: programs.tripOf(record, row),
    ends,
    packet: firstSegment(new FrameMaker(opened).packetOf(record, row), flows.mssBytes[row >> 1]!),
    start: isRequest ? THREAD : SAME_CORE,
    drop: programs.keyFailureOf(record, row),
    observed: { kind: programs.kindOf(record, row), load, waitNs: (hop) => programs.waitNs(record, hop) },
  })
  const reason = leg.reason ?? droppedFor(record)
  const common = { schema: 'cnilab/trace/v1', variant, hops: leg.hops } as const
  return reason === undefined ? { ...common, verdict: 'delivered' } : { ...common, verdict: 'dropped', reason }
}

const UNTRACED = RECORD_FLAG.icmpError | RECORD_FLAG.fragment | RECORD_FLAG.outerFragment

function firstSegment(packet: Packet, segmentBytes: number): Packet {
  return packet.map((layer) => (layer.layer === 'payload' ? { ...layer, bytes: layer.bytes.subarray(0, segmentBytes) } : layer))
}

function droppedFor(record: CapturedRecord): string | undefined {
  const dropped = record.number('dropped')
  return dropped > 0 ? DROP_REASONS[dropped - 1] : undefined
}
