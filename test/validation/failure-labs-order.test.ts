/** Labs of resources/labs/failures in which packets overtake each other: symptom and counters, as their pages say. */
import { describe, expect, it } from 'vitest'

import { runFailure as run } from '../support/failure-lab'

describe('nodes whose transmit queues belong to cores', () => {
  it.each(['calico-iptables', 'calico-ipip'])('have a pod’s stream overtake itself behind the host’s stack: %s', (variant) => {
    const { traffic, drops, nodes } = run('lost-back-pressure', variant)
    const [byCore, byFlow] = traffic
    expect(byCore!.goodputBps).toBeLessThan(0.7 * byFlow!.goodputBps)
    expect(byCore!.outOfOrder).toBeGreaterThan(0.01 * byCore!.packetsDelivered)
    expect(byCore!.retransmits).toBeGreaterThan(100)
    expect(byFlow).toMatchObject({ retransmits: 0, outOfOrder: 0 })
    expect(drops).toEqual({})
    expect(nodes.find(({ name }) => name === 'node-2')!.busiestCore).toBeGreaterThan(0.7)
  })

  it('keep its order where packets keep their socket', () => {
    const [byCore, byFlow] = run('lost-back-pressure', 'calico-ebpf').traffic
    expect(byCore).toMatchObject({ retransmits: 0, outOfOrder: 0 })
    expect(Math.abs(byCore!.goodputBps / byFlow!.goodputBps - 1)).toBeLessThan(0.02)
  })
})
