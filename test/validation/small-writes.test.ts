import type { SeedResult } from '#shared/metrics/index'
import { describe, expect, it } from 'vitest'

import { runBetweenNodes } from '../support/two-nodes'

/** One stream whose application writes so much at a time, between nodes like Kube-OVN's: EPYC 7402P, boosting. */
function run(variant: string, payload: string, nic: object = {}): SeedResult {
  return runBetweenNodes({
    variant,
    traffic: { kind: 'tcp-stream', payload },
    node: { cpu: { cores: 24, ghz: 3.35 } },
    nic: { rate: '25Gbit', queues: 24, ...nic },
    delay: '1us',
    duration: '40ms',
    warmup: '15ms',
  })
}

const goodput = (variant: string, payload: string): number => run(variant, payload).traffic[0]!.goodputBps

/** Time in tcp_write_xmit on the sending node: one share for each train. */
const trains = ({ nodes, traffic }: SeedResult): number => nodes.find(({ name }) => name === 'a')!.cpuByStage['tcp-transmit']! / traffic[0]!.goodputBps

describe('a stream of small writes', () => {
  /**
   * Kube-OVN, "Performance Tuning": qperf on the host network and through Calico without encapsulation, whose host stack
   * orphans packets, so that nothing tells the socket what still lies below it (ip_rcv_core).
   */
  it.each([
    ['1KiB', 3.76 / 9.32],
    ['4KiB', 6.56 / 14.6],
  ])('of %s gets as little through the host’s stack as Kube-OVN measured, within 30 %%', (payload, measured) => {
    const share = goodput('calico-bgp', payload) / goodput('host', payload)
    expect(Math.abs(share / measured - 1)).toBeLessThan(0.3)
  })

  it('loses little where packets keep their socket until the NIC has sent them', () => {
    expect(goodput('cilium-vxlan', '4KiB') / goodput('host', '4KiB')).toBeGreaterThan(0.75)
  })

  it('loses little to the host’s stack when writes are large', () => {
    expect(goodput('calico-bgp', '128KiB') / goodput('host', '128KiB')).toBeGreaterThan(0.75)
  })

  it('leaves in fewer trains the longer the NIC keeps what it has sent (tcp_should_autocork)', () => {
    const kept = (tx: string) => trains(run('host', '1KiB', { coalesce: { tx } }))
    expect(kept('5us') / kept('50us')).toBeGreaterThan(1.5)
  })
})
