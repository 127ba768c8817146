import { describe, expect, it } from 'vitest'
import { HEADER_SLAB_WORDS, headerAt, MAX_HEADER_BYTES, PACKET_STRIDE, PacketPool, PLAIN_DOUBLES, SACK_BLOCKS } from '#worker/engine/packet-pool'
import { PacketRing } from '#worker/parallel/packet-ring'

/** What a wire packet is: its record without its link in a list, and its headers. */
function contentOf(pool: PacketPool, packet: number): number[][] {
  const link = pool.next[packet]
  pool.next[packet] = 0
  const integers = [...pool.integers.subarray(packet, packet + PACKET_STRIDE)]
  pool.next[packet] = link!
  const at = headerAt(packet)
  return [integers, [...pool.doubles.subarray(packet, packet + PLAIN_DOUBLES + 2 * SACK_BLOCKS)], [...pool.header.subarray(at, at + MAX_HEADER_BYTES)]]
}

describe('a packet ring', () => {
  it('carries everything that a wire packet has', () => {
    const from = new PacketPool(8, () => undefined)
    const into = new PacketPool(8, () => undefined)
    const packet = from.allocate()
    from.integers.forEach((_, i) => (from.integers[i] = (i * 7) % 200))
    from.doubles.forEach((_, i) => (from.doubles[i] = i * 1e10 + 0.5))
    from.header.forEach((_, i) => (from.header[i] = i * 13))
    from.sackCount[packet] = SACK_BLOCKS
    from.headerLength[packet] = HEADER_SLAB_WORDS
    const ring = new PacketRing()
    ring.write(from, packet, 42, 123_456)
    const sent = contentOf(from, packet)
    expect(new PacketRing(ring.buffer).hasPacket()).toBe(false)
    ring.flush()
    const taken = new PacketRing(ring.buffer)
    expect(taken.hasPacket()).toBe(true)
    const received = taken.take(into)
    expect(contentOf(into, received)).toEqual(sent)
    expect(into.port[received]).toBe(42)
    expect(into.next[received]).toBe(-1)
    expect(taken.arrivalNs).toBe(123_456)
    expect(taken.hasPacket()).toBe(false)
  })

  it('has room again for what was taken out', () => {
    const pool = new PacketPool(8, () => undefined)
    const packet = pool.allocate()
    const writer = new PacketRing()
    const reader = new PacketRing(writer.buffer)
    let written = 0
    while (writer.hasRoom()) {
      writer.write(pool, packet, written, written)
      written++
    }
    writer.flush()
    expect(reader.hasPacket()).toBe(true)
    expect(reader.take(pool)).toBeGreaterThanOrEqual(0)
    expect(reader.arrivalNs).toBe(0)
    expect(writer.hasRoom()).toBe(false)
    expect(reader.hasPacket()).toBe(true)
    reader.giveBack()
    expect(writer.hasRoom()).toBe(true)
    writer.write(pool, packet, written, written)
    writer.flush()
    for (let expected = 1; expected <= written; expected++) {
      expect(reader.hasPacket()).toBe(true)
      pool.release(reader.take(pool))
      expect(reader.arrivalNs).toBe(expected)
    }
    expect(reader.hasPacket()).toBe(false)
  })
})
