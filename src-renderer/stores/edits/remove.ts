import { formatPath, type DocumentPath, type LabChange } from '#shared/lab/index'

import type { ObjectId, Outline, OutlineObject } from '../outline'
import { removeAll } from './operations'
import { placeKey } from './places'
import { referencesOf } from './references'

/** What deleting things comes to. */
export interface Removal {
  readonly change: LabChange
  /** How many more things went because they had no meaning without the others. */
  readonly alsoRemoved: number
}

/**
 * Deletes things, and what has no meaning without them: links of a switch or node, workloads that only ran on deleted
 * nodes, traffic that ends there. What stood in a rack stays, on the floor. Undefined when there is nothing to delete.
 */
export function removeObjects(outline: Outline, ids: Iterable<ObjectId>): Removal | undefined {
  const targets = [...new Set(ids)].flatMap((id) => outline.byId.get(id) ?? [])
  if (targets.length === 0) return undefined
  const gone = withWorkloads(outline, targets)
  const left = new Set([...outline.byId.values()].filter((object) => !gone.has(object)).map(nameKey))
  // Where a duplicate is left, references are its own from now on.
  const names = new Set([...gone].map(nameKey).filter((key) => !left.has(key)))
  const owners = referencesOf(outline).filter(({ kind, name }) => names.has(`${kind} ${name}`)).map(({ owner }) => owner)

  const records = [...gone].map(recordPath)
  const places = [...gone].flatMap((object): DocumentPath[] => {
    const key = placeKey(object)
    return key !== undefined && outline.places[key.kind].has(key.name) ? [['spec', 'view', key.kind, key.name]] : []
  })
  return {
    change: { label: `Delete ${describe(targets)}`, operations: removeAll([...records, ...owners, ...places]) },
    alsoRemoved: countThings(outline, [...records, ...owners]) - targets.length,
  }
}

/** Names one thing, counts several. */
export function describe(objects: readonly OutlineObject[]): string {
  return objects.length === 1 ? objects[0]!.name || objects[0]!.kind : `${objects.length} things`
}

/** How many of the paths are those of things, and not of parts of one such as a node's rack. */
function countThings(outline: Outline, paths: readonly DocumentPath[]): number {
  const removed = new Set(paths.map(formatPath))
  return [...outline.byId.values()].filter((object) => removed.has(formatPath(recordPath(object)))).length
}

/** What a thing is in the file; what attaches an external host is a key of the host. */
function recordPath({ kind, path }: OutlineObject): DocumentPath {
  return kind === 'attachment' ? [...path, 'attach'] : path
}

function withWorkloads(outline: Outline, targets: readonly OutlineObject[]): ReadonlySet<OutlineObject> {
  const nodes = new Set(targets.filter(({ kind }) => kind === 'node').map(({ name }) => name))
  const orphans = outline.workloads.filter((workload) =>
    workload.nodes.length > 0 && workload.nodes.every((name) => nodes.has(name)))
  return new Set([...targets, ...orphans])
}

/** The name that references use, with its kind. */
function nameKey(object: OutlineObject): string {
  return `${object.kind} ${placeKey(object)?.name ?? object.name}`
}
