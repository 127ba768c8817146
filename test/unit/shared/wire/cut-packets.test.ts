import { dissectPacket, parsePacket } from '#shared/wire/index'
import { describe, expect, it } from 'vitest'

import packets from '../../../fixture/wire/packets.json'

describe('frames that a snap length cut', () => {
  it.each(packets.map(({ name, hex }) => [name, Uint8Array.from(hex.match(/../gu)!, (byte) => parseInt(byte, 16))] as const))(
    '%s is read as far as its headers are whole',
    (_, whole) => {
      const layers = parsePacket(whole, 'ethernet').map(({ layer }) => layer)
      for (let length = 0; length < Math.min(whole.length, 140); length++) {
        const cut = whole.slice(0, length)
        const read = parsePacket(cut, 'ethernet').map(({ layer }) => layer)
        const headers = read.filter((layer) => layer !== 'payload')
        expect(headers).toEqual(layers.slice(0, headers.length))
        for (const { start, length: bytes } of dissectPacket(cut, 'ethernet')) expect(start + bytes).toBeLessThanOrEqual(length)
      }
    },
  )
})
