import type { LabChange, LabOperation, PlainValue } from '#shared/lab/index'

import { asList, asObject, asText, isObject, type Given } from '../given'
import type { ObjectId, Outline, OutlineObject } from '../outline'
import { copyName } from './names'
import { append, set } from './operations'
import { freeExternalAddress } from './place'
import { placeKey } from './places'

/** Kinds that can be copied as things of their own; links come along with what they link. */
const COPIED_KINDS = ['rack', 'switch', 'node', 'workload', 'external', 'note'] as const

type CopiedKind = (typeof COPIED_KINDS)[number]

/** A copied thing: its record, and where it was drawn. */
interface CopiedObject {
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

/** What pasting comes to. */
export interface Pasting {
  readonly change: LabChange
  readonly ids: readonly ObjectId[]
}

/**
 * Copies things, with what stands in copied racks. `placeOf` says where a thing is drawn, whether the file says so or
 * not.
 */
export function copyObjects(
  outline: Outline,
  ids: Iterable<ObjectId>,
  placeOf: (id: ObjectId) => { readonly x: number; readonly y: number } | undefined,
): Copied | undefined {
  const chosen = [...new Set(ids)].flatMap((id) => outline.byId.get(id) ?? [])
  const racks = new Set(chosen.filter(({ kind }) => kind === 'rack').map(({ name }) => name))
  const inRacks = [...outline.switches, ...outline.nodes].filter(({ rack }) => rack !== undefined && racks.has(rack))
  const all = [...new Set<OutlineObject>([...chosen, ...inRacks])].filter(({ kind }) => isCopiedKind(kind))
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

/** Reads what `copyObjects` made back from the clipboard; undefined for anything else. */
export function readCopied(text: string): Copied | undefined {
  try {
    const value: unknown = JSON.parse(text)
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

/**
 * Puts copies into a lab, moved by `offset`, under free names. Copies that were linked or stood in each other are so
 * again; links to things that were not copied are kept where the lab has a thing of that name.
 */
export function pasteObjects(outline: Outline, copied: Copied, offset: { readonly x: number; readonly y: number }, label: string): Pasting {
  const names = newNames(outline, copied)
  const renamed = (kind: CopiedKind, name: unknown): string | undefined => {
    const text = asText(name)
    return names.get(`${kind} ${text}`) ?? (lists(outline)[kind].some((object) => object.name === text) ? text : undefined)
  }
  const records: Record<CopiedKind, PlainValue[]> = { rack: [], switch: [], node: [], workload: [], external: [], note: [] }
  const addresses = outline.external.map(({ address }) => address)
  const places: LabOperation[] = []
  const ids: ObjectId[] = []
  for (const { kind, given, place } of copied.objects) {
    const name = names.get(`${kind} ${asText(given['name'])}`)!
    const namespace = asText(given['namespace'], 'default')
    const id: ObjectId = `${kind}:${kind === 'workload' ? `${namespace}/${name}` : name}`
    const at = place && { x: Math.round(place.x + offset.x), y: Math.round(place.y + offset.y) }
    ids.push(id)
    const address = kind === 'external' ? { address: freeExternalAddress(addresses) } : undefined
    if (address !== undefined) addresses.push(address.address)
    records[kind].push({ ...copyRecord(kind, given, renamed), name, ...address, ...(kind === 'note' ? at : {}) })
    const key = placeKey({ kind, name, id })
    if (at !== undefined && key !== undefined && kind !== 'workload') places.push(set(['spec', 'view', key.kind, key.name], at))
  }
  const links = copied.links.flatMap((link): PlainValue[] => {
    const ends = asList(link['ends']).map((end) => renamed('switch', end))
    return ends.every((end) => end !== undefined) ? [{ ...plain(link), ends }] : []
  })
  const lists_: readonly (readonly [readonly string[], readonly PlainValue[]])[] = [
    [['spec', 'fabric', 'racks'], records.rack],
    [['spec', 'fabric', 'switches'], records.switch],
    [['spec', 'fabric', 'links'], links],
    [['spec', 'nodes'], records.node],
    [['spec', 'cluster', 'workloads'], records.workload],
    [['spec', 'external'], records.external],
    [['spec', 'view', 'notes'], records.note],
  ]
  const inserts = lists_.filter(([, values]) => values.length > 0).map(([path, values]) => append(outline, path, ...values))
  return { change: { label, operations: [...inserts, ...places] }, ids }
}

function lists(outline: Outline): Readonly<Record<CopiedKind, readonly OutlineObject[]>> {
  const { racks, switches, nodes, workloads, external, notes } = outline
  return { rack: racks, switch: switches, node: nodes, workload: workloads, external, note: notes }
}

/** The new name of each copied thing, by kind and old name. */
function newNames(outline: Outline, { objects }: Copied): ReadonlyMap<string, string> {
  const taken = Object.fromEntries(
    Object.entries(lists(outline)).map(([kind, list]) => [kind, new Set(list.map(({ name }) => name))]),
  ) as Record<CopiedKind, Set<string>>
  return new Map(objects.map(({ kind, given }) => {
    const name = copyName(asText(given['name']) || kind, taken[kind])
    taken[kind].add(name)
    return [`${kind} ${asText(given['name'])}`, name]
  }))
}

/** A record for a copy: what it names is renamed, and what only one thing may have is left out. */
function copyRecord(kind: CopiedKind, given: Given, renamed: (kind: CopiedKind, name: unknown) => string | undefined): Record<string, PlainValue> {
  const { rack, uplinks, attach, nodes, address: _address, podBlocks: _blocks, asn: _asn, ...rest } = given
  const newRack = rack === undefined ? undefined : renamed('rack', rack)
  const record = plain(newRack === undefined ? rest : { ...rest, rack: newRack })
  switch (kind) {
    case 'node': {
      const kept = asList(uplinks).filter(isObject).flatMap((uplink): PlainValue[] => {
        const target = renamed('switch', uplink['switch'])
        return target === undefined ? [] : [{ ...plain(uplink), switch: target }]
      })
      return kept.length === 0 ? record : { ...record, uplinks: kept }
    }
    case 'workload': {
      const kept = asList(nodes).flatMap((name) => renamed('node', name) ?? [])
      return kept.length === 0 ? record : { ...record, nodes: kept }
    }
    case 'external': {
      const target = renamed('switch', attach)
      return target === undefined ? record : { ...record, attach: target }
    }
    default:
      return record
  }
}

/** Values of a lab file are JSON; that is what makes this true. */
function plain(given: Given): Record<string, PlainValue> {
  return given as Record<string, PlainValue>
}
