import type { RunResult, TrafficResult, VariantResult } from '#shared/metrics/index'
import type { StageGroup } from '#shared/plan/index'
import { humanShare } from '#shared/units/index'

import { carriedChange } from './carried'
import type { ComparedFigure } from './compare'
import { humanCount, humanFigure, signedNumber, signedShare } from './humanise'
import { namedLinks } from './named-links'
import { queueSharingChange } from './queue-sharing'
import { groupCostsPerGigabit } from './stage-costs'
import { isSignificant } from './statistics'

/** Why a variant stands where it stands, in sentences that only say what was measured. */
export interface Explanation {
  readonly variant: string
  readonly sentences: readonly string[]
}

/** Differences below this share are told as "the same": smaller than what the model claims to be right about. */
const SAME_BELOW = 0.005
/** A link this busy leaves no room: what is missing to 1 is the gaps between bursts. */
const FULL_LINK = 0.97
/** A core this busy leaves no room: what is missing to 1 are moments in which its work waits for other cores. */
const FULL_CORE = 0.97
/** Traffic is told to overtake itself from this share of its packets on. */
const OVERTAKEN = 0.005
/** Groups named as causes: those that make up at least this share of the whole change. */
const CAUSE_SHARE = 0.15

/** Names of stage groups in the middle of a sentence. */
const groupNames: Readonly<Record<StageGroup, string>> = {
  application: 'the application',
  socket: 'the socket',
  veth: 'virtual devices',
  netfilter: 'netfilter',
  routing: 'routing',
  ebpf: 'eBPF programs',
  encapsulation: 'encapsulation',
  device: 'the device',
}

/** Explains every variant of a result: against the variant called `baseline`, and what bounded it. */
export function explain(result: RunResult, figures: readonly ComparedFigure[], baseline: string): Explanation[] {
  const base = result.variants.find((variant) => variant.name === baseline)
  return result.variants.map((variant) => {
    const own = figures.filter((each) => each.variant === variant.name)
    if (own.length === 0) return { variant: variant.name, sentences: ['Nothing was measured.'] }
    const silent = silentTraffic(own)
    const against = base && base !== variant ? comparisons(own.filter(({ subject }) => !silent.includes(subject)), variant, base) : []
    if (silent.length > 0) return { variant: variant.name, sentences: [`Nothing of ${silent.join(', ')} arrived.`, ...losses(variant), ...against, ...bounds(variant)] }
    const same = base && base !== variant && against.length === 0 ? [`All of it is within half a percent of ${base.name}, or within chance.`] : []
    return { variant: variant.name, sentences: [...against, ...same, ...bounds(variant), ...overtakings(variant), ...losses(variant)] }
  })
}

/** Traffic of which nothing arrived: that is what there is to say of it, and no difference to another variant. */
function silentTraffic(own: readonly ComparedFigure[]): readonly string[] {
  return own.filter(({ figure, sample }) => figure.id === 'goodput' && sample.mean === 0).map(({ subject }) => subject)
}

function comparisons(own: readonly ComparedFigure[], variant: VariantResult, base: VariantResult): string[] {
  return [
    changeOf(own.filter(isPayloadTold(own)), 'goodput', (subject, more) => `${subject} moves ${more ? 'more' : 'less'} payload`),
    changeOf(own, 'transactions', (subject, more) => `${subject} completes ${more ? 'more' : 'fewer'} transactions`),
    changeOf(own, 'latency-p50', (subject, more) => `${subject} takes ${more ? 'longer' : 'less time'} at the median`),
    carriedChange(variant, base),
    queueSharingChange(variant, base),
    costChange(own, variant, base),
  ].filter((sentence) => sentence !== null)
}

/** Payload of request–response traffic only repeats its transactions. */
function isPayloadTold(own: readonly ComparedFigure[]): (each: ComparedFigure) => boolean {
  const withTransactions = new Set(own.filter((each) => each.figure.id === 'transactions').map((each) => each.subject))
  return (each) => !withTransactions.has(each.subject)
}

/** A sentence about the subject whose figure changed most; null where none did. */
function changeOf(
  own: readonly ComparedFigure[],
  figure: string,
  phrase: (subject: string, more: boolean) => string,
): string | null {
  const changes = own
    .filter((each) => each.figure.id === figure)
    .flatMap((each) => (each.difference?.relative && isTold(each) ? [{ each, by: each.difference.relative.mean }] : []))
    .sort((a, b) => Math.abs(b.by) - Math.abs(a.by))
  const [largest] = changes
  if (!largest) return null
  const { each, by } = largest
  const before = each.sample.mean - each.difference!.absolute.mean
  const values = `${humanFigure(each.sample.mean, each.figure.unit)} instead of ${humanFigure(before, each.figure.unit)}`
  return `${phrase(each.subject, by > 0)}: ${values} (${signedShare(by)}).`
}

