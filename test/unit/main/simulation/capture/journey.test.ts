import { openVariant, planCapture, traceCaptured, type PlannedCapture } from '#main/simulation/capture/index'
import { frameBytes, type CapturedFrames } from '#shared/capture/index'
import type { Trace } from '#shared/contract/trace'
import type { Lab } from '#shared/lab/index'
import { ProgressSlab } from '#shared/metrics/index'
import { CAPTURE_COLUMN, CAPTURE_COLUMNS, CAPTURE_HEADER_BYTES, CAPTURE_WAY, JOURNEY, type CaptureRecords } from '#shared/plan/index'
import { runTask } from '#worker/run-task'
import { beforeAll, describe, expect, it } from 'vitest'

import { datapathLab } from '../../../../support/datapath-lab'
import { planOf } from '../../../../support/plan-of'

const whole = datapathLab({
  traffic: [{ name: 'stream', kind: 'tcp-stream', from: { pod: 'default/client-0' }, to: { pod: 'default/far-0' } }],
})
const lab: Lab = { ...whole, run: { ...whole.run, duration: 500_000 as Lab['run']['duration'], warmup: 0 as Lab['run']['warmup'] } }
const [pod, tunnel, nic, far] = ['node-1/eth0 (default/client-0)', 'node-1/tunl0', 'node-1/eth0', 'node-2/eth0 (default/far-0)'] as const

interface Captured {
  readonly capture: PlannedCapture
  readonly records: readonly CaptureRecords[]
  readonly frames: CapturedFrames
}

function captured(): Captured {
  const opened = openVariant(lab, 'calico-ipip')
  if (!('plan' in opened)) throw new Error(JSON.stringify(opened))
  const cali = opened.network.deviceName('cali', opened.pods[0]!)
  const capture = planCapture(lab, { variant: 'calico-ipip', interfaces: [pod, `node-1/${cali}`, tunnel, nic, far], snapLength: 128 })
  if (!('task' in capture)) throw new Error(JSON.stringify(capture))
  const plan = planOf(lab, 'calico-ipip')
  const outcome = runTask({ plan, seed: 1, progress: ProgressSlab.create(1).buffer, capture: capture.task }, () => 0)
  return { capture, records: outcome.captured!, frames: capture.frames(outcome.captured!) }
}

let run: Captured
beforeAll(() => {
  run = captured()
})

/** Times of frames that leave by an interface, by the bytes of the TCP sequence number: each packet's own. */
function leaving(frames: CapturedFrames, on: number, ipHeaders: number, link: number): Map<string, number> {
  const times = new Map<string, number>()
  for (let frame = 0; frame < frames.count; frame++) {
    if (frames.on[frame] !== on || frames.isOut[frame] === 0) continue
    const tcp = link + ipHeaders * 20
    const bytes = frameBytes(frames, frame)
    if (bytes.length >= tcp + 8) times.set(Buffer.from(bytes.subarray(tcp, tcp + 8)).toString('hex'), frames.atNs[frame]!)
  }
  return times
}

describe('frames inside a host', () => {
  it('come to each device in turn, as late as the work in front of it is done', () => {
    const { frames } = run
    expect(frames.interfaces.map(({ frames: count }) => count > 5)).toEqual([true, true, true, true, true])
    const atPod = leaving(frames, 0, 1, 14)
    const atTunnel = leaving(frames, 2, 1, 0)
    expect(atTunnel.size).toBeGreaterThan(5)
    for (const [packet, at] of atTunnel) expect(at).toBeGreaterThan(atPod.get(packet)!)
  })

  it('are told in the order of time', () => {
    const { atNs, count } = run.frames
    for (let frame = 1; frame < count; frame++) expect(atNs[frame]).toBeGreaterThanOrEqual(atNs[frame - 1]!)
  })
})

/** The last record of an interface that was made in a way. */
function lastOf({ count, numbers, headers }: CaptureRecords, way: number): CaptureRecords {
  const made = Array.from({ length: count }, (_, at) => at).filter((at) => numbers[at * CAPTURE_COLUMNS + CAPTURE_COLUMN.way] === way)
  const at = made.at(-1)!
  const slice = (width: number) => [at * width, (at + 1) * width] as const
  return { count: 1, numbers: numbers.slice(...slice(CAPTURE_COLUMNS)), headers: headers.slice(...slice(CAPTURE_HEADER_BYTES)), overwritten: 0 }
}

function traceOf(records: CaptureRecords): Trace {
  const opened = openVariant(lab, 'calico-ipip')
  if (!('plan' in opened)) throw new Error(JSON.stringify(opened))
  const trace = traceCaptured(opened, 'calico-ipip', records)
  if ('refused' in trace) throw new Error(trace.refused)
  return trace
}

describe('a captured packet, traced', () => {
  it('takes on its receiver what its stages cost and the time it waits, and no more', () => {
    const record = lastOf(run.records[4]!, CAPTURE_WAY.socketIn)
    const { hops, verdict } = traceOf(record)
    expect(verdict).toBe('delivered')
    const arrived = hops.filter(({ node }) => node === 'node-2')
    expect(arrived.every(({ waitNs }) => waitNs !== undefined)).toBe(true)
    const spent = arrived.reduce((sum, { costNs, waitNs }) => sum + costNs + waitNs!, 0)
    const wireEnd = record.numbers[CAPTURE_COLUMN.journey + JOURNEY.wireEnd]!
    // A nanosecond for each pass: its times are whole.
    expect(Math.abs(record.numbers[CAPTURE_COLUMN.atNs]! - wireEnd - spent)).toBeLessThan(8)
    expect(arrived.some(({ waitNs }) => waitNs! > 0)).toBe(true)
  })

  it('shows no waiting where nobody saw it yet', () => {
    const { hops } = traceOf(lastOf(run.records[0]!, CAPTURE_WAY.socketOut))
    expect(hops.find(({ node }) => node === 'node-1')!.waitNs).toBeDefined()
    expect(hops.filter(({ node }) => node === 'node-2').every(({ waitNs }) => waitNs === undefined)).toBe(true)
  })

  it('goes through the stages of an established connection', () => {
    const { hops } = traceOf(lastOf(run.records[4]!, CAPTURE_WAY.socketIn))
    expect(hops.filter(({ reads }) => reads?.some(({ result }) => result === 'nothing: an entry is made'))).toEqual([])
    expect(hops.map(({ stage }) => stage)).toContain('ipip-decapsulate')
  })
})
