import { tracePacket } from '#main/simulation/trace/index'
import type { Trace } from '#shared/contract/trace'
import { describe, expect, it } from 'vitest'

import { DATAPATH_VARIANTS, datapathLab } from '../../../../support/datapath-lab'

const lab = datapathLab()

function trace(variant: string, to = 'default/far-0'): Trace {
  const result = tracePacket(lab, { variant, from: 'default/client-0', to, protocol: 'arp' })
  if ('trace' in result) return result.trace
  throw new Error(JSON.stringify(result))
}

/** Ethernet and ARP fields of the last hop of a direction. */
function fieldsOf({ hops }: Trace, direction: 'request' | 'answer'): Readonly<Record<string, string>> {
  const { headers } = hops.findLast((hop) => hop.direction === direction)!
  return Object.assign({}, ...headers.map(({ fields }) => fields)) as Readonly<Record<string, string>>
}

describe('a pod’s question for its next hop', () => {
  it.each([
    ['calico-ipip', '169.254.1.1', 'ee:ee:ee:ee:ee:ee'],
    ['calico-ebpf-vxlan', '169.254.1.1', 'ee:ee:ee:ee:ee:ee'],
    ['cilium-vxlan', /^10\.\d+\.\d+\.\d+$/u, /^0e:01/u],
    ['flannel-vxlan', /^10\.244\.\d\.1$/u, /^0e:02/u],
  ])('with %s is for %s', (variant, gateway, mac) => {
    const traced = trace(variant)
    const question = fieldsOf(traced, 'request')
    expect(question).toMatchObject({ 'eth.dst': 'ff:ff:ff:ff:ff:ff', 'arp.opcode': '1', 'arp.dst.hw_mac': '00:00:00:00:00:00' })
    expect(question['arp.dst.proto_ipv4']).toMatch(gateway)
    const answer = fieldsOf(traced, 'answer')
    expect(answer['arp.opcode']).toBe('2')
    expect(answer['arp.src.hw_mac']).toMatch(mac)
    expect(answer['eth.dst']).toBe(question['eth.src'])
    expect(traced.hops.map(({ hex }) => hex.length / 2)).toEqual([42, 42, 42, 42])
  })

  it('is answered with the address that the pod’s next packet is sent to', () => {
    for (const { name } of DATAPATH_VARIANTS) {
      const asked = tracePacket(lab, { variant: name, from: 'default/client-0', to: 'default/far-0', protocol: 'arp' })
      const sent = tracePacket(lab, { variant: name, from: 'default/client-0', to: 'default/far-0', protocol: 'udp' })
      if (!('trace' in sent)) throw new Error(JSON.stringify(sent))
      const frame = sent.trace.hops.find(({ captured }) => captured === 'out')!
      if ('trace' in asked) expect(frame.headers[0]!.fields['eth.dst']).toBe(fieldsOf(asked.trace, 'answer')['eth.src'])
      else expect(asked).toEqual({ refused: expect.stringContaining('no link layer') as unknown })
    }
  })

  it('goes over Flannel’s bridge to a pod of the same node', () => {
    const { hops } = trace('flannel-vxlan', 'default/near-0')
    expect(hops.map(({ device }) => device.replace(/^veth.*/u, 'veth'))).toEqual([
      'eth0 (default/client-0)', 'veth', 'veth', 'eth0 (default/near-0)', 'eth0 (default/near-0)', 'veth', 'veth', 'eth0 (default/client-0)',
    ])
  })
})
