import { describe, expect, it } from 'vitest'
import { DISCIPLINE, type DisciplineRow } from '#shared/plan/index'
import { ProgressSlab, type SeedResult } from '#shared/metrics/index'
import { runTask } from '#worker/run-task'
import { bareNetwork, type FlowSpec, type LinkSpec, type NetworkSpec } from '#main/simulation/bench/index'

const GBIT = 1e9
const RATES = [10 * GBIT, 10 * GBIT, GBIT]
const PAYLOAD = 1000

/** Two sources, a sink behind a link of 1 Gbit/s, one switch. */
function run(flows: readonly FlowSpec[], bottleneck: Partial<LinkSpec>, more: Partial<NetworkSpec> = {}): SeedResult {
  const links = RATES.map((bitsPerSecond, host): LinkSpec => ({
    ends: [0, 1 + host],
    bitsPerSecond,
    delayNs: 1000,
    ...(host === 2 ? bottleneck : {}),
  }))
  const plan = bareNetwork({ switches: 1, hosts: 3, links, flows, durationNs: 50_000_000, warmupNs: 10_000_000, ...more })
  return runTask({ plan, seed: 1, progress: ProgressSlab.create(flows.length).buffer }, () => 0).result
}

/** A source that sends `share` of the bottleneck's rate. */
const source = (client: number, share: number, more: Partial<FlowSpec> = {}): FlowSpec => ({
  kind: 'udpStream',
  client,
  server: 2,
  payloadBytes: PAYLOAD,
  gapNs: ((PAYLOAD + 66) * 8) / share,
  poissonSeed: client + 1,
  receiveBufferBytes: 1e12,
  ...more,
})

const delivered = ({ traffic }: SeedResult): number[] => traffic.map(({ packetsSent, packetsDelivered }) => packetsDelivered / packetsSent)
const discipline = (row: DisciplineRow): Partial<LinkSpec> => ({ discipline: row, queuePackets: 1000 })

describe('a bottleneck with', () => {
  const flood = [source(0, 3), source(1, 0.3)]

  it('a drop-tail queue lets a flood drown everybody', () => {
    expect(delivered(run(flood, { queuePackets: 100 }))[1]).toBeLessThan(0.6)
  })

  it.each([
    ['fq', { kind: DISCIPLINE.fq, flows: 1024, quantumBytes: 3028, flowLimit: 100 }],
    ['fq_codel', { kind: DISCIPLINE.fqCodel, flows: 1024, quantumBytes: 1514, targetNs: 5e6, intervalNs: 1e8 }],
  ])('%s lets a modest flow have all it asks for beside a flood', (_, row) => {
    const [flooding, modest] = delivered(run(flood, discipline(row)))
    expect(modest).toBeGreaterThan(0.99)
    expect(flooding).toBeCloseTo(0.7 / 3, 1)
  })

  it('priorities serves the higher class first and leaves the rest to the lower one', () => {
    const result = run([source(0, 0.9), source(1, 0.9, { dscp: 46 })], discipline({ kind: DISCIPLINE.prio }))
    const [low, high] = delivered(result)
    expect(high).toBeGreaterThan(0.995)
    expect(low).toBeLessThan(0.3)
    expect(result.traffic[1]!.latencyNs!.p99).toBeLessThan(result.traffic[0]!.latencyNs!.p50 / 10)
  })

  it('RED drops early, before the queue is full', () => {
    const red = { kind: DISCIPLINE.red, minBytes: 20_000, maxBytes: 60_000, probability: 0.1, weight: 0.01 }
    const { drops } = run([source(0, 1.05)], discipline(red))
    expect(drops['early-drop']).toBeGreaterThan(0)
    expect(drops['queue-full']).toBeUndefined()
  })

  it('CoDel holds a TCP stream’s queue near its target, where drop-tail lets it stand', () => {
    const stream: FlowSpec = { kind: 'tcpStream', client: 0, server: 2, sendBufferBytes: 1e7, receiveBufferBytes: 1e7 }
    const more = { durationNs: 1_500_000_000, warmupNs: 1_000_000_000, hostQueuePackets: 100_000 }
    const row = { kind: DISCIPLINE.codel, targetNs: 1e6, intervalNs: 2e7 }
    const standing = run([stream], { queuePackets: 10_000 }, more).traffic[0]!
    const held = run([stream], { discipline: row, queuePackets: 10_000 }, more).traffic[0]!
    expect(held.latencyNs!.p50).toBeLessThan(standing.latencyNs!.p50 / 4)
    expect(held.goodputBps).toBeGreaterThan(standing.goodputBps * 0.9)
  })

  it('shared memory holds more for one busy port than an equal part', () => {
    const burst = source(0, 8, { stopNs: 1_000_000, poissonSeed: undefined })
    const parted = run([burst], { queueBytes: 100_000 })
    const shared = run([burst], { queueBytes: 100_000 }, { sharedBuffer: { bytes: 300_000, alpha: 8 } })
    expect(shared.packets.dropped).toBeLessThan(parted.packets.dropped)
    expect(shared.drops['shared-buffer-full']).toBe(shared.packets.dropped)
  })
})

