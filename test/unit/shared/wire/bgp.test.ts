import { ipv4Address, ipv4Prefix } from '#shared/units/index'
import { BgpMessageError, decodeBgpMessages, encodeBgpMessage, type BgpMessage } from '#shared/wire/bgp/index'
import { describe, expect, it } from 'vitest'

const plain = { addPath: false }

function again(message: BgpMessage, options = plain): BgpMessage {
  return decodeBgpMessages(encodeBgpMessage(message, options), options).messages[0]!
}

describe('BGP messages', () => {
  it('keep every attribute and every length of prefix', () => {
    const update: BgpMessage = {
      kind: 'update',
      withdrawn: [{ prefix: ipv4Prefix(ipv4Address(0x0a000000), 8) }],
      attributes: {
        origin: 2,
        asPath: [{ kind: 'sequence', asns: [65_001, 4_200_000_000] }, { kind: 'set', asns: [64_512] }],
        nextHop: ipv4Address(0x0a010101),
        med: 7,
        localPref: 2_147_483_135,
        communities: [0xffffff01],
        originatorId: ipv4Address(0x0a010102),
        clusterList: [ipv4Address(0xf4000001)],
        others: [{ type: 32, flags: 0xc0, value: Uint8Array.of(1, 2, 3) }],
      },
      announced: [0, 1, 9, 17, 26, 32].map((length) => ({ prefix: ipv4Prefix(ipv4Address(0x0af40a80), length) })),
    }
    expect(again(update)).toEqual(update)
  })

  it('keep AS numbers of four octets and capabilities that are not known', () => {
    const open: BgpMessage = {
      kind: 'open',
      asn: 4_200_000_000,
      holdSeconds: 90,
      identifier: ipv4Address(0x0a010101),
      capabilities: [
        { kind: 'four-octet-as', asn: 4_200_000_000 },
        { kind: 'graceful-restart', restarted: true, restartSeconds: 120, families: [{ afi: 1, safi: 1, forwarding: true }] },
        { kind: 'long-lived-graceful-restart', families: [{ afi: 1, safi: 1, forwarding: true, staleSeconds: 100_000 }] },
        { kind: 'other', code: 73, value: Uint8Array.of(9) },
      ],
    }
    expect(again(open)).toEqual(open)
    // The two-octet field holds AS_TRANS; restart state and forwarding are bits 0x8000 and 0x80.
    const bytes = Buffer.from(encodeBgpMessage(open, plain)).toString('hex')
    expect(bytes.slice(40, 44)).toBe('5ba0')
    expect(bytes).toContain('4006807800010180')
  })

  it('that are not whole yet wait for the rest', () => {
    const bytes = encodeBgpMessage({ kind: 'keepalive' }, plain)
    const { messages, rest } = decodeBgpMessages(Uint8Array.from([...bytes, ...bytes.subarray(0, 7)]), plain)
    expect([messages.length, rest.length]).toEqual([1, 7])
  })

  it.each([
    ['of an impossible length', 1, 2, (bytes: Uint8Array) => bytes.fill(0, 16, 18)],
    ['of an unknown type', 1, 3, (bytes: Uint8Array) => bytes.fill(9, 18, 19)],
    ['with attributes longer than themselves', 3, 1, (bytes: Uint8Array) => bytes.fill(0xff, 21, 23)],
  ])('%s are refused with the code of the answer', (_, code, subcode, spoil) => {
    const bytes = encodeBgpMessage({ kind: 'update', withdrawn: [], announced: [] }, plain)
    spoil(bytes)
    const error = ((): unknown => {
      try {
        return decodeBgpMessages(bytes, plain)
      } catch (thrown) {
        return thrown
      }
    })()
    expect(error).toBeInstanceOf(BgpMessageError)
    expect(error).toMatchObject({ code, subcode })
  })

  it('longer than 4096 bytes are not made', () => {
    const announced = Array.from({ length: 1000 }, () => ({ prefix: ipv4Prefix(ipv4Address(0), 32) }))
    expect(() => encodeBgpMessage({ kind: 'update', withdrawn: [], announced }, plain)).toThrow(RangeError)
  })
})
