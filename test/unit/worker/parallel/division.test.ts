import { describe, expect, it } from 'vitest'
import { bareNetwork, benchmarkLab } from '#main/simulation/bench/index'
import { divide } from '#worker/parallel/division'

describe('a division of a network', () => {
  it('keeps racks whole and gives each part half of them', () => {
    const { plan } = benchmarkLab('s4p')
    const { partOf, lookaheadNs } = divide(plan)!
    expect(lookaheadNs).toBe(5000)
    const { ports, switchCount } = plan
    for (let port = 0; port < ports.count; port++) {
      if (ports.owner[port]! >= switchCount) expect(partOf[ports.owner[port]!]).toBe(partOf[ports.peer[port]!])
    }
    const hostsInFirst = partOf.slice(switchCount).filter((part) => part === 0).length
    expect(hostsInFirst).toBe(plan.hosts.count / 2)
  })

  it('divides two hosts on one router', () => {
    expect(divide(benchmarkLab('s2').plan)?.lookaheadNs).toBe(5000)
  })

  it('is not tried where links have next to no delay', () => {
    const link = { bitsPerSecond: 1e10, delayNs: 10, queuePackets: 100, lossRate: 0 }
    const plan = bareNetwork({
      switches: 1,
      hosts: 2,
      links: [0, 1].map((host) => ({ ends: [0, 1 + host] as const, ...link })),
      flows: [{ kind: 'udpStream', client: 0, server: 1, gapNs: 10_000, payloadBytes: 1000 }],
      durationNs: 1_000_000,
      warmupNs: 0,
    })
    expect(divide(plan)).toBeNull()
  })
})
