import { counted } from '#shared/analysis/index'
import type { LabChange, LabDocument, LabOperation, PlainMapping, PlainValue } from '#shared/lab/index'
import { LIST_PATHS } from '#shared/lab/list-paths'

import { asList, asObject, asText, isObject, valueAt, type Given } from '../given'
import type { ObjectId, Outline, OutlineObject } from '../outline'
import type { Copied, CopiedKind, CopiedObject } from './copy'

/** What pasting comes to. */
export interface Pasting {
  readonly change: LabChange
  /** The ids that the copies will have. */
  readonly ids: readonly ObjectId[]
}

const VIEW_KEYS = { rack: 'racks', switch: 'switches', node: 'nodes', external: 'external', namespace: 'namespaces' } as const

/** What a thing's copies are called, and what names in them mean now. */
type Rename = (kind: CopiedKind, name: unknown) => string | undefined

/**
 * Puts copies into a lab, moved by `offset`, under free names. Copies that were linked or stood in each other are so
 * again; links to things that were not copied are kept where the lab has a thing of that name. What only one thing may
 * have (an address, a block of pods, an AS) is not copied.
 */
export function pasteObjects(
  document: LabDocument,
  outline: Outline,
  copied: Copied,
  offset: { readonly x: number; readonly y: number },
  verb: 'Paste' | 'Duplicate',
): Pasting {
  const names = newNames(outline, copied)
  const rename: Rename = (kind, name) => names.get(`${kind} ${asText(name)}`) ?? existing(outline, kind, asText(name))
  const addresses = new Set(outline.external.map(({ address }) => address))
  const lists = new Map<CopiedKind | 'link', PlainValue[]>()
  const places: LabOperation[] = []
  const ids: ObjectId[] = []

  for (const object of copied.objects) {
    const { kind, given } = object
    const name = names.get(keyOf(kind, given))!
    const at = placeOf(object, offset)
    const own = kind === 'external' ? { address: takeAddress(addresses) } : kind === 'note' || kind === 'shape' ? at : {}
    const record = copyRecord(kind, given, rename)
    if (kind === 'service' || kind === 'policy') {
      const metadata: PlainMapping = { ...plain(asObject(given['metadata'])), name, namespace: namespaceOf(kind, given, rename) }
      add(lists, 'service', { ...record, metadata })
      const full = `${asText(metadata['namespace'])}/${name}`
      ids.push(kind === 'service' ? `service:${full}` : `policy:${asText(given['kind'])} ${full}`)
      if (at !== undefined) places.push({ op: 'set', path: ['spec', 'view', 'objects', `${asText(given['kind'])} ${full}`], value: at })
      continue
    }
    const namespace = kind === 'workload' ? { namespace: namespaceOf(kind, given, rename) } : {}
    add(lists, kind, { ...record, name, ...own, ...namespace })
    ids.push(kind === 'workload' ? `workload:${asText(namespace.namespace, 'default')}/${name}` : `${kind}:${name}`)
    if (at !== undefined && kind !== 'note' && kind !== 'shape' && kind !== 'workload') {
      places.push({ op: 'set', path: ['spec', 'view', VIEW_KEYS[kind], name], value: at })
    }
  }
  for (const link of copied.links) {
    const ends = asList(link['ends']).map((end) => rename('switch', end))
    if (ends.every((end) => end !== undefined)) add(lists, 'link', { ...plain(link), ends })
  }

  const what = ids.length === 1 ? ids[0]!.replace(/^.*[:/]/u, '') : counted(ids.length, 'thing')
  const inserts = [...lists].map(([kind, values]) => appendTo(document, listOf(kind), values))
  return { change: { label: `${verb} ${what}`, operations: [...inserts, ...places] }, ids }
}

function add(lists: Map<CopiedKind | 'link', PlainValue[]>, kind: CopiedKind | 'link', value: PlainValue): void {
  lists.set(kind, [...(lists.get(kind) ?? []), value])
}

function listOf(kind: CopiedKind | 'link'): readonly string[] {
  return LIST_PATHS[kind === 'service' || kind === 'policy' ? 'object' : kind]
}

