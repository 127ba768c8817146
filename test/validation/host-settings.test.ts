import { describe, expect, it } from 'vitest'

import { runBetweenNodes as run } from '../support/two-nodes'

/** Receive queues of a node that sixteen streams' packets arrive in. */
const queuesOf = (host: string, variant: string, udpHash?: string): number => {
  const traffic = { kind: 'tcp-stream', rate: '10Mbit', streams: 16 }
  const { traffic: entries } = run({ traffic, variant, duration: '1ms', nic: udpHash === undefined ? {} : { udpHash } })
  return entries[0]!.receiveQueues!.filter((name) => name.startsWith(`${host} `)).length
}

describe('the receive queue of sixteen streams between two nodes', () => {
  it.each(['host', 'cilium-native', 'calico-vxlan', 'cilium-geneve'])('is one of many by the outer header’s ports: %s', (variant) => {
    expect(queuesOf('b', variant)).toBeGreaterThan(4)
  })

  it.each(['calico-ipip', 'calico-wireguard', 'cilium-native-ipsec'])('is one where the outer header is always the same: %s', (variant) => {
    expect(queuesOf('b', variant)).toBe(1)
  })

  it.each(['calico-vxlan', 'cilium-geneve'])('is one where the NIC hashes UDP by addresses alone: %s', (variant) => {
    expect(queuesOf('b', variant, 'sd')).toBe(1)
  })

  it('is that of TCP’s ports whatever the NIC hashes of UDP', () => {
    expect(queuesOf('b', 'host', 'sd')).toBe(queuesOf('b', 'host', 'sdfn'))
  })
})

describe('interrupts', () => {
  const ping = (rx: string) => run({ traffic: { kind: 'icmp', rate: '1Mbit' }, nic: { coalesce: { rx } } }).traffic[0]!.latencyNs!

  it('that wait delay a lone packet by just that, at each end', () => {
    expect(ping('60us').p50 - ping('10us').p50).toBeCloseTo(2 * 50_000, -3)
  })

  it('that wait longer are fewer, and cost the receiver less', () => {
    const cost = (rx: string) => {
      const { nodes } = run({ traffic: { kind: 'udp-stream', rate: '200Mbit' }, nic: { coalesce: { rx } } })
      return nodes.find(({ name }) => name === 'b')!.cpuByStage['interrupt'] ?? 0
    }
    // 17,857 datagrams a second, one each 56 µs: an interrupt for each, or for two.
    expect(cost('1us') / cost('100us')).toBeGreaterThan(1.8)
  })
})

describe('adaptive interrupts', () => {
  const latency = (request: string) =>
    run({ traffic: { kind: 'tcp-rr', request, response: request }, nic: { rate: '100Gbit' }, duration: '20ms' }).traffic[0]!.latencyNs!.p50

  it('are held back for streams, not for answers however long', () => {
    // A kibibyte more each way costs its bytes, 0.3 ns each and less, not a hold-off of up to 64 µs.
    expect(latency('1KiB') - latency('1B')).toBeLessThan(2000)
    expect(latency('1KiB')).toBeGreaterThan(latency('1B'))
  })

  it('are fewer in a stream than those that are held back as little as for answers', () => {
    const cost = (nic: object) => {
      const { nodes } = run({ traffic: { kind: 'udp-stream', rate: '5Gbit', payload: '1400B' }, nic })
      return nodes.find(({ name }) => name === 'b')!.cpuByStage['interrupt'] ?? 0
    }
    expect(cost({ coalesce: { rx: '2us' } }) / cost({})).toBeGreaterThan(5)
  })
})

describe('a receive ring', () => {
  const burst = (ring?: number) => {
    const traffic = { kind: 'udp-stream', rate: '9Gbit', payload: '1400B', streams: 8 }
    return run({ traffic, nic: { queues: 1, ...(ring === undefined ? {} : { ring }) }, duration: '5ms' }).drops['rx-ring-full'] ?? 0
  }

  it('drops what one queue’s core does not get round to, sooner the shorter it is', () => {
    expect(burst(64)).toBeGreaterThan(burst(1024))
    expect(burst(65_536)).toBe(0)
  })
})

