import { formatPath, type DocumentPath, type LabOperation, type PlainValue } from '#shared/lab/index'

import { asList, asObject } from '../given'
import type { Outline } from '../outline'

/** Puts a value at a path, or takes away what is there when the value is undefined. */
export function setOrRemove(path: DocumentPath, value: PlainValue | undefined): LabOperation {
  return value === undefined ? { op: 'remove', path: path.slice(0, -1), keys: path.slice(-1) } : { op: 'set', path, value }
}

/** Puts a value at a path. */
export function set(path: DocumentPath, value: PlainValue): LabOperation {
  return { op: 'set', path, value }
}

/** Adds values to the end of the list at a path. */
export function append(outline: Outline, path: DocumentPath, ...values: readonly PlainValue[]): LabOperation {
  return { op: 'insert', path, index: asList(valueAt(outline.source, path)).length, values }
}

/**
 * Takes away what is at each of the paths: entries of one list or mapping together, later entries of lists before
 * earlier ones, and nothing twice that lies inside of something else, so that no step moves what the next one is about.
 */
export function removeAll(paths: readonly DocumentPath[]): readonly LabOperation[] {
  const unique = [...new Map(paths.map((path) => [formatPath(path), path])).values()]
  const outermost = unique.filter((path) => !unique.some((other) => isInside(path, other)))
  const byParent = new Map<string, { path: DocumentPath; keys: (string | number)[] }>()
  for (const path of outermost) {
    const parent = path.slice(0, -1)
    const group = byParent.get(formatPath(parent)) ?? { path: parent, keys: [] }
    byParent.set(formatPath(parent), { ...group, keys: [...group.keys, path.at(-1)!] })
  }
  return [...byParent.values()].toSorted((a, b) => laterFirst(a.path, b.path)).map((group) => ({ op: 'remove', ...group }))
}

/** What is at a path of a plain value. */
export function valueAt(value: unknown, path: DocumentPath): unknown {
  return path.reduce<unknown>((here, step) => (typeof step === 'number' ? asList(here)[step] : asObject(here)[step]), value)
}

function isInside(path: DocumentPath, other: DocumentPath): boolean {
  return other.length < path.length && other.every((step, index) => path[index] === step)
}

/** Orders paths so that removing inside one of them moves none that comes after it. */
function laterFirst(a: DocumentPath, b: DocumentPath): number {
  const length = Math.min(a.length, b.length)
  const at = a.findIndex((step, index) => index >= length || step !== b[index])
  const [x, y] = at < 0 ? [undefined, b[a.length]] : [a[at], b[at]]
  if (x === undefined || y === undefined) return x === y ? 0 : x === undefined ? 1 : -1
  if (typeof x === 'number' && typeof y === 'number') return y - x
  return String(x) < String(y) ? -1 : 1
}
