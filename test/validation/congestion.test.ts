import { describe, expect, it } from 'vitest'
import { DISCIPLINE } from '#shared/plan/index'
import { dumbbellPlan, goodputs, MSS_BYTES, runDumbbell } from '../support/dumbbell'
import { watchPlan } from '../support/watch-plan'

const SEGMENT_BITS = MSS_BYTES * 8
/** Wire bytes of a full segment between routers that add two: 1448 + 52 + 2. */
const FRAME_BYTES = 1502

/** Mathis, Semke, Mahdavi, Ott 1997: segments a second of a window that halves at each loss. */
const renoRate = (loss: number, rttSeconds: number): number => Math.sqrt(1.5 / loss) / rttSeconds

/** RFC 9438, section 5.1, with C = 0.4 and β = 0.7; its Reno-friendly region carries at least as much as Reno. */
const cubicRate = (loss: number, rttSeconds: number): number =>
  Math.max(1.054 * (rttSeconds / loss) ** 0.75, Math.sqrt(1.5 / loss)) / rttSeconds

/** Goodput of one flow over a link that loses packets at random and is never full. */
function lossy(congestion: 'reno' | 'cubic', lossRate: number, delayMs: number, seconds: number): number {
  const bottleneck = { bitsPerSecond: 10e9, delayNs: delayMs * 1e6, lossRate }
  return goodputs(runDumbbell({ bottleneck, flow: { congestion }, seconds }))[0]!
}

describe('throughput against random loss', () => {
  it.each([
    [0.0002, 10, 60],
    [0.001, 10, 60],
    [0.001, 40, 200],
  ])('of NewReno follows the square-root law at a loss of %f and %i ms', (loss, delayMs, seconds) => {
    const expected = renoRate(loss, (2 * delayMs) / 1000) * SEGMENT_BITS
    expect(Math.abs(lossy('reno', loss, delayMs, seconds) / expected - 1)).toBeLessThan(0.15)
  })

  it.each([
    ['as Reno’s', 0.001, 5, 60],
    ['where it outgrows Reno', 0.0003, 100, 1200],
  ])('of CUBIC follows its response function %s', (_, loss, delayMs, seconds) => {
    const expected = cubicRate(loss, (2 * delayMs) / 1000) * SEGMENT_BITS
    expect(Math.abs(lossy('cubic', loss, delayMs, seconds) / expected - 1)).toBeLessThan(0.15)
  })

  it('starves CUBIC on a link that BBR fills', () => {
    const bottleneck = { bitsPerSecond: 100e6, delayNs: 5e6, lossRate: 0.01, queuePackets: 1000 }
    const [bbr] = goodputs(runDumbbell({ bottleneck, flow: { congestion: 'bbr' }, seconds: 10 }))
    const [cubic] = goodputs(runDumbbell({ bottleneck, flow: { congestion: 'cubic' }, seconds: 10 }))
    const most = (100e6 * MSS_BYTES) / FRAME_BYTES
    expect(bbr! / most).toBeGreaterThan(0.9)
    expect(cubic! / most).toBeLessThan(0.25)
  })
})