describe('a host whose NIC is the bottleneck', () => {
  /** One host sends both flows by its link of 1 Gbit/s. */
  const sender = (qdisc?: DisciplineRow): SeedResult => {
    const links = [GBIT, 10 * GBIT].map((bitsPerSecond, host): LinkSpec => ({ ends: [0, 1 + host], bitsPerSecond, delayNs: 1000 }))
    const flows = [source(0, 2, { server: 1 }), source(0, 0.3, { server: 1, poissonSeed: 9 })]
    const plan = bareNetwork({ switches: 1, hosts: 2, links, flows, durationNs: 50_000_000, warmupNs: 0, hostQueuePackets: 100, qdisc })
    return runTask({ plan, seed: 1, progress: ProgressSlab.create(2).buffer }, () => 0).result
  }

  it('drops of every flow from one queue', () => {
    const result = sender()
    expect(delivered(result)[1]).toBeLessThan(0.6)
    expect(result.drops['qdisc-full']).toBeGreaterThan(0)
  })

  it('serves flows fairly with fq', () => {
    const [, modest] = delivered(sender({ kind: DISCIPLINE.fq, flows: 1024, quantumBytes: 3028, flowLimit: 50 }))
    expect(modest).toBeGreaterThan(0.99)
  })

  it('paces each flow to the rate that fq allows it', () => {
    const result = sender({ kind: DISCIPLINE.fq, flows: 1024, quantumBytes: 3028, flowLimit: 50, maxRateBps: 1e8 })
    // The rate counts IP packets, of which the payload is all but 28 bytes.
    for (const { goodputBps } of result.traffic) expect(goodputBps / ((1e8 * PAYLOAD) / (PAYLOAD + 28))).toBeCloseTo(1, 1)
  })
})

describe('a wire that', () => {
  const few = [source(0, 0.2)]

  it('doubles packets delivers more than was sent, and every one ends in a counter', () => {
    const { packets, traffic } = run(few, { impairment: { duplicateRate: 0.5 } })
    expect(traffic[0]!.packetsDelivered / traffic[0]!.packetsSent).toBeCloseTo(1.5, 1)
    expect(packets.sent).toBe(packets.delivered + packets.dropped + packets.inFlight)
    expect(packets.sent / traffic[0]!.packetsSent).toBeCloseTo(1.5, 1)
  })

  it('damages packets has the receiver drop them', () => {
    const { drops, traffic } = run(few, { impairment: { corruptRate: 0.1 } })
    expect(drops['frame-corrupted']! / traffic[0]!.packetsSent).toBeCloseTo(0.1, 1)
  })

  it('delays unevenly spreads latency over its jitter', () => {
    const plain = run(few, {}).traffic[0]!.latencyNs!
    const uneven = run(few, { impairment: { jitterNs: 100_000 } }).traffic[0]!.latencyNs!
    expect(uneven.mean - plain.mean).toBeGreaterThan(40_000)
    expect(uneven.max - plain.max).toBeLessThanOrEqual(100_000)
    expect(uneven.min).toBeGreaterThanOrEqual(plain.min)
  })
})
