import { readFileSync } from 'node:fs'

import { recordControlPlane, scaleControlPlane } from '#main/simulation/agents/index'
import type { RecordedNode } from '#shared/contract/control-plane'
import { parseLab } from '#shared/lab/index'
import { describe, expect, it } from 'vitest'

/** A failure lab's record, and its nodes by name. */
function recordOf(name: string, variantName: string) {
  const { lab } = parseLab(readFileSync(`resources/labs/failures/${name}.cnilab.yaml`, 'utf8'))
  const variant = lab!.variants.find((candidate) => candidate.name === variantName)!
  const { record } = recordControlPlane(lab!, variant, { seed: 1 })
  return { record, node: (wanted: string): RecordedNode => record.nodes.find((each) => each.name === wanted)! }
}

/** What a node had at a time. */
function at<Item extends { fromSeconds: number; untilSeconds?: number }>(items: readonly Item[], seconds: number): Item[] {
  return items.filter(({ fromSeconds, untilSeconds = Infinity }) => fromSeconds <= seconds && seconds < untilSeconds)
}

describe('the record of a BIRD that is shut down', () => {
  const { record, node } = recordOf('bird-shutdown', 'calico')
  const lost = record.nodes.find(({ name }) => name === 'node-2')!.routes.find(({ kind }) => kind === 'blackhole')!.prefix
  const learned = (seconds: number) => at(node('node-1').routes, seconds).filter(({ prefix }) => prefix === lost)
  const known = (seconds: number) => at(node('node-1').paths, seconds).filter(({ prefix }) => prefix === lost)

  it('shows a node’s routes and BGP’s paths at any time', () => {
    expect(learned(1)).toMatchObject([{ kind: 'via', nextHops: ['10.1.0.12'], by: 'bird' }])
    expect(known(1)).toMatchObject([{ paths: [{ from: 'node-2', localPref: 100, origin: 'IGP', used: true, stale: false }] }])
    expect([learned(2.5), known(2.5)]).toEqual([[], []])
    expect(learned(15)).toHaveLength(1)
  })

  it('shows sessions going down and coming back', () => {
    const states = (seconds: number) => at(node('node-1').sessions.find(({ peer }) => peer === 'node-2')!.states, seconds).map(({ state }) => state)
    expect(states(1)).toEqual(['Established'])
    expect(states(3)).not.toEqual(['Established'])
    expect(states(15)).toEqual(['Established'])
  })

  it('counts messages with their bytes', () => {
    const of = (kind: string) => node('node-2').messages.find((each) => each.kind === kind)!
    expect(of('NOTIFICATION')).toMatchObject({ protocol: 'bgp', count: 2, bytes: 42 })
    expect(of('KEEPALIVE').bytes).toBe(19 * of('KEEPALIVE').count)
  })

  it('says when the daemon ran', () => {
    expect(node('node-2').agents.find(({ agent }) => agent === 'bird')!.running).toEqual([{ fromSeconds: 0, untilSeconds: 2 }, { fromSeconds: 5 }])
    expect(node('node-1').agents.find(({ agent }) => agent === 'bird')!.running).toEqual([{ fromSeconds: 0 }])
  })

  it('says who knew of each change of a route, and when', () => {
    const withdrawn = record.changes.find(({ what }) => what === `${lost} withdrawn`)!
    expect(withdrawn.atSeconds).toBeCloseTo(2, 1)
    expect(withdrawn.steps.map(({ node: name }) => name).toSorted()).toEqual(['node-1', 'node-3'])
  })
})

describe('the record of pods that are evicted', () => {
  const { record } = recordOf('evicted-pods', 'calico')
  const uses = record.nodes.flatMap(({ ranges }) => ranges.flatMap(({ uses: ofRange }) => ofRange)).filter(({ pod }) => pod !== undefined)

  it('shows whose each address is, and until when', () => {
    const gone = uses.filter(({ untilSeconds }) => untilSeconds !== undefined)
    const come = uses.filter(({ fromSeconds }) => fromSeconds > 0)
    expect(gone.map(({ pod, node, fromSeconds }) => [pod, node, fromSeconds])).toEqual([['default/web-0', 'node-2', 0], ['default/pinned-0', 'node-2', 0], ['default/reporter-0', 'node-2', 0]])
    expect(come.map(({ pod, node }) => [pod, node])).toEqual([['default/web-1', 'node-3'], ['default/reporter-1', 'node-3']])
    expect(Math.min(...come.map(({ fromSeconds }) => fromSeconds))).toBeGreaterThanOrEqual(gone[0]!.untilSeconds!)
  })

  it('shows no address twice at any time', () => {
    for (const seconds of [0, ...uses.map(({ fromSeconds }) => fromSeconds)]) {
      const held = at(uses, seconds).map(({ address }) => address)
      expect(new Set(held).size).toBe(held.length)
    }
  })
})

