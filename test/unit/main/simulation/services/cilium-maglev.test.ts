import { describe, expect, it } from 'vitest'

import { CiliumMaglev, type MaglevBackend } from '#main/simulation/services/index'
import { ipv4Address } from '#shared/units/index'

const SIZE = 16_381
const SEED = 'JLfvgnHc2kaSUFaI'
const backends = (count: number) => Array.from({ length: count }, (_, index): MaglevBackend => ({ address: ipv4Address(0x0af40000 + index), port: 8080, protocol: 'TCP' }))
const tableOf = (list: readonly MaglevBackend[]) => new CiliumMaglev(SIZE, SEED).table(list)

describe('Maglev as Cilium has it', () => {
  it('gives backends shares that differ by one entry at most, whatever their order in the list', () => {
    const list = backends(10)
    const shares = new Map<number, number>()
    for (const place of tableOf(list)) shares.set(place, (shares.get(place) ?? 0) + 1)
    expect(shares.size).toBe(10)
    expect(Math.max(...shares.values()) - Math.min(...shares.values())).toBeLessThanOrEqual(1)
    const reversed = list.toReversed()
    expect([...tableOf(reversed)].map((place) => reversed[place]!.address)).toEqual([...tableOf(list)].map((place) => list[place]!.address))
  })

  it('moves few entries beyond a lost backend’s own', () => {
    const before = [...tableOf(backends(10))]
    const after = [...tableOf(backends(9))]
    const moved = before.filter((place, entry) => place !== 9 && after[entry] !== place).length
    expect(moved).toBeGreaterThan(0)
    // The paper (figure 12): small beside the share of the backend that went, a tenth.
    expect(moved / SIZE).toBeLessThan(0.05)
  })

  it('spreads clients evenly by their ports, and hashes a client alike on every node', () => {
    const list = backends(8)
    const choose = (maglev: CiliumMaglev, sourcePort: number) => maglev.choose(list, { source: ipv4Address(0xcb00710a), sourcePort, destinationPort: 80, protocol: 6 })
    const [one, other] = [new CiliumMaglev(SIZE, SEED), new CiliumMaglev(SIZE, SEED)]
    const shares = Array.from({ length: 8 }, () => 0)
    for (let port = 32_768; port < 32_768 + 8000; port++) {
      expect(choose(other, port)).toBe(choose(one, port))
      shares[choose(one, port)]!++
    }
    // A thousand each are expected; beyond six standard deviations of a binomial draw nothing is by chance.
    for (const share of shares) expect(Math.abs(share - 1000)).toBeLessThan(6 * Math.sqrt(1000))
  })

  it.each([10, 100])('moves connections of the one of %i backends that leaves, and hardly any others', (count) => {
    const maglev = new CiliumMaglev(SIZE, SEED)
    const clients = 8000
    const choices = (list: readonly MaglevBackend[]) =>
      Array.from({ length: clients }, (_, client) =>
        maglev.choose(list, { source: ipv4Address(0xcb007100 + (client >> 10)), sourcePort: 32_768 + (client & 0x3ff), destinationPort: 80, protocol: 6 }),
      )
    const [before, after] = [choices(backends(count)), choices(backends(count - 1))]
    const gone = count - 1
    const own = before.filter((place) => place === gone).length / clients
    const others = before.filter((place, client) => place !== gone && place !== after[client]).length / clients
    expect(own).toBeCloseTo(1 / count, 2)
    // Chosen anew at random, (n − 2) ÷ (n − 1) of the others would move: 89 and 99 of a hundred.
    expect(others).toBeLessThan(0.03)
    expect(others).toBeLessThan(((1 - own) * (count - 2)) / (count - 1) / 20)
  })

  it('moves fewer with a larger table', () => {
    const moved = (size: number): number => {
      const maglev = new CiliumMaglev(size, SEED)
      const [before, after] = [maglev.table(backends(50)), maglev.table(backends(49))]
      return before.filter((place, entry) => place !== 49 && place !== after[entry]).length / size
    }
    expect([509, 4093, 65_521].map(moved)).toEqual([509, 4093, 65_521].map(moved).toSorted((a, b) => b - a))
    expect(moved(65_521)).toBeLessThan(moved(509) / 4)
  })
})
