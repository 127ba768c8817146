import type { Traffic } from '#shared/lab/index'
import { BITS_PER_BYTE, SECOND_NS } from '#shared/units/index'

import { portsOf, type Topology } from '../topology/index'
import type { EndPair } from './end-pair'
import { meanBytes } from './message-sizes'

/** How much a flow has to do, and with which others it shares that. */
export interface Demand {
  /** Mean gap between pieces of work of the flow's pool, ns; 0: each follows the one before. */
  readonly gapNs: number
  /** Index, among the entry's flows, of the first of its pool. */
  readonly pool: number
  /** Flows of the pool that wait for each other before each goes on, on the pool's first flow; else 0. */
  readonly barrier: number
}

/** The demand on each flow of an entry. */
export function demandOf(traffic: Traffic, pairs: readonly EndPair[], topology: Topology, writeBytes: number): Demand[] {
  if (traffic.barrier === true) return barredDemand(pairs)
  if (traffic.requestRate === undefined && traffic.load === undefined) {
    const bits = workBytes(traffic, writeBytes) * BITS_PER_BYTE
    const gapNs = traffic.rate === undefined ? 0 : (bits * SECOND_NS) / traffic.rate
    return pairs.map((_, pool) => ({ gapNs, pool, barrier: 0 }))
  }
  return pooledDemand(traffic, pairs, topology)
}

/** Application bytes that one piece of work moves. */
function workBytes(traffic: Traffic, writeBytes: number): number {
  if (traffic.request === undefined || traffic.response === undefined) return writeBytes
  return meanBytes(traffic.request) + meanBytes(traffic.response)
}

/** All connections of a sender are one pool, and wait for each other. */
function barredDemand(pairs: readonly EndPair[]): Demand[] {
  const bySender = countBy(pairs, senderOf)
  const first = firstOf(pairs, senderOf)
  return pairs.map((pair, index) => {
    const pool = first.get(senderOf(pair))!
    return { gapNs: 0, pool, barrier: pool === index ? bySender.get(senderOf(pair))! : 0 }
  })
}

function senderOf({ client }: EndPair): string {
  return `${client.kind} ${client.host} ${client.pod}`
}

/**
 * Requests of a sender go to its receivers in proportion to its connections to each; those to one receiver run on
 * whichever of the connections to it is idle.
 */
function pooledDemand(traffic: Traffic, pairs: readonly EndPair[], topology: Topology): Demand[] {
  const poolOf = (pair: EndPair) => `${senderOf(pair)} ${pair.server.kind} ${pair.server.host} ${pair.server.pod}`
  const bySender = countBy(pairs, senderOf)
  const byPool = countBy(pairs, poolOf)
  const sendersOnHost = countBy([...new Map(pairs.map((pair) => [senderOf(pair), pair])).values()], hostOf)
  const first = firstOf(pairs, poolOf)
  return pairs.map((pair) => {
    const key = poolOf(pair)
    const share = byPool.get(key)! / bySender.get(senderOf(pair))!
    const perSecond = traffic.requestRate ?? requestsForLoad(traffic, pair, topology) / sendersOnHost.get(hostOf(pair))!
    return { gapNs: SECOND_NS / (perSecond * share), pool: first.get(key)!, barrier: 0 }
  })
}

function hostOf({ client }: EndPair): string {
  return String(client.host)
}

/** Requests a second whose responses' payload fills the given share of all links of the sender's host. */
function requestsForLoad(traffic: Traffic, { client }: EndPair, { adjacency, switches, links }: Topology): number {
  const ports = portsOf(adjacency, switches.length + client.host)
  const rate = ports.reduce((sum, port) => sum + links[port >> 1]!.properties.rate, 0)
  return (traffic.load! * rate) / BITS_PER_BYTE / meanBytes(traffic.response)
}

/** The number of the first item with each key. */
function firstOf<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, number> {
  const first = new Map<string, number>()
  for (const [index, item] of items.entries()) if (!first.has(keyOf(item))) first.set(keyOf(item), index)
  return first
}

function countBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return counts
}
