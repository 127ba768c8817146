import { describe, expect, test } from 'vitest'

import { byteMarks, bytesOfKey, fieldKey } from '#renderer/packets/byte-marks'
import { hopLines, pathOf } from '#renderer/packets/hop-lines'
import { hopFacts, hopText, signedNumber, stageSentence, verdictWords } from '#renderer/packets/hop-words'
import { onPath } from '#renderer/packets/on-path'
import { endReferences, firstQuestion } from '#renderer/packets/references'
import type { Trace, TraceHop } from '#shared/contract/trace'
import { readHop } from '#shared/trace/index'

import { outlineOf } from '../support/sample-lab'

/** A UDP datagram of four bytes, raw IP, by its time to live. */
function datagram(ttl: number): string {
  return `4500002000014000${ttl.toString(16).padStart(2, '0')}1100000a0000010a0000029c400035000c000041424344`
}

function hop(node: string, stage: string, more: Partial<TraceHop> = {}): TraceHop {
  return {
    direction: 'request', node, device: 'eth0', stage, context: 'softirq', costNs: 100, linkType: 'raw', hex: datagram(64), headers: [],
    checksum: 'complete', ...more,
  }
}

function traceOf(variant: string, hops: readonly TraceHop[]): Trace {
  return { schema: 'cnilab/trace/v1', variant, verdict: 'delivered', hops }
}

describe('the list of hops', () => {
  const left = traceOf('a', [hop('n1', 'udp-transmit'), hop('n1', 'nf-output'), hop('n2', 'gro'), hop('n2', 'udp-transmit', { direction: 'answer' })])
  const right = traceOf('b', [hop('n1', 'udp-transmit'), hop('n1', 'bpf-to-overlay'), hop('n2', 'gro')])

  test('puts equal stages of two variants into one line', () => {
    expect(hopLines([left, right]).map((line) => [line.stage, line.left !== undefined, line.right !== undefined])).toEqual([
      ['udp-transmit', true, true], ['nf-output', true, false], ['bpf-to-overlay', false, true], ['gro', true, true], ['udp-transmit', true, false],
    ])
  })

  test('knows the hop before, but not across the turn', () => {
    const lines = hopLines([left])
    expect(lines.map(({ left: placed }) => placed!.before?.stage)).toEqual([undefined, 'udp-transmit', 'nf-output', undefined])
  })

  test('gives the path of a way, each place once in a row', () => {
    expect(pathOf(hopLines([left]), 'request')).toEqual(['n1', 'n2'])
    expect(pathOf(hopLines([left]), 'answer')).toEqual(['n2'])
  })

  test('is empty without a trace', () => {
    expect(hopLines([])).toEqual([])
  })
})

describe('the bytes of a packet', () => {
  const packet = readHop(hop('n2', 'ip-forward', { hex: datagram(63) }), hop('n1', 'ip-output'))
  const marks = byteMarks(packet)
  const ttl = packet.headers[0]!.fields.findIndex(({ name }) => name === 'ip.ttl')

  test('belong to their field, and field and bytes find each other', () => {
    expect(marks[8]).toMatchObject({ hex: '3f', header: 0, key: fieldKey(0, ttl) })
    expect(bytesOfKey(packet, fieldKey(0, ttl))).toEqual([8, 9])
    expect(bytesOfKey(packet, fieldKey(1))).toEqual([20, 28])
    expect(bytesOfKey(packet, undefined)).toEqual([0, 0])
  })

  test('are marked where they changed, and nowhere else', () => {
    expect(marks.flatMap(({ isChanged }, at) => (isChanged ? [at] : []))).toEqual([8])
    expect(marks.some(({ isAdded }) => isAdded)).toBe(false)
  })

  test('are shown as text where they are text', () => {
    expect(marks.slice(-4).map(({ sign }) => sign).join('')).toBe('ABCD')
    expect(marks[0]!.sign).toBe('E')
    expect(marks[1]!.sign).toBe('·')
  })
})

describe('words about a hop', () => {
  test('say where and why a packet ends, and what a real node counts', () => {
    const facts = hopFacts(hop('n1', 'nf-forward', { decidedBy: 'default deny of NetworkPolicy default/web', counter: 'iptables -L -v' }))
    expect(facts).toContainEqual({ name: 'Decided by', value: 'default deny of NetworkPolicy default/web' })
    expect(facts).toContainEqual({ name: 'Dropped', value: 'a real node counts it in iptables -L -v', isLoss: true })
    expect(verdictWords({ ...traceOf('a', []), verdict: 'dropped', reason: 'policy-default-deny' })).toBe('dropped: policy default deny')
  })

  test('tell a checksum that is left to the NIC', () => {
    expect(hopFacts(hop('n1', 'qdisc', { checksum: 'offloaded' })).find(({ name }) => name === 'Checksum')!.value).toMatch(/^left to the NIC/u)
  })

  test('explain every stage of hosts and switches', () => {
    expect(stageSentence('nic-transmit')).not.toBe('')
    expect(stageSentence('switch-route')).not.toBe('')
  })

  test('sign differences, with a true minus', () => {
    expect([signedNumber(1234.4), signedNumber(-0.4), signedNumber(-56)]).toEqual(['+1\u202f234', '0', '−56'])
  })

  test('make a text of it, with what changed', () => {
    const placed = hop('n2', 'ip-forward', { hex: datagram(63) })
    expect(hopText(placed, readHop(placed, hop('n1', 'ip-output')))).toContain('  ip.ttl = 63 (was 64)\n')
  })
})

describe('ends of a packet', () => {
  test('are offered as a trace names them', () => {
    const ends = endReferences(outlineOf())
    expect(ends).toEqual(expect.arrayContaining(['default/server-0', 'default/client-2', 'external/host-1', 'node/node-1']))
  })

  test('are first those of the first traffic', () => {
    const outline = outlineOf()
    const { from, to, variant } = firstQuestion(outline)
    expect([from, to].every((end) => endReferences(outline).includes(end))).toBe(true)
    expect(outline.variants.map(({ name }) => name)).toContain(variant)
  })

  test('are found on the canvas, with the links between them', () => {
    const outline = outlineOf()
    const link = outline.links[0]!
    const ids = onPath(outline, link.endNames)
    expect(ids).toContain(link.id)
    expect(ids).toHaveLength(3)
  })
})
