import { describe, expect, it } from 'vitest'

import { bareNetwork } from '#main/simulation/bench/index'
import { Engine } from '#worker/engine/engine'
import { summarize } from '#worker/metrics/summary'

describe('the series of a run that was stopped', () => {
  it('end with the last window that was filled, so that no chart says that nothing was received afterwards', () => {
    const plan = bareNetwork({
      switches: 1,
      hosts: 2,
      links: [0, 1].map((host) => ({ ends: [0, 1 + host] as const, bitsPerSecond: 1e9, delayNs: 1000 })),
      flows: [{ kind: 'udpStream', client: 0, server: 1, payloadBytes: 1000, gapNs: 10_000, receiveBufferBytes: 1e12 }],
      durationNs: 1_000_000_000,
      warmupNs: 0,
    })
    const engine = new Engine(plan, 1)
    while (engine.nowNs < 3.5 * plan.binNs) engine.run(100, plan.durationNs)
    const { series } = summarize(plan, engine.finish(), {
      seed: 1,
      trajectoryHash: engine.trajectory.digest(),
      inFlight: engine.pool.segmentsAlive(),
      events: engine.eventCount,
      reachedNs: engine.nowNs,
      stopped: true,
      wallSeconds: 0,
      receiveQueues: engine.receiveQueueNames,
    })

    const { binCount } = series
    expect(binCount).toBe(3)
    expect(series.deliveredBytes[0]!.bytes).toHaveLength(binCount)
    expect(Math.min(...series.deliveredBytes[0]!.bytes)).toBeGreaterThan(0)
    expect(series.dropped).toHaveLength(binCount)
  })
})
