import { planCapture } from '#main/simulation/capture/index'
import { frameBytes, type CapturedFrames } from '#shared/capture/index'
import { ProgressSlab } from '#shared/metrics/index'
import { parsePacket } from '#shared/wire/index'
import { runTask } from '#worker/run-task'
import { beforeAll, describe, expect, it } from 'vitest'

import { makeLab } from '../../../../support/make-lab'
import { planOf } from '../../../../support/plan-of'

const CONGESTION = 3

/** Two senders of DCTCP into one link, whose queue marks early. */
function captured(variant: object): CapturedFrames {
  const discipline = { kind: 'threshold', threshold: '30KB' }
  const lab = makeLab({
    fabric: { switches: [{ name: 'tor' }] },
    nodes: [
      { name: 'node-1', uplinks: [{ switch: 'tor' }] },
      { name: 'node-2', uplinks: [{ switch: 'tor' }] },
      { name: 'node-3', nic: { rate: '1Gbit' }, uplinks: [{ switch: 'tor', rate: '1Gbit', discipline }] },
    ],
    cluster: { workloads: [{ name: 'a', nodes: ['node-1'] }, { name: 'b', nodes: ['node-2'] }, { name: 'server', nodes: ['node-3'] }] },
    variants: [{ name: 'tested', ...variant }],
    traffic: ['a', 'b'].map((name) => ({ name, kind: 'tcp-stream', congestion: 'dctcp', from: { pod: `default/${name}-0` }, to: { pod: 'default/server-0' } })),
    run: { duration: '8ms', warmup: '0ms' },
  })
  const capture = planCapture(lab, { variant: 'tested', interfaces: ['node-3/eth0', 'node-3/eth0 (default/server-0)'], snapLength: 128 })
  if (!('task' in capture)) throw new Error(JSON.stringify(capture))
  const outcome = runTask({ plan: planOf(lab, 'tested'), seed: 1, progress: ProgressSlab.create(2).buffer, capture: capture.task }, () => 0)
  return capture.frames(outcome.captured!)
}

/** ECN of the IPv4 headers of each frame that came by an interface, outermost first. */
function codepoints(frames: CapturedFrames, on: number): number[][] {
  const found: number[][] = []
  for (let frame = 0; frame < frames.count; frame++) {
    if (frames.on[frame] !== on || frames.isOut[frame] === 1) continue
    found.push(parsePacket(frameBytes(frames, frame), 'ethernet').flatMap((layer) => (layer.layer === 'ipv4' ? layer.trafficClass & 3 : [])))
  }
  return found
}

describe.each([
  ['IPIP', { cni: 'calico' }],
  ['VXLAN', { cni: 'cilium' }],
])('a mark on the way through %s', (_, variant) => {
  let frames: CapturedFrames
  beforeAll(() => {
    frames = captured(variant)
  })

  it('is in the outer header on the wire, and in no header inside it', () => {
    const marked = codepoints(frames, 0).filter(([outer]) => outer === CONGESTION)
    expect(marked.length).toBeGreaterThan(10)
    expect(marked.every(([, inner]) => inner === 2)).toBe(true)
  })

  it('is in the packet’s own header where the tunnel has ended', () => {
    const delivered = codepoints(frames, 1)
    expect(delivered.some(([own]) => own === CONGESTION)).toBe(true)
    expect(delivered.every((headers) => headers.length === 1)).toBe(true)
  })
})
