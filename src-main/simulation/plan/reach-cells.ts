import { DIRECTION_BITS, type Reach, type ReachCells, type ReachLevel, type ReachUnit } from '#shared/contract/reach'

import type { Pod } from '../kubernetes/index'
import type { ReachMatrix } from '../policy/index'

/** Units of pods with the pods in each, by their numbers. */
export interface ReachUnits {
  readonly units: readonly ReachUnit[]
  readonly members: readonly (readonly number[])[]
}

/** What a pod counts to at each level. */
const UNIT_OF: Readonly<Record<ReachLevel, (pod: Pod) => string>> = {
  pod: ({ reference }) => reference,
  workload: ({ workload }) => workload,
  namespace: ({ namespace }) => namespace,
}

/** Pods each alone, by workload or by namespace, in the order in which these first have one. */
export function reachUnits(pods: readonly Pod[], by: ReachLevel): ReachUnits {
  const members = new Map<string, number[]>()
  pods.forEach((pod, number) => {
    const id = UNIT_OF[by](pod)
    const known = members.get(id)
    if (known === undefined) members.set(id, [number])
    else known.push(number)
  })
  return {
    units: Array.from(members, ([id, numbers]) => ({ id, pods: numbers.length })),
    members: [...members.values()],
  }
}

/** Verdicts between pods as cells between units; `cells` has an entry for each matrix. */
export interface UnitCells extends Pick<Reach, 'classOf' | 'classes' | 'differs'> {
  readonly cells: readonly ReachCells[]
}

/**
 * Verdicts between pods as cells between units (`Reach`): per matrix what holds between each two units, and where two
 * matrices are given the cells in which they differ about any pair. A pod's connection to itself never reaches a policy and
 * does not count. What is computed per pair is not pods but kinds of pods, and then classes of units.
 */
export function reachCells(matrices: readonly ReachMatrix[], units: ReachUnits): UnitCells {
  const { kinds, classOf, classes, fold } = unitClasses(matrices, units)
  const planes = matrices.map((matrix, index) => kindBits(matrix, kinds.map((groups) => groups[index]!)))
  return {
    classOf,
    classes,
    cells: planes.map(fold),
    ...(planes.length === 2 ? { differs: fold(differences(planes[0]!, planes[1]!)) } : {}),
  }
}

/** Between which units verdicts change from one matrix to another, both ends' policies together: 1 where any pair's does, else 0. */
export function changedCells(before: ReachMatrix, after: ReachMatrix, units: ReachUnits): Pick<Reach, 'classOf' | 'classes'> & { readonly cells: ReachCells } {
  const { kinds, classOf, classes, fold } = unitClasses([before, after], units)
  const plane = new Uint8Array(kinds.length ** 2)
  kinds.forEach(([oldFrom, newFrom], row) => {
    kinds.forEach(([oldTo, newTo], column) => {
      if (before.allowed(oldFrom!, oldTo!) !== after.allowed(newFrom!, newTo!)) plane[row * kinds.length + column] = 1
    })
  })
  return { classOf, classes, cells: fold(plane) }
}

/** Units in classes, and how bytes between kinds of pods become bytes between units. */
interface UnitClasses extends Pick<Reach, 'classOf' | 'classes'> {
  /** The kinds of pods, each with its group in each matrix. */
  readonly kinds: readonly (readonly number[])[]
  readonly fold: (plane: Uint8Array) => ReachCells
}

function unitClasses(matrices: readonly ReachMatrix[], { members }: ReachUnits): UnitClasses {
  const { of, groups } = podKinds(matrices)
  const units = members.map((pods) => kindsOf(pods, of))
  const classes = new Map<string, { readonly number: number; readonly present: readonly number[] }>()
  const classOf = Uint32Array.from(units, ({ present }) => {
    const key = present.join(' ')
    const known = classes.get(key) ?? { number: classes.size, present }
    classes.set(key, known)
    return known.number
  })
  const present = Array.from(classes.values(), (known) => known.present)
  const fold = (plane: Uint8Array): ReachCells => ({
    between: foldBetween(plane, groups.length, present), own: foldOwn(plane, groups.length, units),
  })
  return { kinds: groups, classOf, classes: classes.size, fold }
}

/** Kinds of pods: pods of a kind are of one group in each matrix. */
function podKinds(matrices: readonly ReachMatrix[]): { readonly of: ReadonlyMap<number, number>; readonly groups: readonly (readonly number[])[] } {
  const groupsOf = new Map<number, number[]>()
  for (const { groups } of matrices) {
    groups.forEach((group, index) => {
      for (const pod of group) groupsOf.set(pod, [...(groupsOf.get(pod) ?? []), index])
    })
  }
  const numbers = new Map<string, number>()
  const groups: (readonly number[])[] = []
  const of = new Map<number, number>()
  for (const [pod, found] of groupsOf) {
    const key = found.join(' ')
    const known = numbers.get(key) ?? groups.push(found) - 1
    numbers.set(key, known)
    of.set(pod, known)
  }
  return { of, groups }
}

/** The kinds of a unit's pods in order, and those of which it has several. */
interface UnitKinds {
  readonly present: readonly number[]
  readonly several: ReadonlySet<number>
}

function kindsOf(pods: readonly number[], kindOf: ReadonlyMap<number, number>): UnitKinds {
  const present = new Set<number>()
  const several = new Set<number>()
  for (const pod of pods) {
    const kind = kindOf.get(pod)!
    if (present.has(kind)) several.add(kind)
    present.add(kind)
  }
  return { present: [...present].sort((a, b) => a - b), several }
}

/** Per two kinds the bits of a cell; `groups`: the group of each kind. */
function kindBits(matrix: ReachMatrix, groups: readonly number[]): Uint8Array {
  const bits = new Uint8Array(groups.length ** 2)
  groups.forEach((from, row) => {
    groups.forEach((to, column) => {
      const egress = matrix.allows('egress', from, to)
      const ingress = matrix.allows('ingress', from, to)
      bits[row * groups.length + column] =
        verdictBit(egress && ingress, DIRECTION_BITS.both) | verdictBit(egress, DIRECTION_BITS.egress) | verdictBit(ingress, DIRECTION_BITS.ingress)
    })
  })
  return bits
}

function verdictBit(isAllowed: boolean, direction: number): number {
  return (isAllowed ? 1 : 2) << (2 * direction)
}

/** Per two kinds a bit for each direction about which two matrices differ. */
function differences(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((bits, index) => {
    const changed = bits ^ b[index]!
    return (changed & 1) | ((changed >> 1) & 2) | ((changed >> 2) & 4)
  })
}

function foldBetween(plane: Uint8Array, kinds: number, classes: readonly (readonly number[])[]): Uint8Array {
  const between = new Uint8Array(classes.length ** 2)
  classes.forEach((sources, row) => {
    classes.forEach((destinations, column) => {
      let bits = 0
      for (const source of sources) for (const destination of destinations) bits |= plane[source * kinds + destination]!
      between[row * classes.length + column] = bits
    })
  })
  return between
}

function foldOwn(plane: Uint8Array, kinds: number, units: readonly UnitKinds[]): Uint8Array {
  return Uint8Array.from(units, ({ present, several }) => {
    let bits = 0
    for (const source of present) {
      for (const destination of present) {
        if (source !== destination || several.has(source)) bits |= plane[source * kinds + destination]!
      }
    }
    return bits
  })
}
