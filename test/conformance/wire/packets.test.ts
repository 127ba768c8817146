import {
  assemblePacket,
  dissectPacket,
  espBodyBytes,
  ESP,
  IPV4,
  parsePacket,
  readUint16,
  UDP,
  WIREGUARD,
  wireguardBodyBytes,
} from '#shared/wire/index'
import { describe, expect, it } from 'vitest'

import packets from '../../fixture/wire/packets.json'

interface Fixture {
  readonly name: string
  readonly layers: readonly string[]
  readonly hex: string
  readonly fields: Readonly<Record<string, string | readonly string[] | undefined>>
}

const fixtures: readonly Fixture[] = packets
const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../gu)!, (byte) => parseInt(byte, 16))
const isEncrypted = ({ layers, fields }: Fixture) => layers.includes('esp') || fields['wg.type'] === '4'
const readable = fixtures.filter((fixture) => !isEncrypted(fixture))

describe('frames of real devices and of reference crafters', () => {
  it.each(readable)('$name is what assembling its layers gives, byte by byte', ({ hex }) => {
    const frame = bytesOf(hex)
    const made = assemblePacket(parsePacket(frame, 'ethernet'))
    expect(Buffer.from(made).toString('hex')).toBe(hex)
  })

  it.each(fixtures)('$name has the fields that tshark dissects', ({ hex, fields }) => {
    const frame = bytesOf(hex)
    const found = new Map<string, string[]>([['frame.len', [String(frame.length)]]])
    for (const field of dissectPacket(frame, 'ethernet').flatMap((header) => header.fields)) {
      found.set(field.name, [...(found.get(field.name) ?? []), field.value])
    }
    for (const [name, value] of Object.entries(fields)) {
      if (value === undefined || UNREAD.has(name)) continue
      // A quoted packet inside an ICMP error is payload here; Wireshark looks into it.
      const values = typeof value === 'string' ? [value] : value
      const expected = fields['icmp.type']?.[0] === '11' ? values.slice(0, 1) : values
      expect([name, found.get(name)?.slice(0, expected.length)]).toEqual([name, expected])
    }
  })

  it.each(fixtures.filter(isEncrypted))('$name is as long as what encrypts makes it', ({ name, hex }) => {
    const frame = bytesOf(hex)
    const [, inner, mtu] = /inner(\d+)(?:_(?:padded|mtu)(\d+))?/u.exec(name)!
    const ip = readUint16(frame, 14 + IPV4.totalLength)
    if (name.startsWith('esp')) expect(ip).toBe(IPV4.length + ESP.length + espBodyBytes(Number(inner)))
    else {
      const deviceMtu = name.includes('_mtu') ? Number(mtu) : 1440
      const body = wireguardBodyBytes(Number(inner), deviceMtu)
      expect(ip).toBe(IPV4.length + UDP.length + WIREGUARD.length + body)
    }
  })
})

/** Fields of protocols that are payload to the network, or that tshark computes. */
const UNREAD: ReadonlySet<string> = new Set(['bgp.type', 'bgp.length', 'tcp.len', 'wg.type'])
