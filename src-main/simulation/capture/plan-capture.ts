import type { CapturedFrames } from '#shared/capture/index'
import type { Lab } from '#shared/lab/index'
import type { CaptureFilter, CaptureRecords, CaptureTask } from '#shared/plan/index'

import { findPoint, type CapturePlaces, type FoundPoint } from './find-point'
import { framesOf } from './frames-of'
import { openVariant, type CaptureRefusal } from './open-variant'

/** Records that an interface keeps at most, and all together: the latest. A record takes 592 bytes, and its frame up to the snap length. */
const MOST_RECORDS = { ofInterface: 65_536, ofAll: 262_144 } as const

/** What is to be captured. */
export interface CaptureRequest {
  readonly variant: string
  /** NODE/DEVICE, or SWITCH/NEIGHBOUR. */
  readonly interfaces: readonly string[]
  readonly filter?: CaptureFilter
  /** Bytes kept of each frame at most. */
  readonly snapLength: number
}

/** A capture that can begin: what the engine is asked for, and what makes frames of its records. */
export interface PlannedCapture {
  readonly task: CaptureTask
  /** What the records of each interface are in frames, in the order of time. */
  readonly frames: (records: readonly CaptureRecords[]) => CapturedFrames
}

/** Plans a capture of a variant, or says why there is none. */
export function planCapture(lab: Lab, request: CaptureRequest): PlannedCapture | CaptureRefusal {
  const opened = openVariant(lab, request.variant)
  if (!('plan' in opened)) return opened
  const found = findPoints(request.interfaces, opened)
  if (typeof found === 'string') return { refused: found }
  return {
    task: {
      points: found.map(({ point }) => point),
      recordLimit: Math.min(MOST_RECORDS.ofInterface, Math.floor(MOST_RECORDS.ofAll / found.length)),
      ...(request.filter !== undefined && { filter: request.filter }),
    },
    frames: (records) => framesOf(found, records, { ...opened, snapLength: request.snapLength, filter: request.filter }),
  }
}

function findPoints(names: readonly string[], places: CapturePlaces): FoundPoint[] | string {
  const found: FoundPoint[] = []
  for (const name of names) {
    const point = findPoint(name, places)
    if (typeof point === 'string') return point
    found.push(point)
  }
  return found
}
