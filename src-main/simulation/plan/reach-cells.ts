import { DIRECTION_BITS, reachDirections, type ReachDirection, type ReachLevel, type ReachUnit } from '#shared/contract/reach'

import type { Pod } from '../kubernetes/index'
import type { ReachMatrix } from '../policy/index'

/** Units of pods with the pods in each, by their numbers. */
export interface ReachUnits {
  readonly units: readonly ReachUnit[]
  readonly members: readonly (readonly number[])[]
}

/** Pods by workload or by namespace, in the order in which these first have one. */
export function reachUnits(pods: readonly Pod[], by: ReachLevel): ReachUnits {
  const members = new Map<string, number[]>()
  pods.forEach((pod, number) => {
    const id = pod[by]
    const known = members.get(id)
    if (known === undefined) members.set(id, [number])
    else known.push(number)
  })
  return {
    units: Array.from(members, ([id, numbers]) => ({ id, pods: numbers.length })),
    members: [...members.values()],
  }
}

/** Pods of one unit that no matrix tells apart. */
interface PodClass {
  readonly unit: number
  /** Their group in each matrix. */
  readonly groups: readonly number[]
  count: number
}

/**
 * Verdicts between pods as cells between units (`Reach`): per matrix a byte for each unit that connects and unit that is
 * connected to, and where two matrices are given the cells in which they differ about any pair. A pod's connection to
 * itself never reaches a policy and does not count.
 */
export function reachCells(
  matrices: readonly ReachMatrix[],
  { units, members }: ReachUnits,
): { readonly cells: readonly Uint8Array<ArrayBuffer>[]; readonly differs: Uint8Array<ArrayBuffer> } {
  const classes = podClasses(matrices, members)
  const cells = matrices.map(() => new Uint8Array(units.length ** 2))
  const differs = new Uint8Array(matrices.length === 2 ? units.length ** 2 : 0)
  for (const source of classes) {
    for (const destination of classes) {
      if (source === destination && source.count === 1) continue
      const cell = source.unit * units.length + destination.unit
      for (const direction of reachDirections) {
        const allowed = matrices.map((matrix, index) => allows(matrix, direction, source.groups[index]!, destination.groups[index]!))
        allowed.forEach((isAllowed, index) => {
          cells[index]![cell]! |= (isAllowed ? 1 : 2) << (2 * DIRECTION_BITS[direction])
        })
        if (allowed.length === 2 && allowed[0] !== allowed[1]) differs[cell]! |= 1 << DIRECTION_BITS[direction]
      }
    }
  }
  return { cells, differs }
}

function podClasses(matrices: readonly ReachMatrix[], members: ReachUnits['members']): PodClass[] {
  const groupOf = matrices.map(({ groups }) => new Map(groups.flatMap((group, index) => group.map((pod) => [pod, index] as const))))
  const classes = new Map<string, PodClass>()
  members.forEach((pods, unit) => {
    for (const pod of pods) {
      const groups = groupOf.map((numbers) => numbers.get(pod)!)
      const key = `${unit} ${groups.join(' ')}`
      const known = classes.get(key)
      if (known === undefined) classes.set(key, { unit, groups, count: 1 })
      else known.count++
    }
  })
  return [...classes.values()]
}

function allows(matrix: ReachMatrix, direction: ReachDirection, from: number, to: number): boolean {
  return direction === 'both' ? matrix.allowed(from, to) : matrix.allows(direction, from, to)
}
