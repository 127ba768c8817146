import { readFileSync } from 'node:fs'

import { bgpVectorSchema, BgpSimulation, prefixKey, prefixOfKey, readVector, runVector, type VectorOutcome } from '#main/simulation/bgp/index'
import { formatIpv4Address, formatIpv4Prefix, parseIpv4Prefix, type Ipv4Address } from '#shared/units/index'

/** A vector file as far as tests change it. */
export interface VectorFile {
  readonly topology: {
    readonly nodes: Record<
      string,
      { rid: string; as: number; opts?: object; peers: { ip: string; as: number; rr?: string; password?: string; passive?: boolean }[] }
    >
  }
  events: { atSeconds: number; kind: string; node?: string; link?: [string, string]; recover?: boolean }[]
}

/** A recorded vector, with some of it replaced. */
export function loadVector(name: string, replacement: Partial<VectorFile> = {}): VectorFile {
  const content = JSON.parse(readFileSync(new URL(`../fixture/bgp/${name}.json`, import.meta.url), 'utf8')) as VectorFile
  return { ...content, ...replacement }
}

/** What a vector comes to at a time. */
export function observe(vector: VectorFile, seed: number, atSeconds: number): VectorOutcome {
  return runVector(readVector(bgpVectorSchema.parse({ ...vector, observeAtSeconds: atSeconds })), seed)
}

/** The next hops of a node's route; undefined without one. */
export function nextHops({ nodes }: VectorOutcome, node: string, prefix: string): string[] | undefined {
  const entry = nodes.find(({ name }) => name === node)!.fib.get(keyOf(prefix))
  return entry && (entry.kind === 'via' ? entry.gateways.map(formatIpv4Address) : [entry.kind])
}

/** Simulates a vector and returns the simulation with the names of its speakers. */
function simulate(vector: VectorFile, seed: number, untilSeconds: number) {
  const { names, speakers, network, events } = readVector(bgpVectorSchema.parse(vector))
  const simulation = new BgpSimulation(speakers, network, { seed })
  for (const { atNs, event } of events) simulation.schedule(atNs, event)
  simulation.runUntil(untilSeconds * 1e9)
  return { simulation, names }
}

/** Changes of kernel routes between two times. */
export function changedRows(vector: VectorFile, seed: number, fromSeconds: number, toSeconds: number) {
  const { simulation, names } = simulate(vector, seed, toSeconds)
  return simulation
    .changes()
    .filter(({ atNs }) => atNs >= fromSeconds * 1e9)
    .map(({ atNs, speaker, key, entry }) => ({
      atSeconds: atNs / 1e9,
      node: names[speaker]!,
      prefix: formatIpv4Prefix(prefixOfKey(key)),
      gone: entry === undefined,
    }))
}

/** The tables of all nodes at a time. */
export function tablesAt(vector: VectorFile, seed: number, atSeconds: number) {
  const { simulation, names } = simulate(vector, seed, atSeconds)
  return {
    /** The routes of a node to a prefix, best first. */
    routes: (node: string, prefix: string) =>
      simulation.speakers[names.indexOf(node)]!.table.to(keyOf(prefix)).map(({ attributes, peer }) => ({
        peer: formatIpv4Address(peer as Ipv4Address),
        nextHop: formatIpv4Address(attributes.nextHop),
        asPath: attributes.asPath,
        originatorId: attributes.originatorId && formatIpv4Address(attributes.originatorId),
        clusterList: attributes.clusterList.map(formatIpv4Address),
      })),
  }
}

function keyOf(prefix: string): number {
  const parsed = parseIpv4Prefix(prefix)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return prefixKey(parsed.value)
}
