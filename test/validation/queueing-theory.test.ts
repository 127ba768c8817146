import { describe, expect, it } from 'vitest'
import { ProgressSlab, type SeedResult } from '#shared/metrics/index'
import { PoissonGaps } from '#worker/engine/poisson-gaps'
import { runTask } from '#worker/run-task'
import { bareNetwork, type FlowSpec, type LinkSpec } from '#main/simulation/bench/index'

/** One bottleneck of 1 Gbit/s behind a switch; sources and sink hang on links that never queue. */
const BOTTLENECK = 1e9
const NS_PER_BYTE = 8e9 / BOTTLENECK
/** The sources' links take no time: their datagrams never meet but at the bottleneck. */
const FAST = Infinity
const HEADER_BYTES = 28

interface Size {
  readonly payload: number
  /** Share of the packets. */
  readonly share: number
}

const bytesOf = ({ payload }: Size): number => payload + HEADER_BYTES
const mean = (sizes: readonly Size[], of: (serviceNs: number) => number): number =>
  sizes.reduce((sum, size) => sum + size.share * of(bytesOf(size) * NS_PER_BYTE), 0)

/** Pollaczek and Khinchine: the mean wait of Poisson arrivals at a load, of services of these sizes. */
const meanWaitNs = (sizes: readonly Size[], load: number): number =>
  (load * mean(sizes, (ns) => ns * ns)) / (2 * mean(sizes, (ns) => ns) * (1 - load))

/** A source of packets of one size: their mean gap, and the seed of their arrivals. */
interface Source {
  readonly size: Size
  readonly gapNs: number
  readonly poissonSeed: number
}

/** A source for each size, which together make a load. */
const sourcesOf = (sizes: readonly Size[], load: number, seed: number): Source[] =>
  sizes.map((size, source) => ({ size, gapNs: mean(sizes, (ns) => ns) / load / size.share, poissonSeed: seed * 7919 + source + 1 }))

/** Runs `packets` packets through the bottleneck at a load; returns their mean latency, ns. */
function measured(sizes: readonly Size[], load: number, packets: number, seed: number, warmup = 0.02): { latencyNs: number; delivered: number } {
  const sources = sizes.length
  const links: LinkSpec[] = Array.from({ length: sources + 1 }, (_, host) => ({
    ends: [0, 1 + host],
    bitsPerSecond: host === sources ? BOTTLENECK : FAST,
    delayNs: 0,
    framingBytes: 0,
    mtuBytes: 65_535,
  }))
  const durationNs = Math.round((packets * mean(sizes, (ns) => ns)) / load)
  const flows = sourcesOf(sizes, load, seed).map(
    ({ size, gapNs, poissonSeed }, source): FlowSpec => ({
      kind: 'udpStream',
      client: source,
      server: sources,
      payloadBytes: size.payload,
      gapNs,
      poissonSeed,
      receiveBufferBytes: 1e12,
      sendBufferBytes: 1e12,
    }),
  )
  const plan = bareNetwork({ switches: 1, hosts: sources + 1, links, flows, durationNs, warmupNs: durationNs * warmup, hostQueuePackets: 1e9 })
  const { result } = runTask({ plan, seed, progress: ProgressSlab.create(flows.length).buffer }, () => 0)
  return { latencyNs: meanLatencyNs(result), delivered: result.packets.delivered }
}

/** Mean over all packets: by share, as warm-up packets are not in the means. */
function meanLatencyNs({ traffic }: SeedResult): number {
  const total = traffic.reduce((sum, { packetsDelivered }) => sum + packetsDelivered, 0)
  return traffic.reduce((sum, { latencyNs, packetsDelivered }) => sum + latencyNs!.mean * packetsDelivered, 0) / total
}

const FIXED: readonly Size[] = [{ payload: 972, share: 1 }]
/** The classic mix of the internet ("IMIX", 7 : 4 : 1 of 40, 576 and 1500 bytes). */
const MIX: readonly Size[] = [
  { payload: 12, share: 7 / 12 },
  { payload: 548, share: 4 / 12 },
  { payload: 1472, share: 1 / 12 },
]

/** The mean latency of the same arrivals by Lindley's recursion, W' = max(0, W + service − gap); of equal times the first source's first. */
function recursionLatencyNs(sizes: readonly Size[], load: number, packets: number, seed: number): number {
  const sources = sourcesOf(sizes, load, seed).map(({ size, gapNs, poissonSeed }) => ({
    serviceNs: bytesOf(size) * NS_PER_BYTE,
    gaps: new PoissonGaps(poissonSeed, gapNs, Infinity),
    nextNs: 0,
  }))
  let freeNs = 0
  let sum = 0
  for (let packet = 0; packet < packets; packet++) {
    let first = sources[0]!
    for (const source of sources) if (source.nextNs < first.nextNs) first = source
    freeNs = Math.max(freeNs, first.nextNs) + first.serviceNs
    sum += freeNs - first.nextNs
    first.nextNs += first.gaps.next()
  }
  return sum / packets
}

const CASES = [
  ['M/D/1', 0.5, 0.01, FIXED, 500_000],
  ['M/D/1', 0.8, 0.01, FIXED, 1_500_000],
  ['M/D/1', 0.95, 0.03, FIXED, 3_000_000],
  ['M/G/1', 0.5, 0.01, MIX, 1_000_000],
  ['M/G/1', 0.8, 0.01, MIX, 3_000_000],
  ['M/G/1', 0.95, 0.03, MIX, 3_000_000],
] as const

describe('Poisson arrivals at one wire', () => {
  it.each(CASES)('wait as long as queueing theory says: %s at a load of %d, to %d', (_, load, tolerance, sizes, packets) => {
    const { latencyNs, delivered } = measured(sizes, load, packets, 1)
    const waitNs = latencyNs - mean(sizes, (ns) => ns)
    expect(delivered).toBeGreaterThan(packets * 0.99)
    expect(Math.abs(waitNs / meanWaitNs(sizes, load) - 1)).toBeLessThan(tolerance)
  })

  it.each(CASES)('take as long as a recursion over the same arrivals says, to a thousandth of a nanosecond: %s at a load of %d', (_, load, _tolerance, sizes) => {
    const { latencyNs, delivered } = measured(sizes, load, 100_000, 3, 0)
    expect(Math.abs(latencyNs - recursionLatencyNs(sizes, load, delivered, 3))).toBeLessThan(0.001)
  })
})
