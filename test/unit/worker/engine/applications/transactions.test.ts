import { describe, expect, it } from 'vitest'

import { runLab } from '../../../../support/run-lab'
import { FIRST_PODS, twoHostsLab, type TwoHosts } from '../../../../support/two-hosts-lab'

function resultOf(options: TwoHosts) {
  const { result } = runLab(twoHostsLab(options), 'host')
  return { ...result.traffic[0]!, packets: result.packets, drops: result.drops }
}

/** Four links of 5 µs there and back, and on each the wire time of an IP packet of so many bytes at 10 Gbit/s. */
function roundTripNs(requestBytes: number, responseBytes: number): number {
  return 4 * 5000 + 2 * ((requestBytes + 38) * 0.8 + (responseBytes + 38) * 0.8)
}

describe('transactions on hosts that cost nothing', () => {
  it('over datagrams take the delays and wire times of both messages', () => {
    const { latencyNs } = resultOf({ traffic: `kind: udp-rr, ${FIRST_PODS}, request: 100B, response: 1000B` })
    expect(latencyNs!.mean).toBeCloseTo(roundTripNs(128, 1028), -1)
    expect(latencyNs!.max - latencyNs!.min).toBeLessThan(10)
  })

  it('of ping are answered with the payload of the request', () => {
    const { latencyNs, goodputBps, transactionsPerSecond } = resultOf({ traffic: `kind: icmp, ${FIRST_PODS}` })
    expect(latencyNs!.mean).toBeCloseTo(roundTripNs(84, 84), -1)
    expect(goodputBps).toBeCloseTo(transactionsPerSecond! * 56 * 8, 3)
  })

  it('over a kept connection need two packets each', () => {
    const { packets, transactionsPerSecond } = resultOf({ traffic: `kind: tcp-rr, ${FIRST_PODS}` })
    const transactions = transactionsPerSecond! * 0.02
    expect(Math.abs(packets.sent - 2 * transactions)).toBeLessThan(20)
  })

  it('over a new connection need eight to ten packets and three round trips each', () => {
    const { packets, latencyNs, transactionsPerSecond } = resultOf({ traffic: `kind: tcp-crr, ${FIRST_PODS}` })
    const perTransaction = packets.sent / (transactionsPerSecond! * 0.02)
    expect(perTransaction).toBeGreaterThan(7.5)
    expect(perTransaction).toBeLessThan(10.5)
    expect(latencyNs!.mean / roundTripNs(53, 53)).toBeCloseTo(3, 1)
  })
})

describe('transactions at a pace', () => {
  it.each(['tcp-rr', 'tcp-crr', 'udp-rr'])('of %s come as often as told', (kind) => {
    const { transactionsPerSecond } = resultOf({ traffic: `kind: ${kind}, ${FIRST_PODS}, rate: 16kbit, request: 1B, response: 1B`, duration: '100ms' })
    expect(transactionsPerSecond).toBeCloseTo(1000, -2)
  })

  it('of http are those of all connections together, from each sender', () => {
    const ends = 'from: {workload: default/a}, to: {workload: default/b}'
    const { transactionsPerSecond } = resultOf({
      traffic: `kind: http, ${ends}, pattern: all-to-all, streams: 4, requestRate: 20000, response: 1kB`,
      duration: '200ms',
    })
    expect(transactionsPerSecond! / 60_000).toBeCloseTo(1, 1)
  })

  it('count from when they were due, not from when a connection was free', () => {
    const { latencyNs } = resultOf({ traffic: `kind: http, ${FIRST_PODS}, requestRate: 40000, response: 20kB`, duration: '50ms' })
    // One connection can do fewer than 40,000 a second: the last requests have waited for a good part of the run.
    expect(latencyNs!.max).toBeGreaterThan(5e6)
  })
})

