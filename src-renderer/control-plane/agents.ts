import { axisScale, cellText, stackedRowsChart, type CellUnit, type Chart, type DataTable } from '#shared/charts/index'
import type { RecordedAgent, RecordedNode, RecordedSpan } from '#shared/contract/control-plane'

import { timeText } from './convergence'

/** What agents are charted by. */
export const AGENT_MEASURES = ['memory', 'cpu'] as const

export type AgentMeasure = (typeof AGENT_MEASURES)[number]

const MEASURES: Readonly<Record<AgentMeasure, { readonly label: string; readonly unit: CellUnit; readonly of: (agent: RecordedAgent) => number | undefined }>> = {
  memory: { label: 'Memory', unit: 'B', of: ({ memoryBytes }) => memoryBytes },
  cpu: { label: 'CPU time', unit: 's', of: ({ cpuSeconds }) => cpuSeconds },
}

/** Nodes that are charted; the table has all. */
const MOST_CHARTED = 40

/** The daemons of each node: when they ran, and what they took, with the source of the figures. */
export function agentTable(nodes: readonly RecordedNode[]): DataTable {
  const rows = nodes.flatMap((node) => node.agents.map((agent) => ({ node, agent })))
  return {
    caption: 'A row per node and daemon; memory is resident at the run’s end, CPU time that of the run. A dash, and “not cited”, where no measurement is known.',
    columns: [
      { key: 'node', label: 'Node', cells: rows.map(({ node }) => node.name) },
      { key: 'agent', label: 'Agent', cells: rows.map(({ agent }) => agent.agent) },
      { key: 'memory_bytes', label: 'Memory', unit: 'B', cells: rows.map(({ agent }) => agent.memoryBytes ?? null) },
      { key: 'cpu_s', label: 'CPU time', unit: 's', cells: rows.map(({ agent }) => agent.cpuSeconds ?? null) },
      { key: 'running', label: 'Ran', cells: rows.map(({ agent }) => runningText(agent.running)) },
      { key: 'source', label: 'Source', cells: rows.map(({ agent }) => agent.source ?? 'not cited') },
    ],
  }
}

function runningText(running: readonly RecordedSpan[]): string {
  const [only] = running
  if (running.length === 1 && only!.fromSeconds === 0 && only!.untilSeconds === undefined) return 'all the time'
  if (only === undefined) return 'never'
  return running.map(({ fromSeconds, untilSeconds }) => `${timeText(fromSeconds)} to ${untilSeconds === undefined ? 'the end' : timeText(untilSeconds)}`).join(', ')
}

/** What the agents of each node take together, agent by agent. */
export function agentChart(nodes: readonly RecordedNode[], measure: AgentMeasure): Chart {
  const { label, unit, of } = MEASURES[measure]
  const charted = nodes.filter(({ agents }) => agents.length > 0).slice(0, MOST_CHARTED)
  const names = [...new Set(charted.flatMap(({ agents }) => agents.filter((agent) => of(agent) !== undefined).map(({ agent }) => agent)))]
  const valueOf = (node: RecordedNode, name: string): number => {
    const agent = node.agents.find((each) => each.agent === name)
    return (agent && of(agent)) ?? 0
  }
  const totals = charted.map((node) => names.reduce((sum, name) => sum + valueOf(node, name), 0))
  const scale = axisScale(unit, Math.max(0, ...totals))
  return stackedRowsChart({
    id: `agents-${measure}`,
    title: `Agents by node: ${label.toLowerCase()}`,
    explanation: measure === 'memory'
      ? 'Memory of each node’s agents, resident at the run’s end; agents without a published figure are left out.'
      : 'CPU time of each node’s agents during the run; agents without a published figure are left out.',
    rows: charted.map(({ name }) => name),
    parts: names.map((name) => ({ name, values: charted.map((node) => valueOf(node, name)) })),
    axisName: `${label} (${scale.suffix})`,
    scale,
    text: (value) => cellText({ key: '', label: '', unit, cells: [value] }, 0),
    table: agentTable(nodes),
  })
}

/** What the kernels hold, table by table. */
export function kernelTable(nodes: readonly RecordedNode[]): DataTable {
  const rows = nodes.flatMap((node) => node.tables.map((table) => ({ node, table })))
  return {
    caption: 'A row per node and table of its kernel, at the run’s end. Of maps that every pod has, the entries are those of the fullest.',
    columns: [
      { key: 'node', label: 'Node', cells: rows.map(({ node }) => node.name) },
      { key: 'table', label: 'Table', cells: rows.map(({ table }) => table.table) },
      { key: 'entries', label: 'Entries', cells: rows.map(({ table }) => table.entries) },
      { key: 'capacity', label: 'Capacity', cells: rows.map(({ table }) => table.capacity ?? null) },
      { key: 'missing', label: 'No room for', cells: rows.map(({ table }) => table.missing ?? null) },
      { key: 'bytes', label: 'Memory', unit: 'B', cells: rows.map(({ table }) => table.bytes ?? null) },
    ],
  }
}
