import { describe, expect, it } from 'vitest'
import { ProgressSlab } from '#shared/metrics/index'
import { runTask } from '#worker/run-task'
import { bareNetwork } from '#main/simulation/bench/index'

const MSS = 1448
const WIRE_BYTES = MSS + 52 + 38
const ACK_BYTES = 52 + 38

const ROUND_TRIPS = { warmup: 40, measured: 100 }

interface Path {
  readonly windowBytes: number
  readonly delayNs: number
  readonly bitsPerSecond: number
}

/**
 * The time from the first bit of two segments to the end of their acknowledgement, over two links each way: receivers
 * acknowledge every second segment.
 */
const roundTripNs = ({ delayNs, bitsPerSecond }: Path): number =>
  4 * delayNs + (8e9 * (WIRE_BYTES + 2 * WIRE_BYTES + 2 * ACK_BYTES)) / bitsPerSecond

/** Goodput of one TCP stream between two hosts behind a switch, once its window is open. */
function goodputBps(path: Path): number {
  const { windowBytes, delayNs, bitsPerSecond } = path
  const warmupNs = Math.round(ROUND_TRIPS.warmup * roundTripNs(path))
  const plan = bareNetwork({
    switches: 1,
    hosts: 2,
    links: [0, 1].map((host) => ({ ends: [0, 1 + host] as const, bitsPerSecond, delayNs })),
    flows: [{ kind: 'tcpStream', client: 0, server: 1, receiveBufferBytes: windowBytes, sendBufferBytes: 1e9 }],
    durationNs: warmupNs + Math.round(ROUND_TRIPS.measured * roundTripNs(path)),
    warmupNs,
    hostQueuePackets: 1e6,
  })
  const { result } = runTask({ plan, seed: 1, progress: ProgressSlab.create(1).buffer }, () => 0)
  return result.traffic[0]!.goodputBps
}

describe('a TCP stream carries what its window lets it in a round trip, or what the wire does', () => {
  it.each([
    { windowBytes: 64 * 1024, delayNs: 250_000, bitsPerSecond: 10e9 },
    { windowBytes: 256 * 1024, delayNs: 250_000, bitsPerSecond: 10e9 },
    { windowBytes: 256 * 1024, delayNs: 2_500_000, bitsPerSecond: 10e9 },
    { windowBytes: 1024 * 1024, delayNs: 2_500_000, bitsPerSecond: 10e9 },
    { windowBytes: 1024 * 1024, delayNs: 25_000, bitsPerSecond: 1e9 },
    { windowBytes: 4 * 1024 * 1024, delayNs: 250_000, bitsPerSecond: 10e9 },
  ])('window of $windowBytes bytes, links of $delayNs ns, $bitsPerSecond bit/s', (path) => {
    const pairs = Math.floor(path.windowBytes / MSS / 2)
    const byWindow = (pairs * 2 * MSS * 8e9) / roundTripNs(path)
    const byWire = (path.bitsPerSecond * MSS) / WIRE_BYTES
    const reached = goodputBps(path) / Math.min(byWindow, byWire)
    expect(reached).toBeLessThan(1.001)
    // The window may have room for a pair that no acknowledgement makes whole.
    expect(reached).toBeGreaterThan(1 - 1 / pairs - 0.001)
  })
})
