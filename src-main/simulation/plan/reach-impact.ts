import { cellAt, type ReachChange, type ReachImpact, type ReachOutcome } from '#shared/contract/reach'

import { reachMatrix, verdictOf, type Flow, type ReachMatrix } from '../policy/index'
import { changedCells, type ReachUnits } from './reach-cells'
import { outcomesOf } from './reach-outcomes'
import type { VariantReach } from './reach'

/** Pairs of units that are listed. */
const MOST_PAIRS = 300

/** How pods are asked. */
export interface ImpactQuestion {
  readonly protocol: string
  readonly portOf: (end: number) => number
  readonly units: ReachUnits
}

/**
 * What changes from one reading of a lab's policies to another: about its traffic, and between its units.
 * Requires: both are about the same pods.
 */
export function reachImpact(before: VariantReach, after: VariantReach, question: ImpactQuestion): Pick<ReachImpact, 'traffic' | 'pairs' | 'pairCount'> {
  const traffic = before.traffic.flatMap(({ name, flows }) =>
    changesOf(before, after, flows).map((change) => ({ ...change, name, connections: flows.length })))
  return { traffic, ...unitChanges(before, after, question) }
}

/** The connections that would be allowed and those that would be denied. */
function changesOf(before: VariantReach, after: VariantReach, flows: readonly Flow[]): ReachChange[] {
  const was = (flow: Flow): boolean => verdictOf(before.compiled, flow).verdict === 'allow'
  const changed = flows.filter((flow) => was(flow) !== (verdictOf(after.compiled, flow).verdict === 'allow'))
  return [
    ...changeOf(before, after, 'denied', changed.filter(was)),
    ...changeOf(before, after, 'allowed', changed.filter((flow) => !was(flow))),
  ]
}

function changeOf(before: VariantReach, after: VariantReach, becomes: ReachChange['becomes'], flows: readonly Flow[]): ReachChange[] {
  const [first] = flows
  if (first === undefined) return []
  const told = (reach: VariantReach): ReachOutcome => outcomesOf(reach, [first], 1).outcomes[0]!
  return [{ becomes, pairs: flows.length, before: told(before), after: told(after) }]
}

function unitChanges(before: VariantReach, after: VariantReach, { protocol, portOf, units }: ImpactQuestion): Pick<ReachImpact, 'pairs' | 'pairCount'> {
  const ends = before.pods.map((_, pod) => pod)
  const [old, next] = [before, after].map(({ compiled }) => reachMatrix(compiled, ends, protocol, portOf)) as [ReachMatrix, ReachMatrix]
  const [was, is] = [podVerdicts(old), podVerdicts(next)]
  const changed = changedCells(old, next, units)
  const pairs: ReachImpact['pairs'][number][] = []
  let pairCount = 0
  units.units.forEach(({ id: from }, source) => {
    units.units.forEach(({ id: to }, destination) => {
      if (cellAt(changed, changed.cells, source, destination) === 0) return
      pairCount++
      if (pairs.length >= MOST_PAIRS) return
      const denied: Flow[] = []
      const allowed: Flow[] = []
      for (const pod of units.members[source]!) {
        for (const peer of units.members[destination]!) {
          if (pod === peer || was(pod, peer) === is(pod, peer)) continue
          const list = was(pod, peer) ? denied : allowed
          list.push({ from: pod, to: peer, protocol, port: portOf(peer) })
        }
      }
      const changes = [...changeOf(before, after, 'denied', denied), ...changeOf(before, after, 'allowed', allowed)]
      pairs.push(...changes.map((change) => ({ ...change, from, to })))
    })
  })
  return { pairs, pairCount }
}

/** Answers about two pods what a matrix says about their groups. */
function podVerdicts(matrix: ReachMatrix): (from: number, to: number) => boolean {
  const groupOf = new Map(matrix.groups.flatMap((group, index) => group.map((pod) => [pod, index] as const)))
  return (from, to) => matrix.allowed(groupOf.get(from)!, groupOf.get(to)!)
}
