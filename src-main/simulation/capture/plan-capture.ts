import type { CapturedFrames } from '#shared/capture/index'
import type { Finding, Lab } from '#shared/lab/index'
import type { CaptureFilter, CaptureRecords, CaptureTask } from '#shared/plan/index'

import { connectVariant } from '../cni/index'
import { placePods } from '../kubernetes/index'
import { buildRunPlan, type FlowWays } from '../plan/index'
import { buildTopology } from '../topology/index'
import { findPoint, type FoundPoint } from './find-point'
import { framesOf } from './frames-of'

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

/** A capture that can begin: what the engine is asked for, and what makes frames of its records. */
export interface PlannedCapture {
  readonly task: CaptureTask
  /** What the records of each interface are in frames, in the order of time. */
  readonly frames: (records: readonly CaptureRecords[]) => CapturedFrames
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
    frames: (records) => framesOf(found, records, { plan: built.plan, flows, snapLength: request.snapLength }),
  }
}
