/**
 * TCP incast: a client asks many servers at once and goes on when it has all answers. Phanishayee et al., Measurement and
 * Analysis of TCP Throughput Collapse in Cluster-based Storage Systems, FAST 2008: 256 KB from each server, 1 Gbit/s, a switch
 * with 32 to 64 KB a port; goodput collapses by an order of magnitude with a least timeout of 200 ms, and does not with one
 * near the round-trip time (Vasudevan et al., SIGCOMM 2009) or with buffers of megabytes.
 */
import { ProgressSlab } from '#shared/metrics/index'
import { runTask } from '#worker/run-task'
import { describe, expect, it } from 'vitest'

import { makeLab } from '../support/make-lab'
import { planOf } from '../support/plan-of'

const RATE = 1e9

/** Goodput of a client as a share of its link. */
function goodput(servers: number, { queue = '64kB', rtoMin, barrier = true }: { queue?: string; rtoMin?: string; barrier?: boolean }): number {
  const node = (name: string) => ({ name, nic: { rate: '1Gbit' }, uplinks: [{ switch: 'tor', delay: '10us', queue }] })
  const names = Array.from({ length: servers }, (_, i) => `server-${i}`)
  const lab = makeLab({
    fabric: { switches: [{ name: 'tor' }] },
    nodes: [node('client'), ...names.map(node)],
    cluster: {
      podCIDR: '10.244.0.0/16',
      serviceCIDR: '10.96.0.0/16',
      workloads: [
        { name: 'client', namespace: 'default', nodes: ['client'] },
        { name: 'server', namespace: 'default', replicas: servers, nodes: names },
      ],
    },
    variants: [{ name: 'host', cni: 'none' }],
    traffic: [{
      name: 'read', kind: 'http', from: { pod: 'default/client-0' }, to: { workload: 'default/server' }, pattern: 'all-to-all',
      request: '100B', response: '256kB', congestion: 'reno', barrier, ...(rtoMin !== undefined && { rtoMin }),
    }],
    run: { duration: '2s', warmup: '200ms', hostCosts: false },
  })
  const { result } = runTask({ plan: planOf(lab, 'host'), seed: 1, progress: ProgressSlab.create(1).buffer }, () => 0)
  return result.traffic[0]!.goodputBps / RATE
}

describe('a client that reads from servers in step', () => {
  it('fills its link from one, and from sixteen of them gets a fraction of it', () => {
    expect(goodput(1, {})).toBeGreaterThan(0.85)
    expect(goodput(16, {})).toBeLessThan(0.3)
  })

  it('fills its link again where timeouts may be as short as round trips, or the port has room for all', () => {
    expect(goodput(16, { rtoMin: '1ms' })).toBeGreaterThan(0.7)
    expect(goodput(16, { queue: '4MB' })).toBeGreaterThan(0.8)
  })

  it('loses no time to a server that waits where the others go on without it', () => {
    expect(goodput(16, { barrier: false })).toBeGreaterThan(0.8)
  })
})
