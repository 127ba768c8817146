/** Every lab of resources/labs/failures shows its symptom, and counts it where its page says. */
import { existsSync, readdirSync } from 'node:fs'

import { routesOfVariant } from '#main/simulation/agents/index'
import { prefixOfKey } from '#main/simulation/bgp/index'
import { parseLab } from '#shared/lab/index'
import { describe, expect, it } from 'vitest'

import { arrived, cost, FAILURES, failureText as textOf, runFailure as run } from '../support/failure-lab'

const names = readdirSync(FAILURES).flatMap((file) => /^(.+)\.cnilab\.yaml$/u.exec(file)?.[1] ?? [])

/** What labs are warned of on purpose: one node stands for the three hundred that so many pods would run on. */
const WARNED: Readonly<Record<string, readonly string[]>> = { 'identities-exhausted': ['node-pod-limit'] }

describe.each(names)('the lab %s', (name) => {
  it('is valid and has a page', () => {
    expect(parseLab(textOf(name)).problems.map(({ code }) => code)).toEqual(WARNED[name] ?? [])
    expect(existsSync(`${FAILURES}/${name}.md`)).toBe(true)
  })
})

describe('BGP', () => {
  it('holds a dead node’s routes for the hold time', () => {
    const result = run('hold-timer', 'calico')
    expect(arrived(result)['stream']).toBeLessThan(0.04)
    expect(cost(result, 'host-down')).toBeGreaterThan(159 / 280)
    expect(cost(result, 'no-route')).toBeGreaterThan(30 / 280)
  })

  it('keeps routes over a restart, and not over a shutdown', () => {
    expect(arrived(run('graceful-restart', 'calico'))).toEqual({ stream: 1 })
    const shutdown = run('bird-shutdown', 'calico')
    expect(cost(shutdown, 'no-route')).toBeGreaterThan(3 / 20)
    expect(cost(shutdown, 'no-route')).toBeLessThan(7 / 20)
  })

  it('blocked takes routes away, not the path', () => {
    const result = run('bgp-blocked', 'calico')
    expect(arrived(result)['nodes']).toBe(1)
    expect(arrived(result)['stream']).toBeLessThan(0.95)
    expect(Object.keys(result.drops)).toEqual(['no-route'])
  })

  it('with one reflector hangs by one node', () => {
    expect(cost(run('reflector-lost', 'one-reflector'), 'no-route')).toBeGreaterThan(30 / 280)
    expect(arrived(run('reflector-lost', 'two-reflectors'))).toEqual({ stream: 1 })
  })

  it('refuses its own AS unless told to allow it', () => {
    expect(cost(run('as-loop', 'refused'), 'no-route')).toBe(1)
    expect(arrived(run('as-loop', 'allowed'))).toEqual({ stream: 1 })
  })

  it('in a full mesh sends far more than with reflectors', () => {
    const { lab } = parseLab(textOf('full-mesh'))
    const opens = lab!.variants.map((variant) =>
      routesOfVariant(lab!, variant, 0, 1).nodes.reduce((sum, { messages }) => sum + messages.OPEN, 0),
    )
    expect(opens).toEqual([40 * 39, 2 * (2 * 40 + 1)])
  })
})

describe('a filter', () => {
  it.each([
    ['ipip-blocked', 'calico', []],
    ['vxlan-blocked', 'calico-vxlan', ['calico-ipip', 'cilium-vxlan']],
    ['wireguard-blocked', 'calico-wireguard', ['calico-plain']],
    ['esp-blocked', 'cilium-ipsec', ['cilium-wireguard']],
  ])('of %s stops %s alone', (name, stopped, spared) => {
    const result = run(name, stopped)
    expect(arrived(result)).toEqual({ stream: expect.closeTo(0.2, 1) as number, nodes: 1 })
    expect(Object.keys(result.drops)).toEqual(['filtered'])
    for (const variant of spared) expect(arrived(run(name, variant))).toEqual({ stream: 1, nodes: 1 })
  })
})

