/** Runs a lab with a capture, without threads. */

import { planCapture } from '#main/simulation/capture/index'
import { frameBytes, parseFilter } from '#shared/capture/index'
import { parseLab } from '#shared/lab/index'
import { ProgressSlab } from '#shared/metrics/index'
import { parsePacket, type Packet } from '#shared/wire/index'
import { runTask } from '#worker/run-task'

import { planOf } from './plan-of'

/** A captured frame: its layers, and whether it left by the interface. */
export interface SeenFrame {
  readonly packet: Packet
  readonly isOut: boolean
}

/** The frames that one interface of a variant sees of what a filter lets through. */
export function captureLab(text: string, variant: string, on: string, filter: string): SeenFrame[] {
  const { lab, problems } = parseLab(text)
  if (lab === undefined) throw new Error(JSON.stringify(problems))
  const parsed = parseFilter(filter)
  if (typeof parsed === 'string') throw new Error(parsed)
  const capture = planCapture(lab, { variant, interfaces: [on], filter: parsed, snapLength: 128 })
  if (!('task' in capture)) throw new Error(JSON.stringify(capture))
  const { captured } = runTask({ plan: planOf(lab, variant), seed: 1, progress: ProgressSlab.create(lab.traffic.length).buffer, capture: capture.task }, () => 0)
  const frames = capture.frames(captured!)
  return Array.from({ length: frames.count }, (_, frame) => ({
    packet: parsePacket(frameBytes(frames, frame), 'ethernet'),
    isOut: frames.isOut[frame] === 1,
  }))
}
