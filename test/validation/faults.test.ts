/** What faults do to traffic: measured on packets, not read from tables. */
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'

import { runLab } from '../support/run-lab'

const PAYLOAD_BYTES = 1000

interface FaultLab {
  readonly seconds: number
  readonly packetsPerSecond: number
  readonly faults: object[]
  readonly variant?: object
  readonly traffic?: object[]
  readonly fabric?: object
}

/** Three nodes; datagrams from a pod on the first to one on the second, evenly spaced. */
function faultLab({ seconds, packetsPerSecond, faults, variant, traffic, fabric }: FaultLab): string {
  const stream = {
    name: 'stream',
    kind: 'udp-stream',
    from: { pod: 'default/client-0' },
    to: { pod: 'default/server-0', port: 9000 },
    rate: `${packetsPerSecond * PAYLOAD_BYTES * 8}bit`,
    payload: `${PAYLOAD_BYTES}B`,
  }
  const towers = fabric === undefined ? ['tor', 'tor', 'tor'] : ['tor-a', 'tor-b', 'tor-a']
  return stringify({
    apiVersion: 'cnilab.dev/v1alpha1',
    kind: 'Lab',
    metadata: { name: 'faults' },
    spec: {
      fabric: fabric ?? { switches: [{ name: 'tor' }] },
      nodes: towers.map((tor, index) => ({ name: `node-${index + 1}`, uplinks: [{ switch: tor, delay: '1us' }] })),
      cluster: {
        workloads: [
          { name: 'client', replicas: 1, nodes: ['node-1'] },
          { name: 'server', replicas: 1, nodes: ['node-2'], ports: [{ name: 'udp', port: 9000 }] },
        ],
      },
      variants: [{ name: 'v', cni: 'calico', ...variant }],
      traffic: traffic ?? [stream],
      faults,
      run: { duration: `${seconds}s`, warmup: '0s' },
    },
  })
}

/** Seconds' worth of packets that each reason cost. */
function lostSeconds(lab: FaultLab): Record<string, number> {
  const { result } = runLab(faultLab(lab), 'v')
  return Object.fromEntries(Object.entries(result.drops).map(([reason, count]) => [reason, count / lab.packetsPerSecond]))
}

describe('BIRD that ends on the server’s node', () => {
  const end = (more: object) => [{ at: '2s', until: '4s', kind: 'agent-kill', node: 'node-2', agent: 'bird', ...more }]

  it('costs no packet when it restarts gracefully', () => {
    expect(lostSeconds({ seconds: 20, packetsPerSecond: 500, faults: end({}) })).toEqual({})
  })

  it('costs packets until its routes are back when it does not', () => {
    const lost = lostSeconds({ seconds: 20, packetsPerSecond: 500, faults: end({ graceful: false }) })
    // Gone for the two seconds it is not there, and for the time until a session is up: it waits 1.5 to 2 s to connect.
    expect(Object.keys(lost)).toEqual(['no-route'])
    expect(lost['no-route']).toBeGreaterThan(2)
    expect(lost['no-route']).toBeLessThan(4.1)
  })

  it('costs everything from then on when it never comes back: gracefully after the restart time', () => {
    const forGood = (graceful: boolean) => [{ at: '2s', kind: 'agent-kill', node: 'node-2', agent: 'bird', graceful }]
    expect(lostSeconds({ seconds: 10, packetsPerSecond: 100, faults: forGood(false) })['no-route']).toBeCloseTo(8, 1)
    expect(lostSeconds({ seconds: 130, packetsPerSecond: 20, faults: forGood(true) })['no-route']).toBeCloseTo(8, 0)
  })
})

describe('a node that dies without a word', () => {
  it('keeps its routes for the hold time: packets go into the void, and find no route afterwards', () => {
    const lost = lostSeconds({ seconds: 280, packetsPerSecond: 20, faults: [{ at: '10s', kind: 'node-crash', node: 'node-2' }] })
    // 240 s from its last message, which was up to a keepalive interval of 80 s ago.
    expect(lost['host-down']).toBeGreaterThan(159)
    expect(lost['host-down']).toBeLessThan(241)
    expect(lost['host-down']! + lost['no-route']!).toBeCloseTo(270, 0)
  })
})

