import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dropReasonId } from '#shared/plan/index'
import { ETHERNET, internetChecksum, IPV4, readUint16, writeUint16 } from '#shared/wire/index'
import { bareNetwork } from '#main/simulation/bench/index'
import { Fragmenter } from '#worker/engine/ip/fragmenter'
import { Reassembly } from '#worker/engine/ip/reassembly'
import { HEADER_SLAB_BYTES } from '#worker/engine/packet-memory'
import { headerAt, PACKET_FLAG, PacketPool } from '#worker/engine/packet-pool'
import { Accounts } from '#worker/metrics/accounts'

const FLOW = { kind: 'udpStream', client: 0, server: 1, payloadBytes: 1000 } as const

/** One flow of datagrams, where they are split and where they are put together again. */
function bench() {
  const plan = bareNetwork({
    switches: 1,
    hosts: 2,
    links: [0, 1].map((host) => ({ ends: [0, 1 + host] as const, bitsPerSecond: 1e9, delayNs: 0 })),
    flows: [FLOW],
    durationNs: 1e9,
  })
  const pool = new PacketPool(16, () => undefined)
  const accounts = new Accounts(plan)
  const fragmenter = new Fragmenter(pool, plan.flows, accounts)
  const clock = { nowNs: 0 }
  const reassembly = new Reassembly({ ...plan, pool, accounts, events: clock })
  let datagrams = 0
  /** A datagram of so many bytes, as it leaves its sender. */
  const datagram = (ipBytes: number): number => {
    const packet = pool.allocate()
    pool.flow[packet] = 0
    pool.direction[packet] = 0
    pool.flags[packet] = 0
    pool.segments[packet] = 1
    pool.payloadBytes[packet] = ipBytes - 28
    pool.ipBytes[packet] = ipBytes
    writeUint16(pool.header, headerAt(packet) + ETHERNET.length + IPV4.identification, ++datagrams)
    accounts.sent[0]!++
    return packet
  }
  /** Splits packets further, each by an MTU, and says what left. */
  const split = (packets: readonly number[], mtuBytes: number): number[] => {
    const left: number[] = []
    const exit = { send: (_port: number, packet: number) => void left.push(packet) }
    for (const packet of packets) {
      if (pool.ipBytes[packet]! > mtuBytes) fragmenter.split(packet, mtuBytes, exit, 0, 0)
      else left.push(packet)
    }
    return left
  }
  const inBalance = (): boolean => {
    const { sent, networkSent, delivered, networkDelivered } = accounts
    return sent[0]! + networkSent === delivered[0]! + networkDelivered + accounts.dropped() + pool.alive
  }
  return { pool, accounts, clock, reassembly, datagram, split, inBalance }
}

describe('fragments', () => {
  it('are as long as links allow and words of eight bytes, and their headers say so', () => {
    const { pool, datagram, split } = bench()
    // A datagram of 3000 bytes with its headers: as a pod sends it on an MTU of 1450.
    const pieces = split([datagram(3028)], 1450)
    expect(pieces.map((piece) => pool.ipBytes[piece])).toEqual([1444, 1444, 180])
    const ip = (piece: number): number => headerAt(piece) + ETHERNET.length
    expect(pieces.map((piece) => readUint16(pool.header, ip(piece) + IPV4.flagsFragment))).toEqual([0x2000, 0x2000 | 178, 356])
    expect(pieces.map((piece) => readUint16(pool.header, ip(piece) + IPV4.totalLength))).toEqual([1444, 1444, 180])
    expect(pieces.map((piece) => internetChecksum(pool.header, ip(piece), ip(piece) + IPV4.length))).toEqual([0, 0, 0])
  })

  it('come together again in any order, split twice, some of them twice', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 600, max: 9000 }),
        fc.tuple(fc.integer({ min: 300, max: 3000 }), fc.integer({ min: 100, max: 1500 })),
        fc.nat(1000),
        (bytes, [first, second], order) => {
          const { pool, reassembly, datagram, split, inBalance, accounts } = bench()
          const packet = datagram(bytes)
          const pieces = split(split([packet], first), second)
          const copies = pieces.filter((_, i) => (i + order) % 3 === 0).map((piece) => {
            const copy = pool.allocate()
            pool.copy(piece, copy)
            pool.ipBytes[copy] = pool.ipBytes[piece]!
            pool.flags[copy]! |= PACKET_FLAG.networkMade
            pool.header.copyWithin(headerAt(copy), headerAt(piece), (piece + 1) * HEADER_SLAB_BYTES)
            accounts.networkSent++
            return copy
          })
          const shuffled = [...pieces.slice(1), ...copies].sort((a, b) => ((a * 7919 + order) % 97) - ((b * 7919 + order) % 97))
          const arrivals = (order & 1) === 0 ? [pieces[0]!, ...shuffled] : [...shuffled, pieces[0]!]
          const whole = arrivals.map((piece) => reassembly.take(piece)).filter((taken) => taken >= 0)
          expect(whole.length).toBeGreaterThanOrEqual(1)
          expect(pool.ipBytes[whole[0]!]).toBe(bytes)
          expect(pool.payloadBytes[whole[0]!]).toBe(bytes - 28)
          expect(pool.flags[whole[0]!]! & (PACKET_FLAG.fragment | PACKET_FLAG.moreFragments)).toBe(0)
          expect(inBalance()).toBe(true)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('are dropped when the rest has not come in 30 s', () => {
    const { accounts, clock, reassembly, datagram, split, inBalance } = bench()
    const [first] = split([datagram(3000)], 1500)
    reassembly.take(first!)
    clock.nowNs = 31e9
    for (const piece of split([datagram(3000)], 1500)) reassembly.take(piece)
    expect(accounts.drops[dropReasonId('fragment-timeout')]).toBe(1)
    expect(inBalance()).toBe(true)
  })

  it('are dropped where a host has no memory left for them', () => {
    const { accounts, reassembly, datagram, split, inBalance } = bench()
    for (let i = 0; i < 4000; i++) reassembly.take(split([datagram(3000)], 1500)[0]!)
    expect(accounts.drops[dropReasonId('fragment-memory')]).toBe(4000 - Math.floor((4 * 1024 * 1024) / 1500))
    expect(inBalance()).toBe(true)
  })
})
