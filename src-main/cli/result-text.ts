import type { ComparedFigure, FigureId, Sample } from '#shared/analysis/index'
import { compareFigures, explain, figureOf, humanCount, humanFigure, nodesByLoad, plusMinusShare, shareWithInterval } from '#shared/analysis/index'
import type { RunResult, VariantResult } from '#shared/metrics/index'

import { softirqText } from './softirq-text'
import { stageTable } from './stage-text'
import { type TextColumn, textTable } from './text-table'
import { trackingText } from './tracking-text'

/** Nodes that have a column of their own; a cluster has thousands. */
const nodeColumns = 4

/** What the table of traffic says of each kind, in the order of its columns. */
const streamFigures = ['goodput', 'latency-p50', 'latency-p99', 'retransmits'] as const
const transactionFigures = ['transactions', 'latency-p50', 'latency-p99'] as const
const completionFigures = ['slowdown-small-p50', 'slowdown-small-p99', 'slowdown-medium-p50', 'slowdown-medium-p99', 'slowdown-large-p50', 'slowdown-large-p99'] as const

/** A result for people: what each variant reached, what that cost, why, and what to mind. */
export function resultText(result: RunResult): string {
  const [first] = result.variants
  if (!first) return `Nothing was measured.\n${warnings(result)}`
  const figures = compareFigures(result, first.name)
  const names = result.variants.map((variant) => variant.name)
  const traffic = first.seeds[0]?.traffic ?? []
  const sections = [
    heading(result, first),
    ...traffic.map(({ name, kind }) => section(`${name} (${kind})`, trafficTable(figures, names, name))),
    ...traffic.map(({ name }) => section(`${name}: completion of flows by size, times the least possible`, completionTable(figures, names, name))),
    section('CPU, busy cores', cpuTable(result, figures, names)),
    section('CPU by stage, cores of all nodes', stageTable(result)),
    section('Packets', packetTable(result.variants)),
    section('Softirq, rounds of polls cut short', softirqText(result.variants)),
    section('Connection tracking, tables at least half full', trackingText(result.variants)),
    section('Why', why(result, figures, first.name)),
    warnings(result),
  ]
  return sections.filter((text) => text !== '').join('\n')
}

function heading(result: RunResult, baseline: VariantResult): string {
  const seeds = Math.max(...result.variants.map((variant) => variant.seeds.length))
  const many = `${seeds} ${seeds === 1 ? 'seed' : 'seeds'}`
  const against = result.variants.length > 1 ? `, differences to ${baseline.name}` : ''
  const intervals = seeds > 1 ? ', ± 95 % interval' : ''
  return `${result.lab}: ${result.durationSeconds} s simulated, ${many}${against}${intervals}\n`
}

function section(title: string, body: string): string {
  return body === '' ? '' : `${title}\n${body.replaceAll(/^(?=.)/gmu, '  ')}`
}

/** A row for each variant: the figures of one traffic entry that were measured, and their differences. */
function trafficTable(figures: readonly ComparedFigure[], names: readonly string[], traffic: string): string {
  const measured = (id: FigureId): boolean => names.some((name) => figureOf(figures, name, id, traffic))
  const ids = (measured('transactions') ? transactionFigures : streamFigures).filter(measured)
  return figureTable(figures, names, ids.map((id) => ({
    id, subject: traffic, heading: headings[id], differs: hasDifference(figures, names, id, traffic),
  })))
}

/** A row for each variant: how much longer flows took than they must, by size; empty for entries without such flows. */
function completionTable(figures: readonly ComparedFigure[], names: readonly string[], traffic: string): string {
  const measured = completionFigures.filter((id) => names.some((name) => figureOf(figures, name, id, traffic)))
  if (measured.length === 0) return ''
  return figureTable(figures, names, measured.map((id) => ({ id, subject: traffic, heading: headings[id], differs: false })))
}

/** A row for each variant: cores of all nodes, per gigabit, and of the busiest nodes. */
function cpuTable(result: RunResult, figures: readonly ComparedFigure[], names: readonly string[]): string {
  const busiest = nodesByLoad(result).slice(0, nodeColumns)
  return figureTable(figures, names, [
    { id: 'total-cores', subject: '', heading: 'all nodes', differs: hasDifference(figures, names, 'total-cores', '') },
    { id: 'cores-per-gigabit', subject: '', heading: 'per Gbit/s', differs: hasDifference(figures, names, 'cores-per-gigabit', '') },
    ...busiest.map(({ name }) => ({ id: 'busy-cores' as const, subject: name, heading: name, differs: false })),
  ])
}