describe('a link that goes down', () => {
  const fabric = {
    switches: [{ name: 'tor-a' }, { name: 'tor-b' }, { name: 'spine-1', role: 'spine' }, { name: 'spine-2', role: 'spine' }],
    links: ['tor-a', 'tor-b'].flatMap((tor) => ['spine-1', 'spine-2'].map((spine) => ({ ends: [tor, spine] }))),
  }
  const both = ['spine-1', 'spine-2'].map((spine) => ({ at: '1s', kind: 'link-down', link: ['tor-a', spine] }))

  it('is gone round in milliseconds where there is another way', () => {
    const lost = both.map((fault) => lostSeconds({ seconds: 2, packetsPerSecond: 5000, faults: [fault], fabric })['link-down'] ?? 0)
    // The stream took one of the two spines.
    expect(Math.min(...lost)).toBe(0)
    expect(Math.max(...lost)).toBeGreaterThan(0.012)
    expect(Math.max(...lost)).toBeLessThan(0.014)
  })

  it('is a hole while it lasts where frames vanish silently', () => {
    const silent = both.map((fault) => ({ ...fault, kind: 'link-silent', until: '1500ms' }))
    const lost = silent.map((fault) => lostSeconds({ seconds: 2, packetsPerSecond: 1000, faults: [fault], fabric })['link-down'] ?? 0)
    expect(lost.toSorted((a, b) => a - b)).toEqual([0, expect.closeTo(0.5, 2)])
  })

  it('silently is gone round when BFD misses three packets, or after BGP’s hold time without it', () => {
    const speaking = (bfd: object) => ({
      ...fabric,
      switches: fabric.switches.map((each, index) => ({ ...each, asn: 65_000 + index, ...bfd })),
    })
    const lost = (bfd: object) =>
      Math.max(...both.map((fault) => lostSeconds({ seconds: 4, packetsPerSecond: 1000, faults: [{ ...fault, kind: 'link-silent' }], fabric: speaking(bfd) })['link-down'] ?? 0))
    expect(lost({ bfd: { interval: '300ms', multiplier: 3 } })).toBeCloseTo(0.913, 2)
    expect(lost({ bfd: { interval: '100ms', multiplier: 3 } })).toBeCloseTo(0.313, 2)
    expect(lost({})).toBeCloseTo(3, 1)
  })

  it('costs a bond milliseconds, until its other link takes over', () => {
    const bonded = (bond: object): Record<string, number> => {
      const text = faultLab({ seconds: 2, packetsPerSecond: 5000, faults: [{ at: '1s', kind: 'link-down', link: ['node-1', 'tor'] }] })
      const lab = parse(text) as { spec: { nodes: object[] } }
      lab.spec.nodes[0] = { name: 'node-1', nic: { bond }, uplinks: [{ switch: 'tor', delay: '1us' }, { switch: 'tor', delay: '1us' }] }
      const { drops } = runLab(stringify(lab), 'v').result
      return Object.fromEntries(Object.entries(drops).map(([reason, count]) => [reason, count / 5000]))
    }
    expect(bonded({ mode: 'active-backup' })).toEqual({ 'link-down': expect.closeTo(0.013, 3) as number })
  })

  it('and comes up again costs only the time between', () => {
    const faults = [{ at: '1s', until: '1200ms', kind: 'link-down', link: ['node-1', 'tor'] }]
    const { 'link-down': down } = lostSeconds({ seconds: 2, packetsPerSecond: 1000, faults })
    expect(down).toBeCloseTo(0.2, 2)
  })

  it('and up in turn is down half of the time', () => {
    const faults = [{ at: '1s', until: '2s', kind: 'link-flap', link: ['node-1', 'tor'], period: '100ms' }]
    expect(lostSeconds({ seconds: 3, packetsPerSecond: 1000, faults })['link-down']).toBeCloseTo(0.5, 1)
  })
})

