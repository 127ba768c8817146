import { describe, expect, it } from 'vitest'
import { MAX_HEADER_BYTES, PacketPool, SACK_BLOCKS } from '#worker/engine/packet-pool'
import { PacketRing } from '#worker/parallel/packet-ring'

/** Columns that mean nothing on a wire: lists and what only the sending host knows. */
const LOCAL = new Set(['next', 'pass', 'ownedBytes', 'headerWords', 'segmentsSent'])

type Column = { [index: number]: number; readonly length: number }

/** The pool's columns by name, as they are: a new one must travel, or be named above. */
function columnsOf(pool: PacketPool): [string, Column][] {
  return Object.entries(pool).flatMap(([name, value]: [string, unknown]) =>
    ArrayBuffer.isView(value) && !LOCAL.has(name) ? [[name, value as unknown as Column]] : [],
  )
}

function valuesOf(pool: PacketPool, packet: number): Record<string, number[]> {
  return Object.fromEntries(
    columnsOf(pool).map(([name, column]) => {
      const width = column.length / pool.capacity
      // The last bytes of a header slab are the next one's padding.
      const length = name === 'header' ? MAX_HEADER_BYTES : width
      return [name, Array.from({ length }, (_, i) => column[packet * width + i]!)]
    }),
  )
}

describe('a packet ring', () => {
  it('carries every column that a wire packet has', () => {
    const from = new PacketPool(8, () => undefined)
    const into = new PacketPool(8, () => undefined)
    const packet = from.allocate()
    columnsOf(from).forEach(([, column], k) => {
      const width = column.length / from.capacity
      for (let i = 0; i < width; i++) column[packet * width + i] = (k * 7 + i) % 200
    })
    const sent = valuesOf(from, packet)
    const ring = new PacketRing()
    ring.write(from, packet, sent['port']![0]!, 123_456)
    expect(new PacketRing(ring.buffer).hasPacket()).toBe(false)
    ring.flush()
    const taken = new PacketRing(ring.buffer)
    expect(taken.hasPacket()).toBe(true)
    expect(valuesOf(into, taken.take(into))).toEqual(sent)
    expect(taken.arrivalNs).toBe(123_456)
    expect(taken.hasPacket()).toBe(false)
    expect(sent['sackEdges']).toHaveLength(SACK_BLOCKS * 2)
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
