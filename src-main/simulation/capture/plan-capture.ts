import type { Finding, Lab } from '#shared/lab/index'
import { DROP_REASONS, type CaptureFilter, type CaptureRecords, type CaptureTask, type RunPlan } from '#shared/plan/index'
import { writePcapng, type CapturedPacket } from '#shared/wire/index'

import { connectVariant } from '../cni/index'
import { placePods } from '../kubernetes/index'
import { buildRunPlan, type FlowWays } from '../plan/index'
import { buildTopology } from '../topology/index'
import { RECORD_FLAG, recordsOf, type CapturedRecord } from './captured-packet'
import { findPoint, type FoundPoint } from './find-point'
import { FrameMaker, type CapturedFrame } from './frames-of-record'

/** Records that an interface keeps: the latest. */
export const CAPTURE_RECORD_LIMIT = 65_536

/** What is to be captured. */
export interface CaptureRequest {
  readonly variant: string
  /** NODE/DEVICE, or SWITCH/NEIGHBOUR. */
  readonly interfaces: readonly string[]
  readonly filter?: CaptureFilter
  /** Bytes kept of each frame at most. */
  readonly snapLength: number
}

/** A capture that can begin: what the engine is asked for, and what makes a file of its records. */
export interface PlannedCapture {
  readonly task: CaptureTask
  readonly write: (records: readonly CaptureRecords[]) => CaptureFile
}

/** A capture as a file. */
export interface CaptureFile {
  readonly bytes: Uint8Array
  /** By interface: frames in the file, and packets that were seen before the kept ones and made room for them. */
  readonly interfaces: readonly { readonly name: string; readonly frames: number; readonly overwritten: number }[]
}

/** Plans a capture of a variant, or says why there is none. */
export function planCapture(lab: Lab, request: CaptureRequest): PlannedCapture | { readonly refused: string } | { readonly findings: readonly Finding[] } {
  const variantIndex = lab.variants.findIndex(({ name }) => name === request.variant)
  const variant = lab.variants[variantIndex]
  if (variant === undefined) return { refused: `The lab has no variant ${request.variant}.` }
  const flows: FlowWays[] = []
  const built = buildRunPlan(lab, request.variant, undefined, (ways) => flows.push(ways))
  if (!('plan' in built)) return { findings: built.problems }
  const { topology } = buildTopology(lab)
  const { pods } = placePods(lab)
  const settingsPath = ['spec', 'variants', variantIndex, 'settings']
  const { network } = connectVariant(variant, { topology, nodes: lab.nodes, podCidr: lab.cluster.podCIDR, pods, settingsPath })
  const found: FoundPoint[] = []
  for (const name of request.interfaces) {
    const point = findPoint(name, { plan: built.plan, flows, pods, network })
    if (typeof point === 'string') return { refused: point }
    found.push(point)
  }
  return {
    task: {
      points: found.map(({ point }) => point),
      recordLimit: CAPTURE_RECORD_LIMIT,
      ...(request.filter !== undefined && { filter: request.filter }),
    },
    write: (records) => writeFile(found, records, { plan: built.plan, flows, snapLength: request.snapLength }),
  }
}

interface FileParts {
  readonly plan: RunPlan
  readonly flows: readonly FlowWays[]
  readonly snapLength: number
}

function writeFile(found: readonly FoundPoint[], records: readonly CaptureRecords[], { plan, flows, snapLength }: FileParts): CaptureFile {
  const maker = new FrameMaker(plan, flows)
  const packets: (CapturedPacket & { readonly serial: number })[] = []
  const interfaces = found.map((point, on) => {
    const before = packets.length
    for (const record of recordsOf(records[on]!)) {
      for (const frame of maker.frames(record, point)) {
        packets.push({
          on,
          serial: record.number('serial'),
          atNs: record.number('atNs'),
          // A copy: what is cut off need not be kept.
          bytes: frame.bytes.slice(0, snapLength),
          originalLength: frame.bytes.length,
          comment: commentOf(record, frame, flows, plan),
        })
      }
    }
    return { name: point.name, frames: packets.length - before, overwritten: records[on]!.overwritten }
  })
  packets.sort((a, b) => a.serial - b.serial)
  const described = found.map(({ name, description, link, speed }, on) => ({
    name,
    description: overwrittenNote(description, interfaces[on]!.overwritten),
    link,
    ...(speed !== undefined && { speed }),
  }))
  return { bytes: writePcapng(described, packets), interfaces }
}

function overwrittenNote(description: string, overwritten: number): string {
  return overwritten === 0 ? description : `${description}; ${overwritten} earlier packets made room for these`
}

/** The flow, what became of the packet, and what it is where that does not show. */
function commentOf(record: CapturedRecord, { direction }: CapturedFrame, flows: readonly FlowWays[], { flows: table, labels }: RunPlan): string {
  const row = record.number('row')
  const traffic = table.traffic[row >> 1]!
  const number = (row >> 1) - table.traffic.indexOf(traffic)
  const flags = record.number('flags')
  const notes = [`flow ${labels.traffic[traffic]!.name} ${number + 1}, ${(row & 1) === 0 ? 'to the server' : 'to the client'}; ${direction === 'out' ? 'sent' : 'received'}`]
  const dropped = record.number('dropped')
  const verdict = (row & 1) === 0 ? flows[row >> 1]!.verdict : undefined
  if (dropped > 0) notes.push(`dropped: ${DROP_REASONS[dropped - 1]!}`)
  else if (verdict?.verdict === 'deny') notes.push('a network policy denies it')
  else notes.push('goes on')
  const segments = record.number('segments')
  if (segments > 1) notes.push(`${segments} segments in one`)
  if ((flags & RECORD_FLAG.retransmission) !== 0) notes.push('sent again')
  return notes.join('; ')
}
