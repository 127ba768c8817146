import { parse, stringify } from 'yaml'

import { asList, asObject, isObject, type Given } from '../given'
import type { ObjectId, Outline, OutlineObject } from '../outline'

/** Kinds that can be copied as things of their own; links come along with what they link. */
const COPIED_KINDS = ['rack', 'switch', 'node', 'namespace', 'workload', 'service', 'policy', 'external', 'note', 'shape'] as const

/** A kind that can be copied as a thing of its own. */
export type CopiedKind = (typeof COPIED_KINDS)[number]

/** A copied thing: its record, and where it was drawn. */
export interface CopiedObject {
  readonly kind: CopiedKind
  readonly given: Given
  readonly place: { readonly x: number; readonly y: number } | undefined
}

/** What was copied, as it goes through the clipboard. */
export interface Copied {
  readonly format: 'cnilab/copied/v1'
  readonly objects: readonly CopiedObject[]
  /** Links between switches that have a copied one at an end. */
  readonly links: readonly Given[]
}

/**
 * Copies things, with what stands in copied racks, namespaces and groups. `placeOf` says where a thing is drawn, whether the file says so or
 * not.
 */
export function copyObjects(
  outline: Outline,
  ids: Iterable<ObjectId>,
  placeOf: (id: ObjectId) => { readonly x: number; readonly y: number } | undefined,
): Copied | undefined {
  const chosen = [...new Set(ids)].flatMap((id) => outline.byId.get(id) ?? [])
  const racks = new Set(chosen.filter(({ kind }) => kind === 'rack').map(({ name }) => name))
  const namespaces = new Set<string | undefined>(chosen.filter(({ kind }) => kind === 'namespace').map(({ name }) => name))
  const inside = [
    ...[...outline.switches, ...outline.nodes].filter(({ rack }) => rack !== undefined && racks.has(rack)),
    ...[...outline.services, ...outline.workloads, ...outline.policies].filter(({ namespace }) => namespaces.has(namespace)),
    ...outline.groups.filter(({ id }) => chosen.some((object) => object.id === id)).flatMap(({ members }) => members.flatMap((id) => outline.byId.get(id) ?? [])),
  ]
  const all = [...new Set<OutlineObject>([...chosen, ...inside])].filter(({ kind }) => isCopiedKind(kind))
  if (all.length === 0) return undefined
  const switches = new Set(all.filter(({ kind }) => kind === 'switch').map(({ name }) => name))
  return {
    format: 'cnilab/copied/v1',
    objects: all.map(({ id, kind, given }) => ({ kind: kind as CopiedKind, given, place: placeOf(id) })),
    links: outline.links
      .filter(({ kind, endNames }) => kind === 'link' && endNames.some((name) => switches.has(name)))
      .map(({ given }) => given),
  }
}

/** Writes what was copied as YAML: text that can be read, kept, and pasted into another lab. */
export function writeCopied(copied: Copied): string {
  return `# Copied from CNI Lab: paste it into a lab.\n${stringify(copied, { aliasDuplicateObjects: false })}`
}

/** Reads what `writeCopied` wrote back from the clipboard; undefined for anything else. */
export function readCopied(text: string): Copied | undefined {
  if (!text.includes('cnilab/copied/v1')) return undefined
  try {
    const value: unknown = parse(text)
    if (!isObject(value) || value['format'] !== 'cnilab/copied/v1') return undefined
    const objects = asList(value['objects']).flatMap((item): CopiedObject[] => {
      const { kind, given, place } = asObject(item)
      if (!isCopiedKind(kind) || !isObject(given)) return []
      const { x, y } = asObject(place)
      return [{ kind, given, place: typeof x === 'number' && typeof y === 'number' ? { x, y } : undefined }]
    })
    return { format: 'cnilab/copied/v1', objects, links: asList(value['links']).filter(isObject) }
  } catch {
    return undefined
  }
}

function isCopiedKind(kind: unknown): kind is CopiedKind {
  return (COPIED_KINDS as readonly unknown[]).includes(kind)
}
