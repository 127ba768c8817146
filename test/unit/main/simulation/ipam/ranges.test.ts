import { HostLocalPool, NodeRanges, RandomScanPool } from '#main/simulation/ipam/index'
import { formatIpv4Address, formatIpv4Prefix, ipv4Address, ipv4Prefix } from '#shared/units/index'
import { describe, expect, it } from 'vitest'

const range = ipv4Prefix(ipv4Address(0x0a000000), 29)

describe('ranges of nodes', () => {
  it('are given in turn; one that came back waits until the pointer has come round', () => {
    const ranges = new NodeRanges(range, 31)
    const first = ranges.take()!
    ranges.take()
    ranges.release(first)
    expect([ranges.take(), ranges.take(), ranges.take(), ranges.take()].map((taken) => taken && formatIpv4Prefix(taken)))
      .toEqual(['10.0.0.4/31', '10.0.0.6/31', '10.0.0.0/31', undefined])
  })
})

describe('addresses of a range', () => {
  it('in turn begin after the gateway and come round to what was released', () => {
    const pool = new HostLocalPool(range)
    const first = [pool.take(), pool.take()]
    pool.release(first[0]!)
    const rest = [pool.take(), pool.take(), pool.take(), pool.take(), pool.take()]
    expect([...first, ...rest].map((address) => address && formatIpv4Address(address))).toEqual([
      '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5', '10.0.0.6', '10.0.0.2', undefined,
    ])
  })

  it('at random are all of them, once each', () => {
    const pool = new RandomScanPool([range], 7)
    const all = Array.from({ length: 7 }, () => pool.take())
    expect(new Set(all.slice(0, 6)).size).toBe(6)
    expect(all[6]).toBeUndefined()
    pool.release(all[2]!)
    expect(pool.take()).toBe(all[2])
  })
})