/** Large enough to matter and, where there are seeds enough to tell, more than chance. */
function isTold(each: ComparedFigure): boolean {
  const relative = each.difference?.relative
  if (!relative || Math.abs(relative.mean) < SAME_BELOW) return false
  return relative.ci95 === null || isSignificant(relative)
}

/** A sentence about the CPU that a gigabit costs and the groups of stages that changed it. */
function costChange(own: readonly ComparedFigure[], variant: VariantResult, base: VariantResult): string | null {
  const cost = own.find((each) => each.figure.id === 'cores-per-gigabit')
  if (!cost || !isTold(cost)) return null
  const before = groupCostsPerGigabit(base)
  const after = groupCostsPerGigabit(variant)
  const total = cost.difference!.absolute.mean
  const causes = [...new Set([...before.keys(), ...after.keys()])]
    .map((group) => ({ group, by: (after.get(group) ?? 0) - (before.get(group) ?? 0) }))
    .filter(({ by }) => Math.abs(by) >= CAUSE_SHARE * Math.abs(total))
    .sort((a, b) => Math.abs(b.by) - Math.abs(a.by))
    .map(({ group, by }) => `${groupNames[group]} ${signedNumber(by)}`)
  const why = causes.length > 0 ? `: ${causes.join(', ')}` : ''
  const by = cost.difference!.relative!.mean
  return `A gigabit costs ${by > 0 ? 'more' : 'less'} CPU, ${signedNumber(total)} cores per Gbit/s (${signedShare(by)})${why}.`
}

/** What the variant ran into: a full link, or else a full core, or else its busiest node. */
function bounds(variant: VariantResult): string[] {
  const sentences: string[] = []
  const links = meanBy(variant, (seed) => namedLinks(seed.links).map(([name, { utilisation }]) => [name, utilisation]))
  const nodes = meanBy(variant, (seed) => seed.nodes.map((node) => [node.name, node.busyCores]))
  const [link] = links
  const [node] = nodes
  const [core] = meanBy(variant, (seed) => seed.nodes.map((each) => [each.name, each.busiestCore ?? 0]))
  if (link && link.value >= FULL_LINK) {
    sentences.push(`The link ${link.name} is full (${humanShare(link.value)}): the wire sets the throughput.`)
  } else if (link && core && core.value >= FULL_CORE) {
    sentences.push(
      `No link is full (the busiest, ${link.name}, ${humanShare(link.value)}), but a core of ${core.name} is (${humanShare(core.value)}): it sets the pace.`,
    )
  } else if (link && node && node.value > 0) {
    sentences.push(
      `No link is full (the busiest, ${link.name}, ${humanShare(link.value)}); ${node.name} works most, ${humanFigure(node.value, 'cores')}.`,
    )
  }
  return sentences
}

/** Traffic whose packets overtook each other, which is what GRO and loss detection suffer from. */
function overtakings(variant: VariantResult): string[] {
  const perTraffic = (figureOf: (traffic: TrafficResult) => number) => meanBy(variant, ({ traffic }) => traffic.map((each) => [each.name, figureOf(each)]))
  const delivered = byName(perTraffic(({ packetsDelivered }) => packetsDelivered))
  const again = byName(perTraffic(({ retransmits = 0 }) => retransmits))
  return perTraffic(({ outOfOrder = 0 }) => outOfOrder)
    .filter(({ name, value }) => value > OVERTAKEN * delivered.get(name)!)
    .map(({ name, value }) => {
      const share = humanShare(value / delivered.get(name)!)
      const sentAgain = again.get(name)! > 0 ? `, and ${humanCount(again.get(name)!)} a run were sent again` : ''
      return `${share} of the packets of ${name} arrived before earlier ones: receivers merge less (GRO)${sentAgain}.`
    })
}

function byName(means: readonly { readonly name: string; readonly value: number }[]): ReadonlyMap<string, number> {
  return new Map(means.map(({ name, value }) => [name, value]))
}

/** What the variant lost most packets to. */
function losses(variant: VariantResult): string[] {
  const [drop] = meanBy(variant, (seed) => Object.entries(seed.drops))
  return drop && drop.value > 0 ? [`Packets were lost, most of them to ${drop.name}: ${humanCount(drop.value)} a run.`] : []
}

type Named = readonly (readonly [name: string, value: number])[]

/** Means over a variant's seeds by name, the largest first. */
function meanBy(variant: VariantResult, listOf: (seed: VariantResult['seeds'][number]) => Named): { name: string; value: number }[] {
  const sums = new Map<string, number>()
  for (const [name, value] of variant.seeds.flatMap(listOf)) sums.set(name, (sums.get(name) ?? 0) + value)
  return [...sums].map(([name, sum]) => ({ name, value: sum / variant.seeds.length })).sort((a, b) => b.value - a.value)
}