/** A figure that gets a column, and one for its difference where it has a baseline to differ from. */
interface FigureColumn {
  readonly id: FigureId
  readonly subject: string
  readonly heading: string
  /** Whether the difference has a column too. */
  readonly differs: boolean
}

function figureTable(figures: readonly ComparedFigure[], names: readonly string[], wanted: readonly FigureColumn[]): string {
  const columns = wanted.flatMap(({ heading, differs }): TextColumn[] => {
    const own: TextColumn = { heading, align: 'right' }
    return differs ? [own, { heading: `vs ${names[0]!}`, align: 'right' }] : [own]
  })
  const rows = names.map((name) => [
    name,
    ...wanted.flatMap(({ id, subject, differs }) => {
      const figure = figureOf(figures, name, id, subject)
      const value = figure ? `${humanFigure(figure.sample.mean, figure.figure.unit)}${relativeInterval(figure.sample)}` : '–'
      return differs ? [value, difference(figure)] : [value]
    }),
  ])
  return textTable([{ heading: 'variant', align: 'left' }, ...columns], rows)
}

/** Whether some variant's figure can be told as a share of the baseline's: a count that is zero there can't. */
function hasDifference(figures: readonly ComparedFigure[], names: readonly string[], id: FigureId, subject: string): boolean {
  return names.some((name) => figureOf(figures, name, id, subject)?.difference?.relative)
}

const headings = {
  goodput: 'goodput',
  transactions: 'transactions',
  'latency-p50': 'latency p50',
  'latency-p99': 'latency p99',
  retransmits: 'retransmits',
  'slowdown-small-p50': 'to 100 kB, p50',
  'slowdown-small-p99': 'p99',
  'slowdown-medium-p50': 'to 10 MB, p50',
  'slowdown-medium-p99': 'p99',
  'slowdown-large-p50': 'over 10 MB, p50',
  'slowdown-large-p99': 'p99',
}

/** The interval as a share of the mean: the same measure for every unit. */
function relativeInterval({ mean, ci95 }: Sample): string {
  return ci95 === null || mean === 0 ? '' : ` ${plusMinusShare(ci95 / Math.abs(mean))}`
}

function difference(figure: ComparedFigure | undefined): string {
  const relative = figure?.difference?.relative
  return relative ? shareWithInterval(relative) : ''
}

function packetTable(variants: readonly VariantResult[]): string {
  const columns: TextColumn[] = [
    { heading: 'variant', align: 'left' },
    ...['sent', 'delivered', 'dropped', 'in flight'].map((heading): TextColumn => ({ heading, align: 'right' })),
    { heading: 'dropped because of', align: 'left' },
  ]
  const rows = variants.map(({ name, seeds }) => {
    const mean = (valueOf: (seed: (typeof seeds)[number]) => number): string =>
      humanCount(Math.round(seeds.reduce((sum, seed) => sum + valueOf(seed), 0) / seeds.length))
    const reasons = [...new Set(seeds.flatMap((seed) => Object.keys(seed.drops).filter((reason) => seed.drops[reason]! > 0)))]
    return [
      name,
      mean((seed) => seed.packets.sent),
      mean((seed) => seed.packets.delivered),
      mean((seed) => seed.packets.dropped),
      mean((seed) => seed.packets.inFlight),
      reasons.map((reason) => `${reason} ${mean((seed) => seed.drops[reason] ?? 0)}`).join(', '),
    ]
  })
  return textTable(columns, rows)
}

function why(result: RunResult, figures: readonly ComparedFigure[], baseline: string): string {
  return explain(result, figures, baseline)
    .flatMap(({ variant, sentences }) => sentences.map((sentence) => `${variant}: ${sentence}\n`))
    .join('')
}

function warnings(result: RunResult): string {
  return section('Mind', result.warnings.map(({ code, message }) => `${message} [${code}]\n`).join(''))
}