describe('a wire that gets worse', () => {
  it('loses its share, both ways', () => {
    const faults = [{ at: '1s', until: '2s', kind: 'link-loss', link: ['node-1', 'tor'], loss: 0.3 }]
    const lost = lostSeconds({ seconds: 3, packetsPerSecond: 2000, faults })['link-loss']!
    expect(lost).toBeGreaterThan(0.25)
    expect(lost).toBeLessThan(0.35)
  })

  it('is longer: packets take the new delay from then on', () => {
    const faults = [{ at: '0s', kind: 'link-delay', link: ['node-1', 'tor'], delay: '5ms' }]
    const { result } = runLab(faultLab({ seconds: 1, packetsPerSecond: 100, faults }), 'v')
    expect(result.traffic[0]!.latencyNs!.min).toBeGreaterThan(5e6)
  })

  it('is slower: what it cannot carry is dropped', () => {
    const faults = [{ at: '0s', kind: 'link-rate', link: ['node-1', 'tor'], rate: '4Mbit' }]
    const { result } = runLab(faultLab({ seconds: 2, packetsPerSecond: 1000, faults }), 'v')
    expect(result.traffic[0]!.goodputBps).toBeLessThan(4e6)
    expect(result.traffic[0]!.goodputBps).toBeGreaterThan(3.5e6)
  })
})

describe('what is in front of a node', () => {
  const between = (name: string, from: object, to: object) => ({ name, kind: 'udp-stream', from, to, rate: '800kbit', payload: '1000B' })
  const traffic = [
    between('pods', { pod: 'default/client-0' }, { pod: 'default/server-0', port: 9000 }),
    between('nodes', { node: 'node-1' }, { node: 'node-2', port: 9000 }),
  ]
  const delivered = (variant: object, fault: object): number[] => {
    const lab = faultLab({ seconds: 1, packetsPerSecond: 100, faults: [{ at: '0s', kind: 'filter', node: 'node-2', ...fault }], variant, traffic })
    return runLab(lab, 'v').result.traffic.map(({ packetsDelivered }) => packetsDelivered)
  }

  it.each([
    ['protocol 4 stops pods of an IPIP pool', {}, { protocol: 'ipip' }],
    ['UDP 4789 stops pods of a VXLAN pool', { settings: { ipPool: { vxlanMode: 'Always' } } }, { protocol: 'udp', port: 4789 }],
    ['UDP 8472 stops pods of Cilium', { cni: 'cilium' }, { protocol: 'udp', port: 8472 }],
  ])('%s, while nodes reach each other', (_, variant, fault) => {
    const [pods, nodes] = delivered(variant, fault)
    expect(pods).toBe(0)
    expect(nodes).toBeGreaterThan(90)
  })

  it('stops nothing that it does not match', () => {
    const [pods, nodes] = delivered({}, { protocol: 'udp', port: 8472 })
    expect([pods! > 90, nodes! > 90]).toEqual([true, true])
  })
})

it('a partition stops what crosses it, for as long as it lasts', () => {
  const faults = [{ at: '500ms', until: '1s', kind: 'partition', nodes: ['node-2', 'node-3'] }]
  expect(lostSeconds({ seconds: 2, packetsPerSecond: 1000, faults })).toEqual({ 'link-down': expect.closeTo(0.5, 2) as number })
})

it('a run with faults is the same each time', () => {
  const lab = faultLab({
    seconds: 3,
    packetsPerSecond: 1000,
    faults: [
      { at: '1s', until: '2s', kind: 'link-loss', link: ['node-1', 'tor'], loss: 0.1 },
      { at: '2s', kind: 'agent-kill', node: 'node-2', agent: 'bird', graceful: false },
    ],
  })
  expect(runLab(lab, 'v').result.trajectoryHash).toBe(runLab(lab, 'v').result.trajectoryHash)
})