describe('lost datagrams', () => {
  it('of a request are sent again once the answer is late, and the transaction counts from the first', () => {
    const options = { traffic: `kind: udp-rr, ${FIRST_PODS}, timeout: 1ms`, loss: 0.02, duration: '500ms' }
    const { latencyNs, transactionsPerSecond, drops } = resultOf(options)
    expect(Object.values(drops).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(20)
    expect(transactionsPerSecond).toBeGreaterThan(5000)
    expect(latencyNs!.max).toBeGreaterThan(1e6)
  })

  it('of ping are given up', () => {
    const { latencyNs, transactionsPerSecond } = resultOf({ traffic: `kind: icmp, ${FIRST_PODS}, timeout: 1ms`, loss: 0.02, duration: '500ms' })
    expect(transactionsPerSecond).toBeGreaterThan(5000)
    expect(latencyNs!.max).toBeLessThan(30_000)
  })
})

describe('hosts with cores', () => {
  it('answer pings in the kernel: no thread of the server wakes', () => {
    const { result } = runLab(twoHostsLab({ traffic: `kind: icmp, ${FIRST_PODS}`, hostCosts: true }), 'host')
    const [client, server] = result.nodes
    expect(client!.cpuByStage['app-receive']).toBeGreaterThan(0)
    expect(server!.cpuByStage['app-receive']).toBeUndefined()
    expect(server!.cpuByStage['icmp-receive']).toBeGreaterThan(0)
  })

  it('pay for connections where each transaction has its own', () => {
    const { result } = runLab(twoHostsLab({ traffic: `kind: tcp-crr, ${FIRST_PODS}`, hostCosts: true }), 'host')
    const [client, server] = result.nodes
    expect(client!.cpuByStage['app-connect']).toBeGreaterThan(0)
    expect(server!.cpuByStage['app-accept']).toBeGreaterThan(0)
    expect(server!.cpuByStage['app-close']).toBeGreaterThan(0)
  })

  it('lose no last acknowledgement to the next connection, whose packets may overtake it on another core', () => {
    const text = twoHostsLab({ traffic: `kind: tcp-crr, ${FIRST_PODS}, streams: 50`, hostCosts: true, duration: '60ms' })
    const { result } = runLab(text.replace('{name: host, cni: none}', '{name: vxlan, cni: cilium}'), 'vxlan')
    expect(result.traffic[0]!.transactionsPerSecond).toBeGreaterThan(40_000)
    expect(result.drops).toEqual({})
  })
})

describe('streams', () => {
  it('in reverse carry their payload from the receiving end to the sending end', () => {
    const { result } = runLab(twoHostsLab({ traffic: `kind: tcp-stream, ${FIRST_PODS}, reverse: true` }), 'host')
    const used = (from: string) => result.links.find(({ ends }) => ends[0] === from)!.utilisation
    expect(result.traffic[0]!.goodputBps).toBeGreaterThan(8e9)
    expect(used('n2')).toBeGreaterThan(0.9)
    expect(used('n1')).toBeLessThan(0.1)
  })

  it('without a copy cost the sender less, and the receiver as much', () => {
    const cpu = (more: string) =>
      runLab(twoHostsLab({ traffic: `kind: tcp-stream, ${FIRST_PODS}, rate: 4Gbit${more}`, hostCosts: true }), 'host').result.nodes.map(
        ({ cpuByStage }) => [cpuByStage['app-send'] ?? 0, cpuByStage['app-receive'] ?? 0] as const,
      )
    const [copied, zeroCopy] = [cpu(''), cpu(', sendfile: true')]
    expect(zeroCopy[0]![0]).toBeLessThan(copied[0]![0] * 0.7)
    expect(zeroCopy[1]![1] / copied[1]![1]).toBeCloseTo(1, 1)
  })
})

describe('flow completion', () => {
  it('is never faster than the least, and near it for lone large flows', () => {
    const { flowCompletion } = resultOf({ traffic: `kind: http, ${FIRST_PODS}, response: 20MB`, duration: '200ms' })
    const [large] = flowCompletion!
    expect(large!.class).toBe('large')
    expect(large!.slowdown!.p50).toBeGreaterThanOrEqual(1)
    expect(large!.slowdown!.p50).toBeLessThan(1.1)
  })

  it('is told by size where sizes differ', () => {
    const { flowCompletion } = resultOf({ traffic: `kind: http, ${FIRST_PODS}, streams: 8, load: 0.5, response: web-search`, duration: '500ms' })
    expect(flowCompletion!.map((each) => each.class)).toEqual(expect.arrayContaining(['small', 'medium']))
    for (const each of flowCompletion!) expect(each.p99Ns).toBeGreaterThanOrEqual(each.p50Ns)
  })
})
