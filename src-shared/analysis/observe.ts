import {
  COMPLETION_CLASSES,
  type CompletionClassId,
  type RunResult,
  type SeedResult,
  type TrafficResult,
  type VariantResult,
} from '#shared/metrics/index'

import type { FigureId } from './figures'
import type { BySeed } from './statistics'

/** One figure of one subject under one variant, by seed. */
export interface Observed {
  readonly variant: string
  readonly figure: FigureId
  /** Name of the traffic entry or node; empty for figures of the whole run. */
  readonly subject: string
  readonly bySeed: BySeed
}

type Value = number | undefined

const runFigures: readonly (readonly [FigureId, (seed: SeedResult) => Value])[] = [
  ['total-goodput', totalGoodput],
  ['total-cores', totalCores],
  ['cores-per-gigabit', coresPerGigabit],
  ['total-dropped', (seed) => seed.packets.dropped],
]

const trafficFigures: readonly (readonly [FigureId, (traffic: TrafficResult) => Value])[] = [
  ['goodput', (traffic) => traffic.goodputBps],
  ['transactions', (traffic) => traffic.transactionsPerSecond],
  ['latency-mean', (traffic) => traffic.latencyNs?.mean],
  ['latency-p50', (traffic) => traffic.latencyNs?.p50],
  ['latency-p90', (traffic) => traffic.latencyNs?.p90],
  ['latency-p99', (traffic) => traffic.latencyNs?.p99],
  ['latency-p999', (traffic) => traffic.latencyNs?.p999],
  ['latency-max', (traffic) => traffic.latencyNs?.max],
  ...completionFigures(),
  ['retransmits', (traffic) => traffic.retransmits],
  ['out-of-order', (traffic) => traffic.outOfOrder],
  ['packets-sent', (traffic) => traffic.packetsSent],
  ['packets-delivered', (traffic) => traffic.packetsDelivered],
]

/** The figures of each size class of flows. */
function completionFigures(): (readonly [FigureId, (traffic: TrafficResult) => Value])[] {
  const of = (traffic: TrafficResult, id: CompletionClassId) => traffic.flowCompletion?.find((each) => each.class === id)
  return COMPLETION_CLASSES.flatMap(({ id }): [FigureId, (traffic: TrafficResult) => Value][] => [
    [`completion-${id}-mean`, (traffic) => of(traffic, id)?.meanNs],
    [`completion-${id}-p99`, (traffic) => of(traffic, id)?.p99Ns],
    [`slowdown-${id}-p50`, (traffic) => of(traffic, id)?.slowdown?.p50],
    [`slowdown-${id}-p99`, (traffic) => of(traffic, id)?.slowdown?.p99],
  ])
}

/** Application payload received per second, bit/s, all traffic entries together. */
export function totalGoodput(seed: SeedResult): number {
  return seed.traffic.reduce((sum, traffic) => sum + traffic.goodputBps, 0)
}

/** The same in Gbit/s. */
export function totalGigabits(seed: SeedResult): number {
  return totalGoodput(seed) / 1e9
}

/** Mean number of busy cores, all nodes together. */
export function totalCores(seed: SeedResult): number {
  return seed.nodes.reduce((sum, node) => sum + node.busyCores, 0)
}

/** Busy cores of all nodes per gigabit of payload a second; undefined where nothing was received. */
function coresPerGigabit(seed: SeedResult): Value {
  const gigabits = totalGigabits(seed)
  return gigabits > 0 ? totalCores(seed) / gigabits : undefined
}

function bySeed(variant: VariantResult, valueOf: (seed: SeedResult) => Value): BySeed {
  return new Map(
    variant.seeds.flatMap((seed) => {
      const value = valueOf(seed)
      return value === undefined ? [] : [[seed.seed, value] as const]
    }),
  )
}

/** Names in the order in which they first appear, across variants and seeds. */
function namesOf(result: RunResult, listOf: (seed: SeedResult) => readonly { readonly name: string }[]): string[] {
  const names = result.variants.flatMap((variant) => variant.seeds.flatMap((seed) => listOf(seed).map((each) => each.name)))
  return [...new Set(names)]
}

/**
 * Every figure of a result, by seed: those of the whole run, of each traffic entry, of each node, in this order, and
 * within a figure the variants in theirs. What was not measured (a percentile where nothing arrived) is left out.
 */
export function observe(result: RunResult): Observed[] {
  const observed: Observed[] = []
  const add = (figure: FigureId, subject: string, valueOf: (seed: SeedResult) => Value): void => {
    for (const variant of result.variants) {
      const values = bySeed(variant, valueOf)
      if (values.size > 0) observed.push({ variant: variant.name, figure, subject, bySeed: values })
    }
  }
  for (const [figure, valueOf] of runFigures) add(figure, '', valueOf)
  namesOf(result, (seed) => seed.traffic).forEach((name) => {
    const ofName = lookup((seed: SeedResult) => seed.traffic, name)
    for (const [figure, valueOf] of trafficFigures) add(figure, name, (seed) => valueIn(ofName(seed), valueOf))
  })
  namesOf(result, (seed) => seed.nodes).forEach((name) => {
    const ofName = lookup((seed: SeedResult) => seed.nodes, name)
    add('busy-cores', name, (seed) => ofName(seed)?.busyCores)
    add('memory', name, (seed) => ofName(seed)?.memoryBytes)
  })
  return observed
}

function valueIn<Item>(item: Item | undefined, valueOf: (item: Item) => Value): Value {
  return item === undefined ? undefined : valueOf(item)
}

/**
 * Finds the item of a name in each seed's list. Lists of one run are in one order, so the place where the name was
 * found before is tried first: a look-up in a thousand nodes is not a thousand comparisons.
 */
function lookup<Item extends { readonly name: string }>(
  listOf: (seed: SeedResult) => readonly Item[],
  name: string,
): (seed: SeedResult) => Item | undefined {
  let place = 0
  return (seed) => {
    const list = listOf(seed)
    if (list[place]?.name !== name) place = list.findIndex((each) => each.name === name)
    return list[place]
  }
}
