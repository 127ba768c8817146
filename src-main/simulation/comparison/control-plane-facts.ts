import type { ControlPlaneFacts, VariantFacts } from '#shared/contract/comparison'
import type { RecordedMessages, RecordedNode } from '#shared/contract/control-plane'
import type { Lab, Variant } from '#shared/lab/index'

import { ControlPlaneTooLarge, recordControlPlane, type ControlPlaneQuestion } from '../agents/index'

/** What a variant's control plane holds and has exchanged when the lab's run ends. */
export function controlPlaneFacts(lab: Lab, variant: Variant, question: ControlPlaneQuestion): VariantFacts['controlPlane'] {
  try {
    const { nodes, convergedAfterSeconds } = recordControlPlane(lab, variant, question).record
    return { convergedAfterSeconds, ...heldBy(nodes) }
  } catch (error) {
    if (error instanceof ControlPlaneTooLarge) return { refused: error.message }
    throw error
  }
}

function heldBy(all: readonly RecordedNode[]): Omit<ControlPlaneFacts, 'convergedAfterSeconds'> {
  const nodes = all.filter(({ kind }) => kind === 'node')
  const fullest = nodes.reduce((most, node) => (rowsAtEnd(node).length > rowsAtEnd(most).length ? node : most))
  return {
    sessionsPerNode: Math.max(...nodes.map(({ sessions }) => sessions.length)),
    messages: summed(nodes.flatMap(({ messages }) => messages)),
    routes: counted(rowsAtEnd(fullest).map(({ by }) => by)),
    tables: fullest.tables,
    agents: fullest.agents,
    ranges: nodes.reduce((sum, { ranges }) => sum + ranges.length, 0),
  }
}

/** The rows of a routing table that are there at the run's end. */
function rowsAtEnd({ routes }: RecordedNode): RecordedNode['routes'] {
  return routes.filter(({ untilSeconds }) => untilSeconds === undefined)
}

/** Messages of one protocol and kind together, in the order in which they first appear. */
function summed(messages: readonly RecordedMessages[]): RecordedMessages[] {
  const sums = new Map<string, RecordedMessages>()
  for (const each of messages) {
    const key = `${each.protocol} ${each.kind}`
    const known = sums.get(key)
    sums.set(key, known === undefined ? each : added(known, each))
  }
  return [...sums.values()]
}

function added(a: RecordedMessages, b: RecordedMessages): RecordedMessages {
  const bytes = a.bytes === undefined || b.bytes === undefined ? {} : { bytes: a.bytes + b.bytes }
  return { protocol: a.protocol, kind: a.kind, count: a.count + b.count, ...bytes }
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
