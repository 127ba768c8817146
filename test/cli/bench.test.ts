import { describe, expect, it } from 'vitest'

import { runCli } from '../support/run-cli'

describe('cni-lab bench', () => {
  it('delivers what ns-3 delivers and says how fast', async () => {
    const { code, out } = await runCli(['bench', 's1', '--json'])
    expect(code).toBe(0)
    const result = JSON.parse(out) as Record<string, number>
    expect(result).toMatchObject({
      schema: 'cnilab/bench/v1',
      scenario: 's1',
      workers: 1,
      simSeconds: 1,
      packetHops: 178_572,
      sentPackets: 89_286,
      deliveredPackets: 89_286,
      meanLatencyNs: 12_288,
      minLatencyNs: 12_288,
      maxLatencyNs: 12_288,
    })
    expect(result.hopsPerSecond).toBeCloseTo(178_572 / result.wallSeconds!, 3)
    expect(result.deliveredBps).toBeCloseTo(89_286 * 1400 * 8, -3)
    expect(result.peakRssBytes).toBeGreaterThan(0)
  })

  it('refuses a lab it does not have', async () => {
    const { code, error } = await runCli(['bench', 's9'])
    expect(code).toBe(2)
    expect(error).toContain('s4p')
  })
})
