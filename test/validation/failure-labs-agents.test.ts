/** Labs of resources/labs/failures in which state is late, missing or wrong: symptom and counters, as their pages say. */
import { describe, expect, it } from 'vitest'

import { arrived, cost, perSecond, runFailure as run } from '../support/failure-lab'

describe('packets that are too large', () => {
  it('vanish on a bridge without a word, and small ones do not', () => {
    const hole = run('mtu-black-hole', 'calico-vxlan')
    expect(Object.keys(hole.drops)).toEqual(['packet-too-big'])
    expect(hole.traffic[1]!.goodputBps).toBeLessThan(1e6)
    expect(perSecond(hole)['small']).toBeGreaterThan(10_000)
    expect(run('mtu-black-hole', 'calico-vxlan-1450').traffic[1]!.goodputBps).toBeGreaterThan(95e6)
  })

  it('are not sent where the MTU was not found out, which costs throughput', () => {
    const [detected, assumed] = ['detected', 'assumed'].map((variant) => run('mtu-not-detected', variant).traffic[0]!)
    expect(assumed!.goodputBps).toBeLessThan(0.85 * detected!.goodputBps)
    expect(assumed!.packetsSent).toBeGreaterThan(4 * detected!.packetsSent)
  })

  it('are split on their way where WireGuard sent them, and told about where IPIP did', () => {
    const whole = run('wireguard-fragments', 'calico')
    expect(Object.keys(whole.drops)).toEqual(['packet-too-big'])
    expect(whole.drops['packet-too-big']).toBeLessThan(50)
    const split = run('wireguard-fragments', 'calico-wireguard')
    expect(split.drops).toEqual({})
    // Two pieces and the acknowledgements of each packet.
    expect(split.packets.delivered).toBeGreaterThan(1.7 * whole.packets.delivered)
  })
})

describe('addresses', () => {
  it.each([['calico-plain', 0.2], ['cilium-native', 0.2], ['calico-ipip', 1]])('of pods on the wire are dropped by a cloud: %s', (variant, share) => {
    const result = run('source-check', variant)
    expect(arrived(result)).toEqual({ stream: expect.closeTo(share, 1) as number, near: 1 })
    expect(Object.keys(result.drops)).toEqual(share < 1 ? ['filtered'] : [])
  })

  it('of pods mean nothing outside unless they are translated', () => {
    expect(perSecond(run('nat-outgoing-off', 'nat'))['outside']).toBeGreaterThan(45)
    const without = run('nat-outgoing-off', 'no-nat')
    expect(perSecond(without)['outside']).toBe(0)
    expect(Object.keys(without.drops)).toEqual(['no-route'])
  })

  it('of clients are lost where a node passes connections on', () => {
    const result = run('source-address-lost', 'calico')
    expect(perSecond(result)).toEqual({ cluster: 0, local: expect.closeTo(50, 0) as number })
    expect(Object.keys(result.drops)).toEqual(['policy-default-deny'])
  })

  it('of new pods are denied while the agent that should know them is away', () => {
    for (const [lab, variant] of [['ipset-lag', 'calico'], ['ipcache-lag', 'cilium-native']] as const) {
      const result = run(lab, variant)
      // The pod is up after two seconds or so, and the agent back after eight of twelve.
      expect(cost(result, 'policy-default-deny')).toBeGreaterThan(0.5)
      expect(cost(result, 'policy-default-deny')).toBeLessThan(0.7)
      expect(Object.keys(result.drops)).toEqual(['policy-default-deny'])
    }
  })

  it('need not be known where a tunnel brings the identity, or nobody asks', () => {
    expect(run('ipcache-lag', 'cilium-vxlan').drops).toEqual({})
    expect(run('ipset-lag', 'flannel').drops).toEqual({})
  })
})

