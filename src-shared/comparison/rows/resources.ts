import { figureOf, humanFigure, stageCosts } from '../../analysis/index'
import type { VariantResult } from '../../metrics/index'
import { SECOND_NS } from '../../units/index'
import type { CellContent, Detail } from '../cell'
import type { Compared, ComparedVariant } from '../compared'
import { mostOnNode } from '../on-nodes'

/** Groups of stages are listed down to this share of the busiest. */
const LISTED_SHARE = 0.02

/** CPU and memory: busy cores and what they were busy with, memory of agents and tables, of tracked connections. */
export function resourcesCell({ name, result, facts }: ComparedVariant, { figures }: Compared): CellContent {
  const cores = figureOf(figures, name, 'total-cores')?.sample.mean
  const perGigabit = figureOf(figures, name, 'cores-per-gigabit')?.sample.mean
  const memory = mostOnNode(result, ({ memoryBytes }) => memoryBytes)
  const tracked = mostOnNode(result, ({ tracking = [] }) => tracking.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0))
  const agents = facts === undefined || 'refused' in facts.controlPlane ? [] : facts.controlPlane.agents
  return {
    lines: [
      cores === undefined ? 'CPU not measured' : `${humanFigure(cores, 'cores')} busy${perGigabit === undefined ? '' : `, ${humanFigure(perGigabit, 'cores per Gbit/s')} per Gbit/s`}`,
      memory > 0 ? `${humanFigure(memory, 'B')} a node: agents and tables` : 'No agents or tables of a plugin',
      ...(tracked > 0 ? [`${humanFigure(tracked, 'B')} a node: connections`] : []),
    ],
    details: [
      ...groupDetails(result),
      ...agents.flatMap(({ agent, memoryBytes, cpuSeconds, source }): Detail[] => {
        const parts = [...(memoryBytes === undefined ? [] : [humanFigure(memoryBytes, 'B')]), ...(cpuSeconds === undefined ? [] : [`${humanFigure(cpuSeconds * SECOND_NS, 'ns')} of CPU time`])]
        return parts.length === 0 ? [] : [{ what: agent, value: `${parts.join(', ')}${source === undefined ? '' : ` (${source})`}`, from: 'control plane' }]
      }),
    ],
  }
}

/** Busy cores by group of stages, all nodes together. */
function groupDetails(result: VariantResult): Detail[] {
  const groups = new Map<string, number>()
  for (const { group, cores } of stageCosts(result)) groups.set(group, (groups.get(group) ?? 0) + cores)
  const listed = [...groups].sort(([, a], [, b]) => b - a)
  return listed.filter(([, cores]) => cores > 0 && cores >= LISTED_SHARE * listed[0]![1])
    .map(([group, cores]): Detail => ({ what: `CPU in ${group === 'ebpf' ? 'eBPF' : group}`, value: humanFigure(cores, 'cores'), from: 'run' }))
}
