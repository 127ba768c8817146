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

/** Runs `packets` packets through the bottleneck at a load; returns their mean wait, ns. */
function measuredWaitNs(sizes: readonly Size[], load: number, packets: number, seed: number, warmup = 0.02): { waitNs: number; delivered: number } {
  const sources = sizes.length
  const links: LinkSpec[] = Array.from({ length: sources + 1 }, (_, host) => ({
    ends: [0, 1 + host],
    bitsPerSecond: host === sources ? BOTTLENECK : FAST,
    delayNs: 0,
    framingBytes: 0,
    mtuBytes: 65_535,
  }))
  const meanServiceNs = mean(sizes, (ns) => ns)
  const durationNs = Math.round((packets * meanServiceNs) / load)
  const flows = sizes.map(
    ({ payload, share }, source): FlowSpec => ({
      kind: 'udpStream',
      client: source,
      server: sources,
      payloadBytes: payload,
      gapNs: meanServiceNs / load / share,
      poissonSeed: seed * 7919 + source + 1,
      receiveBufferBytes: 1e12,
      sendBufferBytes: 1e12,
    }),
  )
  const plan = bareNetwork({ switches: 1, hosts: sources + 1, links, flows, durationNs, warmupNs: durationNs * warmup, hostQueuePackets: 1e9 })
  const { result } = runTask({ plan, seed, progress: ProgressSlab.create(flows.length).buffer }, () => 0)
  return { waitNs: meanLatencyNs(result) - meanServiceNs, delivered: result.packets.delivered }
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

/** What the same arrivals wait by Lindley's recursion: W' = max(0, W + service − gap). */
function lindleyMeanWaitNs(serviceNs: number, gapNs: number, packets: number, arrivalSeed: number): number {
  const gaps = new PoissonGaps(arrivalSeed, gapNs, Infinity)
  let wait = 0
  let sum = 0
  for (let packet = 1; packet < packets; packet++) {
    wait = Math.max(0, wait + serviceNs - gaps.next())
    sum += wait
  }
  return sum / packets
}

describe('Poisson arrivals at one wire', () => {
  it.each([
    ['M/D/1', 0.5, 0.01, FIXED, 500_000],
    ['M/D/1', 0.8, 0.01, FIXED, 1_500_000],
    ['M/D/1', 0.95, 0.03, FIXED, 3_000_000],
    ['M/G/1', 0.5, 0.01, MIX, 1_000_000],
    ['M/G/1', 0.8, 0.01, MIX, 3_000_000],
    ['M/G/1', 0.95, 0.03, MIX, 3_000_000],
  ] as const)('wait as long as queueing theory says: %s at a load of %d, to %d', (_, load, tolerance, sizes, packets) => {
    const { waitNs, delivered } = measuredWaitNs(sizes, load, packets, 1)
    expect(delivered).toBeGreaterThan(packets * 0.99)
    expect(Math.abs(waitNs / meanWaitNs(sizes, load) - 1)).toBeLessThan(tolerance)
  })

  it('wait as long as a recursion over the same arrivals says, to a thousandth of a nanosecond', () => {
    const packets = 100_000
    const { waitNs, delivered } = measuredWaitNs(FIXED, 0.9, packets, 3, 0)
    const serviceNs = mean(FIXED, (ns) => ns)
    expect(Math.abs(waitNs - lindleyMeanWaitNs(serviceNs, serviceNs / 0.9, delivered, 3 * 7919 + 1))).toBeLessThan(0.001)
  })
})
