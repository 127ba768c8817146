import { describe, expect, it } from 'vitest'

import { planCapture } from '#main/simulation/capture/index'
import { frameBytes, parseFilter, type CapturedFrames } from '#shared/capture/index'
import { ProgressSlab } from '#shared/metrics/index'
import { parsePacket } from '#shared/wire/index'
import { runTask } from '#worker/run-task'

import { makeLab } from '../../../../support/make-lab'
import { planOf } from '../../../../support/plan-of'

/** Two nodes in racks of their own; what happens to them. */
function captured(faults: object[], interfaces: string[], { filter, cni = 'calico' }: { filter?: string; cni?: string } = {}): CapturedFrames {
  const lab = makeLab({
    fabric: { switches: [{ name: 'tor-a' }, { name: 'tor-b' }], links: [{ ends: ['tor-a', 'tor-b'], delay: '1us' }] },
    nodes: [{ name: 'node-1', uplinks: [{ switch: 'tor-a' }] }, { name: 'node-2', uplinks: [{ switch: 'tor-b' }] }],
    cluster: { workloads: [{ name: 'client', nodes: ['node-1'] }, { name: 'server', nodes: ['node-2'] }] },
    variants: [{ name: 'tested', cni }],
    traffic: [{ name: 'data', kind: 'udp-stream', from: { pod: 'default/client-0' }, to: { pod: 'default/server-0' }, rate: '80kbit', payload: '100B' }],
    faults,
    run: { duration: '5s', warmup: '0ms' },
  })
  const wanted = filter === undefined ? undefined : parseFilter(filter)
  if (typeof wanted === 'string') throw new Error(wanted)
  const capture = planCapture(lab, { variant: 'tested', interfaces, snapLength: 65_535, ...(wanted && { filter: wanted }) })
  if (!('task' in capture)) throw new Error(JSON.stringify(capture))
  const outcome = runTask({ plan: planOf(lab, 'tested'), seed: 1, progress: ProgressSlab.create(1).buffer, capture: capture.task }, () => 0)
  return capture.frames(outcome.captured!)
}

/** The TCP frames of an interface: what they say, and where they go. */
function sessionOn(frames: CapturedFrames, on: number) {
  return Array.from({ length: frames.count }, (_, frame) => frame).flatMap((frame) => {
    if (frames.on[frame] !== on) return []
    const packet = parsePacket(frameBytes(frames, frame), 'ethernet')
    const [ip, tcp, payload] = ['ipv4', 'tcp', 'payload'].map((kind) => packet.find(({ layer }) => layer === kind))
    if (ip?.layer !== 'ipv4' || tcp?.layer !== 'tcp') return []
    return [{ isOut: frames.isOut[frame] === 1, atNs: frames.atNs[frame]!, source: ip.source, ttl: ip.ttl, tcp, bytes: payload?.layer === 'payload' ? payload.bytes : new Uint8Array() }]
  })
}

/** Types of BGP's messages in some bytes (RFC 4271, section 4.1). */
function messageTypes(bytes: Uint8Array): number[] {
  const types: number[] = []
  for (let at = 0; at < bytes.length; at += bytes[at + 16]! * 256 + bytes[at + 17]!) types.push(bytes[at + 18]!)
  return types
}

const [OPEN, UPDATE, NOTIFICATION, KEEPALIVE] = [1, 2, 3, 4]
const reset = { at: '1s', kind: 'session-reset', node: 'node-1', peer: 'node-2' }

describe('a capture of a run', () => {
  it('shows BGP’s sessions among the data, with their messages', () => {
    const frames = captured([reset], ['node-1/eth0'])
    const session = sessionOn(frames, 0)
    const sent = session.filter(({ isOut }) => isOut).flatMap(({ bytes }) => messageTypes(bytes))
    expect(new Set(sent)).toEqual(new Set([OPEN, UPDATE, NOTIFICATION, KEEPALIVE]))
    expect(frames.count).toBeGreaterThan(session.length + 200)
    expect(Array.from(frames.atNs)).toEqual([...frames.atNs].toSorted((a, b) => a - b))
    expect(frames.interfaces[0]!.frames).toBe(frames.count)
    expect(frames.comments).toContain('BGP, node-1 to node-2')
  })

  it('has a TCP stream without gaps in each direction of a connection', () => {
    const streams = new Map<string, number>()
    for (const { tcp, bytes } of sessionOn(captured([reset], ['node-1/eth0']), 0)) {
      const key = `${tcp.sourcePort} ${tcp.destinationPort}`
      const expected = streams.get(key)
      if (expected !== undefined) expect(tcp.sequence).toBe(expected)
      // SYN and FIN count as a byte.
      streams.set(key, (tcp.sequence + bytes.length + Number((tcp.flags & 3) !== 0)) >>> 0)
    }
    expect(streams.size).toBeGreaterThanOrEqual(4)
  })

  it('shows each frame on every wire that it crosses, later and with a lower TTL', () => {
    const frames = captured([reset], ['node-1/eth0', 'tor-a/tor-b', 'node-2/eth0'])
    const [first, between, last] = [0, 1, 2].map((on) => sessionOn(frames, on).filter(({ source }) => source === sessionOn(frames, 0).find(({ isOut }) => isOut)!.source))
    expect(between).toHaveLength(first!.length)
    expect(last).toHaveLength(first!.length)
    first!.forEach((frame, index) => {
      expect([between![index]!.tcp.sequence, last![index]!.tcp.sequence]).toEqual([frame.tcp.sequence, frame.tcp.sequence])
      expect(between![index]!.atNs).toBeGreaterThan(frame.atNs)
      expect(last![index]!.atNs).toBeGreaterThan(between![index]!.atNs)
      expect([frame.ttl, between![index]!.ttl, last![index]!.ttl]).toEqual([64, 63, 62])
    })
  })

  it('goes by its filter', () => {
    expect(sessionOn(captured([reset], ['node-1/eth0'], { filter: 'udp' }), 0)).toEqual([])
    const only = captured([reset], ['node-1/eth0'], { filter: 'tcp and port 179' })
    expect(sessionOn(only, 0)).toHaveLength(only.count)
    expect(only.count).toBeGreaterThan(10)
  })

  it('has no session where the variant runs no BGP', () => {
    expect(sessionOn(captured([], ['node-1/eth0'], { cni: 'cilium' }), 0)).toEqual([])
  })

  it('shows what a broken path loses at its sender only, and again when it is sent again', () => {
    const silent = { at: '900ms', until: '1400ms', kind: 'link-silent', link: ['tor-a', 'tor-b'] }
    const frames = captured([silent, reset], ['node-1/eth0', 'node-2/eth0'])
    const farewell = (on: number, isOut: boolean) => sessionOn(frames, on).filter((each) => each.isOut === isOut && messageTypes(each.bytes).includes(NOTIFICATION))
    const [left, came] = [farewell(0, true), farewell(1, false)]
    // Sent at 1 s, 1.2 s and, as the path is open again, 1.6 s.
    expect(left.map(({ atNs }) => Math.round(atNs / 1e8))).toEqual([10, 12, 16])
    expect(new Set(left.map(({ tcp }) => tcp.sequence)).size).toBe(1)
    expect(came.map(({ atNs }) => Math.round(atNs / 1e8))).toEqual([16])
  })
})
