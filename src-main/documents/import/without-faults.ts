import { hasErrors, parseLab, parsePath, type Problem } from '#shared/lab/index'

import type { ClusterImport } from './cluster-import'

/** How often faults may come to light behind others. */
const MOST_ROUNDS = 5

/**
 * The text of a lab, and what its checks still warn of, from which everything that its checks refuse has been taken out and noted: a setting, a label, an
 * object. Requires: `lab` is plain data, which is changed.
 */
export function withoutFaults(
  lab: object,
  cluster: ClusterImport,
  write: (lab: object) => string,
): { readonly text: string; readonly problems: readonly Problem[] } {
  let text = write(lab)
  let { problems } = parseLab(text)
  for (let round = 0; round < MOST_ROUNDS && hasErrors(problems); round++) {
    const errors = problems.filter(({ severity }) => severity === 'error')
    // From the end on, so that entries of lists keep their numbers.
    const places = errors.map((problem) => ({ problem, path: removable(lab, parsePath(problem.path)) })).sort((a, b) => compare(b.path, a.path))
    const seen = new Set<string>()
    for (const { problem, path } of places) {
      const key = JSON.stringify(path)
      if (path.length === 0 || seen.has(key)) continue
      seen.add(key)
      cluster.leaveOut(described(lab, path, problem), problem.message)
      remove(lab, path)
    }
    text = write(lab)
    problems = parseLab(text).problems
  }
  return { text, problems }
}

/**
 * What to take out for a fault at a path: an object of a manifest as a whole, the faulty field of other things; where
 * something is missing, what it is missing in.
 */
function removable(lab: object, path: readonly (string | number)[]): readonly (string | number)[] {
  const [, second, third] = path
  if (second === 'cluster' && third === 'manifests') return path.slice(0, 4)
  // A name is what its thing is known by.
  const last = path.at(-1)
  if (last === 'name' || last === 'namespace') return path.slice(0, -1)
  return path.length > 0 && at(lab, path) === undefined ? removable(lab, path.slice(0, -1)) : path
}

function described(lab: object, path: readonly (string | number)[], problem: Problem): string {
  const [, , list, index] = path
  const entry = typeof index === 'number' ? at(lab, path.slice(0, 4)) : undefined
  const kind = at(entry, ['kind'])
  const name = at(entry, ['metadata', 'name']) ?? at(entry, ['name'])
  return typeof name === 'string' ? `${typeof kind === 'string' ? kind : String(list)} ${name}` : problem.path
}

function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (here, step) => (typeof here === 'object' && here !== null ? (here as Record<string | number, unknown>)[step] : undefined),
    value,
  )
}

function remove(lab: object, path: readonly (string | number)[]): void {
  const parent = at(lab, path.slice(0, -1))
  const last = path.at(-1)!
  if (Array.isArray(parent) && typeof last === 'number') parent.splice(last, 1)
  else if (typeof parent === 'object' && parent !== null) Reflect.deleteProperty(parent, last)
}

/** Orders paths so that later entries and deeper places come behind. */
function compare(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (let step = 0; step < Math.min(a.length, b.length); step++) {
    const [x, y] = [a[step]!, b[step]!]
    if (x === y) continue
    return typeof x === 'number' && typeof y === 'number' ? x - y : String(x) < String(y) ? -1 : 1
  }
  return a.length - b.length
}
