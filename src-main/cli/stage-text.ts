import { stageCosts } from '#shared/analysis/index'
import type { RunResult, VariantResult } from '#shared/metrics/index'

import { type TextColumn, textTable } from './text-table'

/** Stages that make up at least this share of some variant's cores have a row of their own. */
const ownRowShare = 0.01

/** A row for each of the costliest stages and a column for each variant, in cores; empty where nothing cost any. */
export function stageTable(result: RunResult): string {
  const costs = result.variants.map(coresByStage)
  const sumOf = (cores: readonly number[]): number => cores.reduce((sum, each) => sum + each, 0)
  const totals = costs.map((stages) => sumOf([...stages.values()]))
  const most = (stage: string): number => Math.max(...costs.map((stages) => stages.get(stage) ?? 0))
  const stages = [...new Set(costs.flatMap((each) => [...each.keys()]))].filter((stage) => most(stage) > 0)
  if (stages.length === 0) return ''
  stages.sort((a, b) => most(b) - most(a))
  const hasOwnRow = (stage: string): boolean =>
    costs.some((each, index) => (each.get(stage) ?? 0) >= ownRowShare * totals[index]!)
  const rest = stages.filter((stage) => !hasOwnRow(stage))
  const columns: TextColumn[] = [
    { heading: 'stage', align: 'left' },
    ...result.variants.map(({ name }): TextColumn => ({ heading: name, align: 'right' })),
  ]
  const rows = stages.filter(hasOwnRow).map((stage) => [stage, ...costs.map((each) => cell(each.get(stage)))])
  if (rest.length > 0) rows.push(['others', ...costs.map((each) => cell(sumOf(rest.map((stage) => each.get(stage) ?? 0))))])
  return textTable(columns, rows)
}

function coresByStage(variant: VariantResult): Map<string, number> {
  const cores = new Map<string, number>()
  for (const cost of stageCosts(variant)) cores.set(cost.stage, (cores.get(cost.stage) ?? 0) + cost.cores)
  return cores
}

/** A dash where a variant has no such stage. */
function cell(cores: number | undefined): string {
  return cores === undefined || cores === 0 ? '–' : cores.toFixed(3)
}
