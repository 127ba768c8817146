import { formatPath, type Problem } from '#shared/lab/index'

import type { ObjectId, Outline } from './outline'

/** A problem, and the thing it is about where it is about one. */
export interface PlacedProblem extends Problem {
  readonly target: ObjectId | undefined
  readonly targetName: string | undefined
}

/** Finds for each problem the innermost thing whose record it lies in. */
export function placeProblems(outline: Outline, problems: readonly Problem[]): readonly PlacedProblem[] {
  const objects = new Map(
    [...outline.byId.values()].filter(({ kind }) => kind !== 'attachment').map((object) => [formatPath(object.path), object]),
  )
  return problems.map((problem) => {
    for (let path = problem.path; path !== ''; path = parentOf(path)) {
      const object = objects.get(path)
      if (object !== undefined) return { ...problem, target: object.id, targetName: object.name }
    }
    return { ...problem, target: undefined, targetName: undefined }
  })
}

/** The path without its last step: `spec.nodes[0]` of `spec.nodes[0].nic`, `spec.nodes` of that. */
function parentOf(path: string): string {
  return path.replace(/(\.[\w-]+|\[(\d+|"(?:[^"\\]|\\.)*")\]|^[\w-]+)$/u, '')
}

/** The worst severity of the problems of each thing. */
export function worstSeverities(problems: readonly PlacedProblem[]): ReadonlyMap<ObjectId, Problem['severity']> {
  const worst = new Map<ObjectId, Problem['severity']>()
  for (const { target, severity } of problems) {
    if (target !== undefined && worst.get(target) !== 'error') worst.set(target, severity)
  }
  return worst
}
