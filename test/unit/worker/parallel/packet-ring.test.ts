import { describe, expect, it } from 'vitest'
import { createRing, PacketRing } from '#worker/parallel/packet-ring'

const NONE = -1

describe('a packet ring', () => {
  it('shows the reader a packet once the writer has flushed', () => {
    const buffer = createRing()
    const writer = new PacketRing(buffer)
    const reader = new PacketRing(buffer)
    expect(writer.write(48, 123_456)).toBe(NONE)
    expect(reader.hasPacket()).toBe(false)
    writer.flush()
    expect(reader.hasPacket()).toBe(true)
    expect(reader.take(NONE)).toBe(48)
    expect(reader.arrivalNs).toBe(123_456)
    expect(reader.hasPacket()).toBe(false)
  })

  it('has room again for what was taken out, and brings back each empty packet once', () => {
    const buffer = createRing()
    const writer = new PacketRing(buffer)
    const reader = new PacketRing(buffer)
    let written = 0
    const write = (): number => writer.write(written, written++ / 2)
    while (writer.hasRoom()) expect(write()).toBe(NONE)
    const room = written
    writer.flush()
    for (let expected = 0; expected < room; expected++) {
      expect(reader.hasPacket()).toBe(true)
      expect(reader.take(expected === 0 ? 7777 : NONE)).toBe(expected)
      expect(reader.arrivalNs).toBe(expected / 2)
    }
    expect(writer.hasRoom()).toBe(false)
    reader.giveBack()
    const empties: number[] = []
    while (writer.hasRoom()) empties.push(write())
    expect(empties).toHaveLength(room)
    expect(empties.filter((empty) => empty !== NONE)).toEqual([7777])
    writer.flush()
    expect(reader.take(NONE)).toBe(room)
  })
})