describe('the network', () => {
  it('that flaps loses a little each time', () => {
    const result = run('link-flap', 'calico')
    // Ten times 13 ms of four seconds.
    expect(cost(result, 'link-down')).toBeCloseTo(0.13 / 4, 2)
  })

  it('that is silent on one path stops some of the flows with entropy, all or none of those without', () => {
    const spread = arrived(run('silent-link', 'cilium-vxlan'))['streams']!
    expect(spread).toBeGreaterThan(0.4)
    expect(spread).toBeLessThan(0.9)
    const single = arrived(run('silent-link', 'calico-ipip'))['streams']!
    expect([1 / 3, 1].some((share) => Math.abs(single - share) < 0.02)).toBe(true)
  })

  it('that parts loses what crosses', () => {
    expect(cost(run('partition', 'calico'), 'link-down')).toBeCloseTo(0.25, 2)
  })

  it('that loses one packet in a hundred slows a stream down', () => {
    const { traffic, drops } = run('lossy-uplink', 'calico')
    const [before, during] = traffic.map(({ packetsDelivered }) => packetsDelivered)
    expect(during).toBeLessThan(0.7 * before!)
    expect(drops['link-loss']).toBeGreaterThan(0)
  })
})

describe('a node', () => {
  it.each(['calico', 'cilium'])('goes on without the agent of %s', (variant) => {
    expect(arrived(run('felix-crash', variant))).toEqual({ stream: 1 })
  })

  it('whose application reads too slowly loses datagrams in the socket buffer', () => {
    const result = run('udp-receive-buffer', 'calico')
    expect(cost(result, 'udp-receive-buffer')).toBeGreaterThan(0.3)
    expect(Object.keys(result.drops)).toEqual(['udp-receive-buffer'])
  })

  it('has one receive queue for all that IPIP brings from another, several with VXLAN', () => {
    const atServer = (variant: string) =>
      run('rss-polarisation', variant).traffic[0]!.receiveQueues!.filter((queue) => queue.startsWith('node-2 '))
    expect(atServer('calico-ipip')).toHaveLength(1)
    expect(atServer('calico-vxlan').length).toBeGreaterThan(1)
  })

  it('whose connection-tracking table is full takes no new connections, and keeps those it has', () => {
    const small = run('conntrack-full', 'calico-small')
    const [old, fresh] = small.traffic
    expect(small.nodes[0]!.tracking).toMatchObject([{ table: 'nf_conntrack', peak: 1024, limit: 1024, made: 1024 }])
    // One thread of each of the sixteen waits for its second try; a few entries go early.
    expect(small.drops['conntrack-full']).toBeGreaterThanOrEqual(16)
    expect(fresh!.transactionsPerSecond! * 0.145).toBeLessThan(1100)
    expect(old!.packetsDelivered / old!.packetsSent).toBeGreaterThan(0.99)
    const usual = run('conntrack-full', 'calico-default')
    expect(usual.drops['conntrack-full']).toBeUndefined()
    expect(usual.traffic[1]!.transactionsPerSecond).toBeGreaterThan(2 * fresh!.transactionsPerSecond!)
    expect(old!.transactionsPerSecond).toBeGreaterThan(2 * usual.traffic[0]!.transactionsPerSecond!)
  })

  it('whose map by recency is full gives up old entries instead', () => {
    const { drops, nodes } = run('conntrack-full', 'cilium-small')
    expect(drops['conntrack-full']).toBeUndefined()
    expect(nodes[0]!.tracking).toMatchObject([{ table: 'cilium_ct4_global', peak: 1024, limit: 1024, refused: 0 }])
    expect(nodes[0]!.tracking![0]!.evicted).toBeGreaterThan(1000)
  })

  it.each([
    ['calico', 64],
    ['cilium', 64],
    ['calico-default', 100],
  ])('that masquerades has one port for each connection to a destination: %s', (variant, connected) => {
    const { drops, nodes } = run('snat-ports-exhausted', variant)
    const ports = nodes[0]!.tracking!.find(({ table }) => table.endsWith(' ports'))!
    expect(ports).toMatchObject({ peak: connected, made: connected + 40, refused: 100 - connected })
    expect(drops['nat-ports-exhausted'] ?? 0).toBe(100 - connected)
  })

  it('borrows addresses one by one when the pool has no block left', () => {
    const { lab } = parseLab(textOf('block-exhaustion'))
    const { nodes } = routesOfVariant(lab!, lab!.variants[0]!, 0, 1)
    const hostRoutes = [...nodes[0]!.fib].filter(([key, entry]) => prefixOfKey(key).length === 32 && entry.kind === 'via')
    expect(hostRoutes.length).toBeGreaterThan(5)
    expect(arrived(run('block-exhaustion', 'calico'))).toEqual({ stream: 1 })
  })
})