describe('flows that share a link', () => {
  it.each([2, 4, 8])('of CUBIC get equal shares: %i of them', (pairs) => {
    const bottleneck = { bitsPerSecond: 100e6, delayNs: 1e6, queuePackets: 100 }
    const shares = goodputs(runDumbbell({ bottleneck, flow: { congestion: 'cubic' }, pairs, seconds: 30 }))
    const sum = shares.reduce((total, share) => total + share, 0)
    const jain = sum ** 2 / (pairs * shares.reduce((total, share) => total + share ** 2, 0))
    expect(jain).toBeGreaterThan(0.95)
    expect(sum).toBeGreaterThan(0.9 * 100e6)
  })

  it('of DCTCP keep the queue at the marking threshold and the link full', () => {
    const thresholdPackets = 40
    const discipline = { kind: DISCIPLINE.threshold, ecn: 1, thresholdBytes: thresholdPackets * 1500 }
    const bottleneck = { bitsPerSecond: 1e9, delayNs: 50_000, queuePackets: 1000, discipline }
    const result = runDumbbell({ bottleneck, flow: { congestion: 'dctcp' }, pairs: 4, seconds: 2 })
    const frameNs = FRAME_BYTES * 8
    const emptyNs = 50_000 + 2 * 500 + frameNs * 1.2
    const queued = result.traffic.map(({ latencyNs }) => (latencyNs!.p50 - emptyNs) / frameNs)
    for (const packets of queued) expect(packets).toBeLessThan(1.5 * thresholdPackets)
    expect(Math.max(...queued)).toBeGreaterThan(0.4 * thresholdPackets)
    expect(result.packets.dropped).toBe(0)
    expect(goodputs(result).reduce((sum, share) => sum + share, 0)).toBeGreaterThan(0.99 * ((1e9 * MSS_BYTES) / FRAME_BYTES))
  })
})

/** Alizadeh et al., Data Center TCP, SIGCOMM 2010, section 3.3: flows in step at a threshold of K packets. */
describe('DCTCP in the long run', () => {
  it.each([
    [1, 500, 40],
    [2, 500, 40],
    [1, 1000, 60],
  ])('of %i flows, %i µs and K = %i has the queue and the share of marks of its fixed point', (flows, delayUs, threshold) => {
    const frameNs = FRAME_BYTES * 8
    const delayNs = delayUs * 1e3
    const discipline = { kind: DISCIPLINE.threshold, ecn: 1, thresholdBytes: threshold * 1500 }
    const bottleneck = { bitsPerSecond: 1e9, delayNs, queuePackets: 1000, discipline }
    const dumbbell = { bottleneck, flow: { congestion: 'dctcp' } as const, pairs: flows, seconds: 1.2, warmupSeconds: 0.4 }
    const inNetwork = (2 * (delayNs + 2 * 500) + 3 * (FRAME_BYTES + 54) * 0.8) / frameNs + threshold
    const amplitude = Math.sqrt(2 * flows * inNetwork) / 2

    const { p50, p99 } = runDumbbell(dumbbell).traffic[0]!.latencyNs!
    const queued = (latencyNs: number) => (latencyNs - delayNs - 2 * 500 - frameNs * 1.2) / frameNs
    expect(Math.abs(queued(p99) - (threshold + flows))).toBeLessThan(3)
    expect(Math.abs(queued(p50) - (threshold + flows - amplitude / 2))).toBeLessThan(2)

    const arrived = watchPlan(dumbbellPlan(dumbbell)).filter(({ leaves, fromClient, bytes, atNs }) => !leaves && fromClient && bytes > 0 && atNs > 0.4e9)
    const share = arrived.filter(({ isMarked }) => isMarked).length / arrived.length
    // A window that is one too large is marked whole in the paper; with an acknowledgement for two segments they come in pairs, and
    // only the second of each finds one more in the queue.
    const window = inNetwork / flows
    expect(share).toBeLessThan(Math.sqrt(2 / window))
    expect(share).toBeGreaterThan(0.85 * Math.sqrt(1 / window))
  })
})

describe('a window smaller than the bandwidth-delay product', () => {
  it.each([16, 64, 256])('of %i segments carries exactly itself per round trip', (segments) => {
    const window = segments * MSS_BYTES
    const bottleneck = { bitsPerSecond: 10e9, delayNs: 10e6 }
    const flow = { receiveBufferBytes: window, sendBufferBytes: window * 4 }
    const [bps] = goodputs(runDumbbell({ bottleneck, flow, seconds: 4, warmupSeconds: 1 }))
    // A segment crosses three links, its acknowledgement three more; the window's last one waits for the others.
    const rttSeconds = (2 * (10e6 + 2 * 500) + 3 * (FRAME_BYTES + 54) * 0.8) / 1e9
    expect(Math.abs(bps! / ((window * 8) / rttSeconds) - 1)).toBeLessThan(0.01)
  })
})