describe('a policy', () => {
  it.each(['calico', 'cilium'])('drops SYNs and answers none: %s', (variant) => {
    const result = run('policy-deny', variant)
    expect(perSecond(result)['connections']).toBe(0)
    // The SYN and its retransmissions after one second and three.
    expect(result.drops).toEqual({ 'policy-default-deny': 3 })
  })

  it('is nothing to Flannel', () => {
    expect(perSecond(run('policy-deny', 'flannel'))['connections']).toBeGreaterThan(45)
  })

  it('stops what runs with Cilium, and new connections only with Calico', () => {
    const [calico, cilium] = ['calico', 'cilium'].map((variant) => run('policy-live-flow', variant))
    expect(arrived(calico!)['stream']).toBe(1)
    expect(arrived(cilium!)['stream']).toBeLessThan(0.55)
    // Both open connections for somewhat over two of six seconds.
    for (const result of [calico!, cilium!]) {
      expect(perSecond(result)['connections']).toBeGreaterThan(15)
      expect(perSecond(result)['connections']).toBeLessThan(30)
    }
  })
})

describe('agents that are away', () => {
  it('leave rules of yesterday behind: kube-proxy’s send to a pod that is gone', () => {
    const stale = run('kube-proxy-lag', 'calico')
    expect(Object.keys(stale.drops)).toEqual(['no-pod'])
    expect(perSecond(stale)['connections']).toBeLessThan(0.85 * perSecond(run('kube-proxy-lag', 'cilium-kpr'))['connections']!)
  })

  it('do not concern what runs: without an API server only changes wait', () => {
    for (const variant of ['calico', 'cilium']) {
      const result = run('api-outage', variant)
      // Until the policy is stored after six of ten seconds, and the first of them is warm-up.
      expect(perSecond(result)['connections']).toBeGreaterThan(28)
      expect(perSecond(result)['connections']).toBeLessThan(38)
    }
    expect(arrived(run('api-outage', 'calico'))['stream']).toBe(1)
  })

  it('concern those who listen to them: Felix to Typha, Cilium to the API server', () => {
    const [calico, cilium] = ['calico', 'cilium'].map((variant) => perSecond(run('typha-outage', variant))['connections']!)
    expect(calico).toBeGreaterThan(28)
    expect(cilium).toBeLessThan(16)
  })

  it('or both told not to write routes leave none', () => {
    for (const variant of ['bird', 'felix']) expect(run('route-owner', variant).drops).toEqual({})
    expect(cost(run('route-owner', 'nobody'), 'no-route')).toBe(1)
  })
})

describe('a node', () => {
  it.each(['calico', 'cilium-kpr'])('that died is asked until Kubernetes gives it up: %s', (variant) => {
    const result = run('stale-endpoint', variant)
    expect(Object.keys(result.drops)).toEqual(['host-down'])
    // Four streams of two a second; those of the dead node wait for about fifty of ninety seconds.
    expect(perSecond(result)['connections']).toBeGreaterThan(4)
    expect(perSecond(result)['connections']).toBeLessThan(7)
  })

  it('that joins is known sooner by watches than by BGP', () => {
    const unknown = (variant: string): number => run('node-joins', variant).drops['no-route']!
    expect(unknown('calico-bgp')).toBeGreaterThan(unknown('calico-vxlan') + 100)
    for (const variant of ['calico-vxlan', 'cilium-vxlan', 'flannel-vxlan']) {
      expect(unknown(variant)).toBeGreaterThan(199)
      expect(unknown(variant)).toBeLessThan(320)
      expect(arrived(run('node-joins', variant))['stream']).toBeGreaterThan(0.6)
    }
  })

  it.each(['calico', 'cilium-kpr'])('without an endpoint drops what is for a service with local traffic: %s', (variant) => {
    const result = run('nodeport-local', variant)
    expect(perSecond(result)).toEqual({ 'with-endpoint': expect.closeTo(50, 0) as number, 'without-endpoint': 0 })
    expect(Object.keys(result.drops)).toEqual(['no-local-endpoint'])
  })

  it('that gets bursts of small packets loses them in the ring', () => {
    const result = run('ring-overflow', 'calico')
    expect(cost(result, 'rx-ring-full')).toBeGreaterThan(0.5)
  })

  it('that is busy with small packets lets requests wait, and loses none', () => {
    const { traffic } = run('softirq-squeeze', 'calico')
    const [before, , during] = traffic
    expect(during!.latencyNs!.p50).toBeGreaterThan(2 * before!.latencyNs!.p50)
    expect(during!.packetsDelivered).toBeGreaterThan(0.99 * during!.packetsSent)
  })
})
