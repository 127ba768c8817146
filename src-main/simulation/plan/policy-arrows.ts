import type { PolicyArrow, PolicyArrows } from '#shared/contract/reach'
import { IP_PROTOCOLS } from '#shared/lookup/policy/index'

import { decidedPairs } from '../policy/index'
import type { VariantReach } from './reach'

/** Arrows that are drawn; more would hide each other. */
const MOST_ARROWS = 300

const LAST_PORT = 65_535
const PROTOCOL_NAMES = new Map<number, string>(Object.entries(IP_PROTOCOLS).map(([name, number]) => [number, name]))
const TRANSPORTS = ['TCP', 'UDP', 'SCTP']

/** What is decided between two things, per protocol the stretches of ports that are allowed. */
interface Between {
  readonly from: string
  readonly to: string
  readonly allowed: Map<string, (readonly [number, number])[]>
}

/** What a policy, or all of them, decides between workloads or namespaces and hosts outside. */
export function policyArrows(reach: VariantReach, by: 'workload' | 'namespace', policy: string | undefined): PolicyArrows {
  const thingOf = thingsOf(reach, by)
  const between = new Map<string, Between>()
  for (const { from, to, verdict, protocol, ports } of decidedPairs(reach.compiled, policy)) {
    for (const [source, destination] of pairsOf(from, to, thingOf)) {
      const key = `${source} ${destination}`
      const known = between.get(key) ?? { from: source, to: destination, allowed: new Map<string, (readonly [number, number])[]>() }
      between.set(key, known)
      if (verdict === 'deny') continue
      const name = PROTOCOL_NAMES.get(protocol) ?? 'others'
      known.allowed.set(name, [...(known.allowed.get(name) ?? []), ports])
    }
  }
  const arrows = Array.from(between.values(), ({ from, to, allowed }): PolicyArrow => ({
    from, to, verdict: allowed.size > 0 ? 'allow' : 'deny', ports: allowed.size > 0 ? portsText(allowed) : '',
  }))
  const ordered = [...arrows.filter(({ verdict }) => verdict === 'allow'), ...arrows.filter(({ verdict }) => verdict === 'deny')]
  return { dialect: reach.dialect ?? null, arrows: ordered.slice(0, MOST_ARROWS), total: ordered.length }
}

/** The thing that stands for an end on the canvas; undefined for nodes. */
function thingsOf({ pods, compiled }: VariantReach, by: 'workload' | 'namespace'): readonly (string | undefined)[] {
  return compiled.cluster.endpoints.map(({ kind, reference }, end) => {
    if (kind === 'external') return `external:${reference.slice('external/'.length)}`
    const pod = pods[end]
    return kind === 'pod' && pod !== undefined ? `${by}:${pod[by]}` : undefined
  })
}

/** The pairs of things that ends stand for; of a thing and itself where it has two ends in them. */
function pairsOf(from: readonly number[], to: readonly number[], thingOf: readonly (string | undefined)[]): readonly (readonly [string, string])[] {
  const targets = endsByThing(to, thingOf)
  return Array.from(endsByThing(from, thingOf)).flatMap(([source, sources]) =>
    Array.from(targets)
      .filter(([target, ends]) => source !== target || sources.size > 1 || ends.size > 1 || !sources.has([...ends][0]!))
      .map(([target]) => [source, target] as const))
}

/** The first two ends of each thing: more are not told apart. */
function endsByThing(ends: readonly number[], thingOf: readonly (string | undefined)[]): ReadonlyMap<string, ReadonlySet<number>> {
  const things = new Map<string, Set<number>>()
  for (const end of ends) {
    const thing = thingOf[end]
    if (thing === undefined) continue
    const known = things.get(thing)
    if (known === undefined) things.set(thing, new Set([end]))
    else if (known.size === 1) known.add(end)
  }
  return things
}

function portsText(allowed: ReadonlyMap<string, readonly (readonly [number, number])[]>): string {
  const isWhole = (stretches: string): boolean => stretches === `0–${LAST_PORT}`
  const texts = new Map(Array.from(allowed, ([protocol, stretches]) => [protocol, stretchesText(stretches)]))
  if (TRANSPORTS.every((name) => isWhole(texts.get(name) ?? ''))) return 'any port'
  return Array.from(texts, ([protocol, stretches]) => (isWhole(stretches) || stretches === '' ? protocol : `${protocol} ${stretches}`)).join(', ')
}

/** `80, 8000–8080`; stretches that touch are one. Empty for protocols without ports. */
function stretchesText(stretches: readonly (readonly [number, number])[]): string {
  const merged: [number, number][] = []
  for (const [first, last] of stretches.filter(([first]) => first >= 0).toSorted((a, b) => a[0] - b[0])) {
    const before = merged.at(-1)
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last)
    else merged.push([first, last])
  }
  return merged.map(([first, last]) => (first === last ? String(first) : `${first}–${last}`)).join(', ')
}