function appendTo(document: LabDocument, path: readonly string[], values: readonly PlainValue[]): LabOperation {
  return { op: 'insert', path, index: asList(valueAt(document.value, path)).length, values }
}

function placeOf({ place }: CopiedObject, offset: { readonly x: number; readonly y: number }) {
  return place && { x: Math.round(place.x + offset.x), y: Math.round(place.y + offset.y) }
}

function objectsOf(outline: Outline): Readonly<Record<CopiedKind, readonly OutlineObject[]>> {
  const { racks, switches, nodes, namespaces, workloads, services, policies, external, notes, shapes } = outline
  return {
    rack: racks, switch: switches, node: nodes, namespace: namespaces, workload: workloads, service: services, policy: policies,
    external, note: notes, shape: shapes,
  }
}

/** The name in the record of a thing of a kind. */
function givenName(kind: CopiedKind, given: Given): string {
  return asText((kind === 'service' || kind === 'policy' ? asObject(given['metadata']) : given)['name'])
}

function keyOf(kind: CopiedKind, given: Given): string {
  return `${kind} ${givenName(kind, given)}`
}

/** The namespace that a copy is in: the copy of its own where that was copied along. */
function namespaceOf(kind: CopiedKind, given: Given, rename: Rename): string {
  const name = asText((kind === 'workload' ? given : asObject(given['metadata']))['namespace'], 'default')
  return rename('namespace', name) ?? name
}

function existing(outline: Outline, kind: CopiedKind, name: string): string | undefined {
  return objectsOf(outline)[kind].some((object) => object.name === name) ? name : undefined
}

/** The new name of each copied thing, by kind and old name: the old one with its number counted up. */
function newNames(outline: Outline, { objects }: Copied): ReadonlyMap<string, string> {
  const taken = new Set(Object.entries(objectsOf(outline)).flatMap(([kind, list]) => list.map(({ name }) => `${kind} ${name}`)))
  return new Map(objects.map(({ kind, given }) => {
    const old = givenName(kind, given)
    const stem = (old || kind).replace(/-\d+$/u, '')
    let number = 1
    while (taken.has(`${kind} ${stem}-${number}`)) number += 1
    taken.add(`${kind} ${stem}-${number}`)
    return [`${kind} ${old}`, `${stem}-${number}`]
  }))
}

/** The first address of 203.0.113.0/24 (RFC 5737), from .10 on, that is not taken; takes it. */
function takeAddress(taken: Set<string>): string {
  let host = 10
  while (taken.has(`203.0.113.${host}`) && host < 254) host += 1
  taken.add(`203.0.113.${host}`)
  return `203.0.113.${host}`
}

function copyRecord(kind: CopiedKind, given: Given, rename: Rename): PlainMapping {
  const { rack, uplinks, attach, nodes, address: _address, podBlocks: _podBlocks, asn: _asn, ...rest } = given
  const newRack = rack === undefined ? undefined : rename('rack', rack)
  const record = plain(newRack === undefined ? rest : { ...rest, rack: newRack })
  switch (kind) {
    case 'node': {
      const kept = asList(uplinks).filter(isObject).flatMap((uplink): PlainValue[] => {
        const target = rename('switch', uplink['switch'])
        return target === undefined ? [] : [{ ...plain(uplink), switch: target }]
      })
      return kept.length === 0 ? record : { ...record, uplinks: kept }
    }
    case 'workload': {
      const kept = asList(nodes).flatMap((name) => rename('node', name) ?? [])
      return kept.length === 0 ? record : { ...record, nodes: kept }
    }
    case 'external': {
      const target = rename('switch', attach)
      return target === undefined ? record : { ...record, attach: target }
    }
    case 'rack':
    case 'switch':
    case 'namespace':
    case 'service':
    case 'policy':
    case 'note':
    case 'shape':
      return record
  }
}

/** A record of a lab file is JSON, and so was what was copied. */
function plain(given: Given): PlainMapping {
  return given as PlainMapping
}
