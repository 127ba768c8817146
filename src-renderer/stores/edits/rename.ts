import type { LabChange, LabOperation } from '#shared/lab/index'

import type { Outline, OutlineObject } from '../outline'
import { placeKey } from './places'
import { referencesOf } from './references'
import { set } from './operations'

/**
 * Renames a thing everywhere it is named: links, racks, lists of nodes, ends of traffic, its place on the canvas. Where
 * another thing goes by the old name too, what is named so stays with that one.
 */
export function renameObject(outline: Outline, object: OutlineObject, name: string): LabChange {
  const own = set([...object.path, 'name'], name)
  const oldKey = object.kind === 'workload' ? object.id.slice('workload:'.length) : object.name
  const ambiguous = [...outline.byId.values()].filter((other) => other.kind === object.kind && other.name === object.name).length > 1
  const label = `Rename ${object.name} to ${name}`
  if (ambiguous) return { label, operations: [own] }
  const references = referencesOf(outline)
    .filter((reference) => reference.kind === object.kind && reference.name === oldKey)
    .map((reference) => set(reference.path, reference.renamed(name)))
  return { label, operations: [own, ...references, ...renamePlace(outline, object, name)] }
}

function renamePlace(outline: Outline, object: OutlineObject, name: string): LabOperation[] {
  const key = placeKey(object)
  if (key === undefined || !outline.places[key.kind].has(key.name)) return []
  const namespace = key.name.slice(0, key.name.lastIndexOf('/') + 1)
  return [{ op: 'rename-key', path: ['spec', 'view', key.kind], from: key.name, to: namespace + name }]
}
