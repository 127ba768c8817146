import { tracePacket } from '#main/simulation/trace/index'
import type { Trace, TraceHop } from '#shared/contract/trace'
import { alignHops, readHop, traceTotals } from '#shared/trace/index'
import { describe, expect, it } from 'vitest'

import { datapathLab } from '../../../support/datapath-lab'

const lab = datapathLab()

function trace(variant: string): Trace {
  const traced = tracePacket(lab, { variant, from: 'default/client-0', to: 'default/far-0', protocol: 'tcp' })
  if (!('trace' in traced)) throw new Error(JSON.stringify(traced))
  return traced.trace
}

const vxlan = trace('cilium-vxlan')
const ipip = trace('calico-ipip')

function at({ hops }: Trace, stage: string): readonly [TraceHop, TraceHop] {
  const index = hops.findIndex((hop) => hop.stage === stage)
  return [hops[index]!, hops[index - 1]!]
}

describe('two traces side by side', () => {
  const lines = alignHops(ipip.hops, vxlan.hops)

  it('show every hop of both once, in order', () => {
    expect(lines.flatMap(({ left }) => left ?? [])).toEqual(ipip.hops.map((_, index) => index))
    expect(lines.flatMap(({ right }) => right ?? [])).toEqual(vxlan.hops.map((_, index) => index))
  })

  it('put a stage opposite itself on the same node and way', () => {
    const paired = lines.flatMap(({ left, right }) =>
      left === undefined || right === undefined ? [] : [[ipip.hops[left]!, vxlan.hops[right]!] as const])
    expect(paired.map(([{ stage }]) => stage)).toEqual(expect.arrayContaining(['tcp-transmit', 'nic-transmit', 'switch-route', 'tcp-ack-receive']))
    for (const [left, right] of paired) {
      expect([left.direction, left.node, left.stage]).toEqual([right.direction, right.node, right.stage])
    }
  })

  it('leave a stage that only one goes through alone', () => {
    const alone = lines.filter(({ right }) => right === undefined).map(({ left }) => ipip.hops[left!]!.stage)
    expect(alone).toContain('ipip-encapsulate')
    expect(alone).not.toContain('nic-transmit')
  })

  it('are one trace where both are the same', () => {
    expect(alignHops(ipip.hops, ipip.hops)).toEqual(ipip.hops.map((_, index) => ({ left: index, right: index })))
  })
})

describe('the packet at a hop', () => {
  it('keeps its inner headers when it is encapsulated, whatever is put around them', () => {
    const [hop, before] = at(vxlan, 'nf-output')
    const { headers, removed } = readHop(hop, before)
    expect(headers.map(({ layer, added }) => [layer, added])).toEqual([
      ['ipv4', true], ['udp', true], ['vxlan', true], ['ethernet', false], ['ipv4', false], ['tcp', false],
    ])
    expect(removed).toEqual([])
  })

  it('names what was taken off', () => {
    const [hop, before] = at(vxlan, 'vxlan-decapsulate')
    expect(readHop(hop, before)).toMatchObject({ removed: ['ethernet', 'ipv4', 'udp', 'vxlan'], headers: [{ added: false }, { added: false }, { added: false }] })
  })

  it('says of a routed packet what its addresses, time to live and checksum were', () => {
    const [hop, before] = at(ipip, 'switch-route')
    const changed = readHop(hop, before).headers.flatMap(({ fields }) => fields.filter((field) => field.before !== undefined))
    expect(changed.map(({ name }) => name)).toEqual(['eth.dst', 'eth.src', 'ip.ttl', 'ip.checksum'])
    const ttl = changed.find(({ name }) => name === 'ip.ttl')!
    expect(Number(ttl.before) - Number(ttl.value)).toBe(1)
  })

  it('gives every field its bytes', () => {
    const { bytes, headers } = readHop(ipip.hops.find(({ stage }) => stage === 'nic-transmit')!)
    const ttl = headers.find(({ layer }) => layer === 'ipv4')!.fields.find(({ name }) => name === 'ip.ttl')!
    expect(String(bytes[ttl.start])).toBe(ttl.value)
    expect(headers.at(-1)!.start + headers.at(-1)!.length).toBe(bytes.length)
  })

  it('has changed nothing without a hop before', () => {
    const { headers, removed } = readHop(ipip.hops[5]!)
    expect(headers.some(({ added, fields }) => added || fields.some(({ before }) => before !== undefined))).toBe(false)
    expect(removed).toEqual([])
  })
})

describe('what a trace adds up to', () => {
  it('is the CPU time of both ways and the frame on the wire', () => {
    const { request, answer, both } = traceTotals(vxlan)
    expect(both.costNs).toBeCloseTo(vxlan.hops.reduce((sum, { costNs }) => sum + costNs, 0), 6)
    expect(request.costNs + answer.costNs).toBe(both.costNs)
    // VXLAN's 50 bytes around a SYN of 74.
    expect([request.wireBytes, answer.wireBytes]).toEqual([124, 124])
    expect(traceTotals(ipip).request.wireBytes).toBe(94)
  })

  it('has no bytes on the wire between pods of one node', () => {
    const near = tracePacket(lab, { variant: 'calico-ipip', from: 'default/client-0', to: 'default/near-0', protocol: 'udp' })
    expect('trace' in near && traceTotals(near.trace).both.wireBytes).toBe(0)
  })
})
