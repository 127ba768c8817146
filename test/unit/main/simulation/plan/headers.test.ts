import { buildTemplate } from '#main/simulation/plan/template-builder'
import {
  completeFrame,
  DONT_FRAGMENT,
  ETHERNET_FRAMING_BYTES,
  IPV4,
  readUint16,
  readUint32,
  UDP,
  VXLAN,
  writeUint16,
} from '#shared/wire/index'
import { describe, expect, it } from 'vitest'

import mtuRows from '../../../../fixture/wire/mtu.json'
import { datapathLab } from '../../../../support/datapath-lab'
import { fixtureFrame } from '../../../../support/fixture-frame'
import { planOf } from '../../../../support/plan-of'

const MODES = {
  host: ['calico', 'BGP / no encap'],
  'calico-ipip': ['calico', 'IPIP Always'],
  'cilium-vxlan': ['cilium', 'VXLAN'],
} as const

const rows = Object.entries(MODES).flatMap(([variant, [cni, mode]]) =>
  mtuRows.filter((row) => row.cni === cni && row.mode === mode).map((row) => ({ ...row, variant })),
)

describe('packet sizes', () => {
  it.each(rows)('of $variant on an MTU of $underlay_mtu are those of the plugin', (row) => {
    const plan = planOf(datapathLab({ nic: { mtu: row.underlay_mtu } }), row.variant)
    const payload = plan.flows.mssBytes[0]!
    const packet = payload + plan.flows.forwardHeaderBytes[0]!
    expect(payload).toBe(row.tcp_payload_with_timestamps)
    expect(packet).toBe(row.outer_ip_len_full_packet)
    expect(payload / (packet + ETHERNET_FRAMING_BYTES)).toBeCloseTo(row.goodput_fraction_with_timestamps, 6)
  })

  it('inside a node need no encapsulation, but pods keep their MTU', () => {
    for (const [variant, mss] of [
      ['calico-ipip', 1428],
      ['cilium-vxlan', 1398],
      ['host', 65_483],
    ] as const) {
      const { flows } = planOf(datapathLab(), variant)
      expect([flows.mssBytes[2], flows.forwardHeaderBytes[2]]).toEqual([mss, 52])
    }
  })
})

/** A template with what a run fills in taken from a captured frame, completed. */
function fillIn(captured: Uint8Array, { bytes, offsets }: ReturnType<typeof buildTemplate>): Uint8Array {
  const frame = Uint8Array.from(captured)
  frame.set(bytes)
  for (const ip of [offsets.outerIp, offsets.innerIp]) {
    writeUint16(frame, ip + IPV4.identification, readUint16(captured, ip + IPV4.identification))
  }
  if (offsets.outerUdp >= 0) writeUint16(frame, offsets.outerUdp, readUint16(captured, offsets.outerUdp))
  completeFrame(frame, offsets, false)
  return frame
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const address = (text: string) => text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0) as never

describe('templates', () => {
  it('make the crafted IPIP packet, byte by byte', () => {
    const captured = fixtureFrame('ipip.udp_32')
    const template = buildTemplate({
      headers: {
        source: address('192.168.1.66'),
        destination: address('192.168.2.2'),
        ttl: 63,
        encapsulation: { kind: 'ipip', source: address('10.0.0.11'), destination: address('10.0.0.12') },
      },
      transport: 'udp',
      sourcePort: 10_001,
      destinationPort: 7000,
      sender: 0x0a00000b,
      nextHop: 0x0a00000c,
    })
    expect(hex(fillIn(captured, template))).toBe(hex(captured))
  })

  it('make the captured VXLAN packet, byte by byte', () => {
    const captured = fixtureFrame('cilium.underlay.udp_1422')
    const template = buildTemplate({
      headers: {
        source: address('10.0.1.10'),
        destination: address('10.0.2.20'),
        ttl: 64,
        encapsulation: {
          kind: 'vxlan',
          source: address('10.0.0.21'),
          destination: address('10.0.0.22'),
          port: 8472,
          networkIdentifier: 1234,
          innerSource: 0x0e0000000102,
          innerDestination: 0x0e0000000101,
        },
      },
      transport: 'udp',
      sourcePort: 10_003,
      destinationPort: 7000,
      sender: 0x0a000015,
      nextHop: 0x0a000016,
    })
    expect(hex(fillIn(captured, template))).toBe(hex(captured))
  })

  const firstTemplate = (variant: string, index = 0) => {
    const { templates } = planOf(datapathLab(), variant)
    return {
      bytes: templates.bytes.subarray(templates.first[index], templates.first[index + 1]),
      outerIp: templates.outerIp[index]!,
      outerUdp: templates.outerUdp[index]!,
      innerIp: templates.innerIp[index]!,
    }
  }

  it.each([
    ['host', 64, 64, true],
    ['calico-ipip', 63, 63, true],
    ['cilium-vxlan', 64, 64, false],
  ] as const)(
    'of %s leave the node with outer TTL %d, inner TTL %d and outer DF %s',
    (variant, outerTtl, innerTtl, df) => {
      const { bytes, outerIp, innerIp } = firstTemplate(variant)
      expect([bytes[outerIp + IPV4.ttl], bytes[innerIp + IPV4.ttl]]).toEqual([outerTtl, innerTtl])
      expect(readUint16(bytes, outerIp + IPV4.flagsFragment) === DONT_FRAGMENT).toBe(df)
      expect(readUint16(bytes, innerIp + IPV4.flagsFragment)).toBe(DONT_FRAGMENT)
    },
  )

  it('of Cilium carry the identity of whoever sends', () => {
    const identity = (index: number) => {
      const { bytes, outerUdp } = firstTemplate('cilium-vxlan', index)
      return readUint32(bytes, outerUdp + UDP.length + VXLAN.networkIdentifier) >>> 8
    }
    expect(identity(0)).toBeGreaterThanOrEqual(256)
    expect(identity(1)).toBe(identity(0))
    // Flow 3 comes from a node: identity "remote-node".
    expect(identity(6)).toBe(6)
  })

  it('fit the slab that engines have for headers', () => {
    for (const variant of Object.keys(MODES)) {
      const { first, count } = planOf(datapathLab(), variant).templates
      for (let index = 0; index < count; index++) expect(first[index + 1]! - first[index]!).toBeLessThanOrEqual(128)
    }
  })
})
