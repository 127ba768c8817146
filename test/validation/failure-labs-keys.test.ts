/** The lab of resources/labs/failures about IPsec's keys: symptom and counters, as its page says. */
import { describe, expect, it } from 'vitest'

import { openVariant, planCapture, traceCaptured } from '#main/simulation/capture/index'
import { frameBytes } from '#shared/capture/index'
import { parseLab } from '#shared/lab/index'
import { ProgressSlab } from '#shared/metrics/index'
import { CAPTURE_COLUMN, CAPTURE_COLUMNS, CAPTURE_HEADER_BYTES, type CaptureRecords } from '#shared/plan/index'
import { formatIpv4Address, ipv4Address } from '#shared/units/index'
import { ETHERNET, IPV4, readUint32 } from '#shared/wire/index'
import { runTask } from '#worker/run-task'

import { arrived, failureText, runFailure as run } from '../support/failure-lab'

const LAB = 'ipsec-key-rotation'

describe('a key of IPsec that is replaced', () => {
  it.each(['cilium-ipsec', 'cilium-ipsec-vxlan'])('costs a node its pods’ traffic whose agent was away for longer than the old key is kept: %s', (variant) => {
    const { drops, traffic } = run(LAB, variant)
    const { 'to-late': toLate, nodes } = arrived(run(LAB, variant))
    expect(Object.keys(drops).toSorted()).toEqual(['ipsec-no-policy', 'ipsec-no-state', 'ipsec-wrong-key'])
    expect(nodes).toBe(1)
    // The key comes after 60 s to 120 s, and five to six minutes later the old one goes, until the agent is back at 600 s.
    expect(toLate).toBeGreaterThan(1 - 240 / 990)
    expect(toLate).toBeLessThan(1 - 120 / 990)
    // Each direction ends on its own side: two packets a second go that way.
    const sent = traffic.find(({ name }) => name === 'to-late')!
    expect(sent.packetsSent - sent.packetsDelivered).toBe(drops['ipsec-no-policy'])
    expect(drops['ipsec-no-state']! / 2).toBeGreaterThan(120)
    expect(drops['ipsec-no-state']! / 2).toBeLessThan(240)
  })

  it('costs nothing where the old key is kept for longer, until one comes under an id that nodes have, and a node starts anew', () => {
    const { drops } = run(LAB, 'cilium-patient')
    const { near, 'to-late': toLate, 'from-late': fromLate, nodes } = arrived(run(LAB, 'cilium-patient'))
    expect(Object.keys(drops)).toEqual(['ipsec-wrong-key'])
    expect([toLate, nodes]).toEqual([1, 1])
    // Node-2 alone has the other key, from 810 s on, until the next comes between 860 s and 922 s.
    for (const share of [near!, fromLate!]) {
      expect(share).toBeLessThan(1 - 50 / 990)
      expect(share).toBeGreaterThan(1 - 115 / 990)
    }
  })

  it('is not WireGuard’s, whose nodes make their keys by themselves', () => {
    expect(run(LAB, 'cilium-wireguard').drops).toEqual({})
  })
})

describe('packets on the wire while keys change', () => {
  const lab = parseLab(failureText(LAB)).lab!
  const opened = openVariant(lab, 'cilium-ipsec')
  if (!('plan' in opened)) throw new Error(JSON.stringify(opened))
  const capture = planCapture(lab, { variant: 'cilium-ipsec', interfaces: ['node-2/eth0'], snapLength: 64 })
  if (!('task' in capture)) throw new Error(JSON.stringify(capture))
  const { captured } = runTask({ plan: opened.plan, seed: 1, progress: ProgressSlab.create(1).buffer, capture: capture.task }, () => 0)

  it('have the id of the key that both ends know', () => {
    const frames = capture.frames(captured!)
    const spiAfter = (atNs: number, source: string): number => {
      const frame = Array.from({ length: frames.count }, (_, at) => at).find((at) => frames.atNs[at]! > atNs && sourceOf(frameBytes(frames, at)) === source)!
      return readUint32(frameBytes(frames, frame), ETHERNET.length + IPV4.length)
    }
    const [node1, node3] = ['10.1.0.11', '10.1.0.13']
    expect([50e9, 300e9, 650e9, 990e9].map((atNs) => spiAfter(atNs, node1))).toEqual([3, 4, 4, 5])
    expect([50e9, 300e9, 650e9, 990e9].map((atNs) => spiAfter(atNs, node3))).toEqual([3, 3, 4, 5])
  })

  it.each([
    [300e9, undefined, 'udp-receive'],
    [550e9, 'ipsec-no-state', 'esp-decrypt'],
    [650e9, undefined, 'udp-receive'],
    [850e9, 'ipsec-wrong-key', 'esp-decrypt'],
  ])('end where the key is missing, followed from %d ns', (atNs, reason, stage) => {
    const trace = traceCaptured(opened, 'cilium-ipsec', recordFrom('10.1.0.13', atNs))
    if ('refused' in trace) throw new Error(trace.refused)
    expect([trace.reason, trace.hops.at(-1)!.stage]).toEqual([reason, stage])
  })

  /** The first record of a packet of a node's from a time on. */
  function recordFrom(source: string, atNs: number): CaptureRecords {
    const { numbers, headers, count } = captured![0]!
    const headersAt = (at: number) => headers.slice(at * CAPTURE_HEADER_BYTES, (at + 1) * CAPTURE_HEADER_BYTES)
    const at = Array.from({ length: count }, (_, record) => record).find(
      (record) => numbers[record * CAPTURE_COLUMNS + CAPTURE_COLUMN.atNs]! > atNs && sourceOf(headersAt(record)) === source)!
    return { count: 1, numbers: numbers.slice(at * CAPTURE_COLUMNS, (at + 1) * CAPTURE_COLUMNS), headers: headersAt(at), overwritten: 0 }
  }
})

function sourceOf(frame: Uint8Array): string {
  return formatIpv4Address(ipv4Address(readUint32(frame, ETHERNET.length + IPV4.source)))
}