it('routes that are kept over a restart are stale meanwhile', () => {
  const { node } = recordOf('graceful-restart', 'calico')
  const paths = (seconds: number) => at(node('node-1').paths, seconds).flatMap((row) => row.paths).filter(({ from }) => from === 'node-2')
  expect(paths(1).map(({ stale }) => stale)).toEqual([false])
  expect(paths(3).map(({ stale }) => stale)).toEqual([true])
  expect(paths(15).map(({ stale }) => stale)).toEqual([false])
})

it('plugins without BGP have the routes of their agents, and tables', () => {
  const { node } = recordOf('vxlan-blocked', 'cilium-vxlan')
  const tables = Object.fromEntries(node('node-1').tables.map(({ table, entries }) => [table, entries]))
  expect(tables).toMatchObject({ cilium_lxc: 3, cilium_ipcache: 2 + 3 * 2 + 1 })
  expect(node('node-1').routes.some(({ by }) => by === 'cilium-agent')).toBe(true)
  expect(node('node-1').sessions).toEqual([])
})

it('Cilium has its proxy on every node beside its agent, of which nobody knows what it needs', () => {
  const { agents } = recordOf('vxlan-blocked', 'cilium-vxlan').record.nodes[0]!
  expect(agents.map(({ agent }) => agent)).toEqual(['kubelet', 'cilium-agent', 'kube-proxy', 'cilium-envoy'])
  expect(agents.at(-1)).toEqual({ agent: 'cilium-envoy', running: [{ fromSeconds: 0 }] })
})

describe('a design at other sizes', () => {
  const { lab } = parseLab(readFileSync('resources/labs/failures/full-mesh.cnilab.yaml', 'utf8'))
  const startAt = (variant: string, ...sizes: number[]) =>
    scaleControlPlane(lab!, lab!.variants.find(({ name }) => name === variant)!, { sizes, podsPerNode: 20, seed: 1 })

  it('refuses what is too large, with the arithmetic, and simulates what is not', () => {
    const [small, large] = startAt('mesh', 100, 5000)
    expect(small).toMatchObject({ sessions: 4950, sessionsPerNode: 99, updates: 19_800, messages: 19_800 + 100 * 99 + 100 * 2000 })
    expect(large).toMatchObject({ sessions: 12_497_500, refused: expect.stringContaining('12,497,500') as string })
    expect(large!.knownSeconds).toBeUndefined()
  })

  it('counts BIRD’s sessions beside Felix’s watches where pools have VXLAN', () => {
    const text = readFileSync('resources/labs/failures/full-mesh.cnilab.yaml', 'utf8')
    const start = (vxlanMode: string) => {
      const { lab: edited } = parseLab(text.replace(/name: mesh, cni: calico.*$/mu, `name: mesh, cni: calico, settings: {ipPool: {ipipMode: Never, vxlanMode: ${vxlanMode}}}}`))
      return scaleControlPlane(edited!, edited!.variants[0]!, { sizes: [50], podsPerNode: 20, seed: 1 })[0]!
    }
    const [bgp, vxlan] = [start('Never'), start('Always')]
    expect(vxlan).toMatchObject({ sessions: bgp.sessions, sessionsPerNode: 49 })
    // Felix watches the other nodes and all pods whoever writes the routes, beside what BIRD sends.
    expect(vxlan.messages - vxlan.updates).toBe(50 * 49 + 50 * 1000)
    expect([bgp.messages, bgp.updates]).toEqual([vxlan.messages, vxlan.updates])
  })

  it('grows with the nodes only where it has to', () => {
    const [small, large] = startAt('reflectors', 100, 500)
    expect([small!.sessionsPerNode, large!.sessionsPerNode]).toEqual([2, 2])
    expect(large!.knownSeconds!.last).toBeLessThan(3)
  })
})