describe('a round of polls', () => {
  const squeezes = (node: object) => {
    const traffic = { kind: 'udp-stream', rate: '9Gbit', payload: '200B', streams: 8 }
    return run({ traffic, node, duration: '5ms', nic: { queues: 1 } }).nodes[1]!.timeSqueezes ?? 0
  }

  it('of one queue takes 64 packets, and is cut short only where it may not take as many, or as long', () => {
    expect(squeezes({})).toBe(0)
    expect(squeezes({ netdevBudget: 65 })).toBe(0)
    expect(squeezes({ netdevBudget: 64 })).toBeGreaterThan(10)
    expect(squeezes({ netdevBudgetTime: '5us' })).toBeGreaterThan(10)
  })
})

describe('a backlog', () => {
  it('of few packets drops what a poll brings in at once', () => {
    const traffic = { kind: 'udp-stream', rate: '9Gbit', payload: '200B', streams: 4 }
    const drops = (node: object) => run({ traffic, node, variant: 'calico-bgp', duration: '5ms', nic: { coalesce: { rx: '100us' } } }).drops['backlog-full'] ?? 0
    expect(drops({ netdevMaxBacklog: 8 })).toBeGreaterThan(0)
    expect(drops({ netdevMaxBacklog: 100_000 })).toBe(0)
  })
})

describe('socket buffers', () => {
  it('of TCP make a stream carry the receive buffer per round trip', () => {
    const receiveBuffer = 40_000
    const traffic = { kind: 'tcp-stream', receiveBuffer: `${receiveBuffer}B`, payload: '1MB' }
    const { traffic: entries } = run({ traffic, delay: '2500us', hostCosts: false, duration: '2s', warmup: '500ms' })
    // A third of the window may wait for acknowledgements that let a longer train go (tcp_tso_should_defer).
    const perRound = (entries[0]!.goodputBps * 10e-3) / 8
    expect(perRound).toBeLessThanOrEqual(receiveBuffer)
    expect(perRound).toBeGreaterThan(receiveBuffer * (2 / 3))
  })

  it('of TCP that senders ask for hold twice as much, as the kernel gives', () => {
    const sendBuffer = 40_000
    const traffic = { kind: 'tcp-stream', sendBuffer: `${sendBuffer}B`, payload: '1kB' }
    const { traffic: entries } = run({ traffic, delay: '2500us', hostCosts: false, duration: '2s', warmup: '500ms' })
    const perRound = (entries[0]!.goodputBps * 10e-3) / 8
    expect(perRound).toBeGreaterThan(1.3 * sendBuffer)
    expect(perRound).toBeLessThan(2.02 * sendBuffer)
  })

  it('of less than two segments make segments shorter, and the stream goes on', () => {
    const traffic = { kind: 'tcp-stream', receiveBuffer: '2000B', sendBuffer: '1000B' }
    const [entry] = run({ traffic, hostCosts: false }).traffic
    expect(entry!.goodputBps).toBeGreaterThan(10e6)
    expect((entry!.goodputBps * 20e-3) / 8 / entry!.packetsDelivered).toBeLessThan(1000)
  })

  it('of UDP hold as many datagrams as their true sizes leave room for', () => {
    // Eight streams at once on one core: their reader gets no turn while softirq work lasts.
    const drops = (receiveBuffer: string) => {
      const traffic = { kind: 'udp-stream', rate: '2Gbit', payload: '64B', receiveBuffer }
      return run({ traffic, node: { cpu: { cores: 1, ghz: 1 } }, nic: { queues: 1 }, duration: '10ms' }).drops['udp-receive-buffer'] ?? 0
    }
    expect(drops('3kB')).toBeGreaterThan(drops('64kB'))
    expect(drops('16MB')).toBe(0)
  })
})
