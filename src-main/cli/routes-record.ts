import type { ControlPlaneRecord, RecordedAgent, RecordedTable } from '#shared/contract/control-plane'

import { left, right, textTable } from './text-table'

const MIB = 2 ** 20
/** Stands for figures that nobody has published. */
const NOT_CITED = 'not cited'

/** What the nodes of a record run and hold: daemons with memory and CPU time where these are cited, the kernel's tables, identities. */
export function recordText({ nodes, identities }: ControlPlaneRecord): string {
  const agents = nodes.flatMap((node) => node.agents.map((agent, index) => [index === 0 ? node.name : '', ...agentCells(agent)]))
  const tables = nodes.flatMap((node) => node.tables.map((table, index) => [index === 0 ? node.name : '', ...tableCells(table)]))
  const sources = [...new Set(nodes.flatMap((node) => node.agents.flatMap(({ agent, source }) => (source === undefined ? [] : [`${agent}: ${source}`]))))]
  return [
    textTable([left('node'), left('agent'), right('MiB'), right('CPU s')], agents),
    ...sources.map((source) => `${source}\n`),
    '\n',
    textTable([left('node'), left('table'), right('entries'), right('capacity'), right('no room for'), right('KiB')], tables),
    ...(identities === undefined ? [] : [`\nIdentities: ${identities.inUse} of ${identities.limit} in use; ${identities.podsWithout} pods without one.\n`]),
  ].join('')
}

function agentCells({ agent, memoryBytes, cpuSeconds }: RecordedAgent): string[] {
  return [
    agent,
    memoryBytes === undefined ? NOT_CITED : String(Math.round(memoryBytes / MIB)),
    cpuSeconds === undefined ? NOT_CITED : cpuSeconds.toFixed(3),
  ]
}

function tableCells({ table, entries, capacity, missing, bytes }: RecordedTable): string[] {
  return [table, String(entries), String(capacity ?? ''), String(missing ?? ''), bytes === undefined ? '' : String(Math.round(bytes / 1024))]
}
