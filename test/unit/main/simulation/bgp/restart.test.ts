import { describe, expect, it } from 'vitest'

import { changedRows, loadVector, nextHops, observe } from '../../../../support/bgp-vectors'

/** Timers differ by seed; what follows must not. */
const seeds = [1, 2, 3, 4, 5]

describe.each(seeds)('a speaker that is killed and starts again (seed %i)', (seed) => {
  const kill = { atSeconds: 60, kind: 'agent-kill', node: 'n3' } as const

  it('changes no route anywhere when it recovers: graceful restart', () => {
    const vector = loadVector('mesh5', { events: [kill, { atSeconds: 63, kind: 'agent-start', node: 'n3', recover: true }] })
    expect(changedRows(vector, seed, 60, 300)).toEqual([])
  })

  it('loses what it had learned when it does not recover, and learns it again', () => {
    const vector = loadVector('mesh5', { events: [kill, { atSeconds: 63, kind: 'agent-start', node: 'n3' }] })
    const changes = changedRows(vector, seed, 60, 300)
    const own = changes.filter(({ node }) => node === 'n3')
    expect(own.filter(({ gone }) => gone)).toHaveLength(8)
    expect(own.filter(({ gone }) => !gone)).toHaveLength(8)
    expect(Math.max(...own.map(({ atSeconds }) => atSeconds))).toBeLessThan(70)
    // The others drop its routes when it is back and has kept nothing, and have them again at once.
    const others = changes.filter(({ node }) => node !== 'n3')
    expect(others.filter(({ gone }) => gone).length).toBeGreaterThan(0)
    expect(Math.max(...others.map(({ atSeconds }) => atSeconds))).toBeLessThan(70)
  })

  it('connects anew after it was shut down while it waited to connect, though nobody else connects', () => {
    const vector = loadVector('mesh5', {
      events: [
        { atSeconds: 60, kind: 'agent-stop', node: 'n3' },
        { atSeconds: 61, kind: 'agent-start', node: 'n3' },
        { atSeconds: 61.5, kind: 'agent-stop', node: 'n3' },
        { atSeconds: 63, kind: 'agent-start', node: 'n3' },
      ],
    })
    for (const [name, { peers }] of Object.entries(vector.topology.nodes)) {
      if (name !== 'n3') for (const peer of peers) if (peer.ip === '10.0.0.3') peer.passive = true
    }
    expect(nextHops(observe(vector, seed, 62), 'n1', '10.244.3.0/26')).toBeUndefined()
    expect(nextHops(observe(vector, seed, 80), 'n1', '10.244.3.0/26')).toEqual(['10.0.0.3'])
  })

  it('is back in a few seconds, having waited to connect', () => {
    const vector = loadVector('mesh5_kill_nogr', { events: [kill, { atSeconds: 63, kind: 'agent-start', node: 'n3' }] })
    expect(nextHops(observe(vector, seed, 61), 'n1', '10.244.3.0/26')).toBeUndefined()
    expect(nextHops(observe(vector, seed, 67), 'n1', '10.244.3.0/26')).toEqual(['10.0.0.3'])
  })
})

describe.each(seeds)('a path that is silent for a while (seed %i)', (seed) => {
  const silent = { atSeconds: 60, kind: 'link-silent', node: 'n3' } as const

  it('costs no route when it heals before the hold time is over', () => {
    const vector = loadVector('mesh5', { events: [silent, { atSeconds: 100, kind: 'link-up', node: 'n3' }] })
    expect(changedRows(vector, seed, 50, 400)).toEqual([])
  })

  it('costs the routes when it does not, and they are back soon after', () => {
    const vector = loadVector('mesh5_silent_h9', { events: [silent, { atSeconds: 90, kind: 'link-up', node: 'n3' }] })
    expect(nextHops(observe(vector, seed, 80), 'n1', '10.244.3.0/26')).toBeUndefined()
    expect(nextHops(observe(vector, seed, 97), 'n1', '10.244.3.0/26')).toEqual(['10.0.0.3'])
    expect(nextHops(observe(vector, seed, 97), 'n3', '10.244.1.0/26')).toEqual(['10.0.0.1'])
  })

  it('is noticed no earlier where one end alone sees its carrier go: sessions over several hops do not look', () => {
    const vector = loadVector('mesh5_silent_h9', { events: [{ atSeconds: 60, kind: 'carrier-down', node: 'n3' }] })
    expect(nextHops(observe(vector, seed, 63), 'n1', '10.244.3.0/26')).toEqual(['10.0.0.3'])
    expect(nextHops(observe(vector, seed, 70), 'n1', '10.244.3.0/26')).toBeUndefined()
  })
})

describe.each(seeds)('a link between switches (seed %i)', (seed) => {
  it('that comes back is used again once the switches have waited as after an error', () => {
    const vector = loadVector('rack8_linkdown', {
      events: [
        { atSeconds: 60, kind: 'link-down', link: ['tor1', 'spine1'] },
        { atSeconds: 80, kind: 'link-up', link: ['tor1', 'spine1'] },
      ],
    })
    expect(nextHops(observe(vector, seed, 70), 'tor1', '10.244.5.0/26')).toEqual(['172.16.12.2'])
    expect(nextHops(observe(vector, seed, 120), 'tor1', '10.244.5.0/26')).toEqual(['172.16.12.2'])
    expect(nextHops(observe(vector, seed, 150), 'tor1', '10.244.5.0/26')).toEqual(['172.16.11.2', '172.16.12.2'])
  })
})
