import { applyChange, assignNamespace, assignRack, moveElements, type LabChange, type LabDocument, type LabOperation, type PlacedKind, type Placement } from '#shared/lab/index'

import type { ObjectId, Outline, OutlineObject } from '../outline'
import { describe } from './words'

interface Place {
  readonly x: number
  readonly y: number
}

const VIEW_KEYS: Readonly<Partial<Record<OutlineObject['kind'], PlacedKind>>> = {
  rack: 'racks', switch: 'switches', node: 'nodes', external: 'external',
}

/** From how many new places on the mapping that holds them is written as a whole: each new entry is a step of its own. */
const MANY = 4

/**
 * Moves things to new places, as one change. `racks` says for switches and nodes in which rack they stand now (null:
 * none); things it does not name stay where they were. `namespaces` says the same of workloads and objects.
 */
export function moveObjects(
  document: LabDocument,
  outline: Outline,
  places: ReadonlyMap<ObjectId, Place>,
  racks: ReadonlyMap<ObjectId, string | null>,
  namespaces: ReadonlyMap<OutlineObject, string> = new Map(),
): LabChange {
  const moved = [...places].flatMap(([id, { x, y }]) => {
    const object = outline.byId.get(id)
    return object === undefined ? [] : [{ object, placement: { x: Math.round(x), y: Math.round(y) } }]
  })
  const wholes = Object.values(VIEW_KEYS).filter((key) => moved.filter(({ object }) => isNewIn(outline, key, object)).length > MANY)
  const rest = moved.filter(({ object }) => !wholes.some((key) => VIEW_KEYS[object.kind] === key))
  const placing: LabOperation[] = [
    ...wholes.map((key): LabOperation => ({ op: 'set', path: ['spec', 'view', key], value: placesWith(outline, key, moved) })),
    ...moveElements(document, rest.map(({ object, placement }) => ({ element: object.element, placement }))).operations,
  ]
  const operations = [
    ...placing,
    ...[...racks].flatMap(([id, rack]) => {
      const object = outline.byId.get(id)
      return object === undefined ? [] : assignRack(document, [object.element], rack ?? undefined).operations
    }),
    // Names change with the namespace, the names of places too: after these were set.
    ...[...namespaces].flatMap(([{ element }, namespace]) =>
      ('name' in element ? assignNamespace(placed(document, placing), element, namespace).operations : [])),
  ]
  return { label: `Move ${describe(moved.map(({ object }) => object))}`, operations }
}

/** The document once things are in their new places; needed only where names of places change after that. */
function placed(document: LabDocument, operations: readonly LabOperation[]): LabDocument {
  return applyChange(document, { label: '', operations }).document
}

/**
 * Adds what is moved along though it is not drawn: what stands in a collapsed rack or namespace, the members of a group.
 * `boxOf` says where a thing is drawn now.
 */
export function carried(
  outline: Outline, places: ReadonlyMap<ObjectId, Place>, boxOf: (id: ObjectId) => Place | undefined,
): ReadonlyMap<ObjectId, Place> {
  const all = new Map(places)
  for (const [id, to] of places) {
    const from = boxOf(id)
    const object = outline.byId.get(id)
    if (from === undefined || object === undefined) continue
    for (const member of insideOf(outline, object)) {
      const at = boxOf(member.id) ?? savedPlace(outline, member)
      if (at !== undefined && !all.has(member.id)) all.set(member.id, { x: at.x + to.x - from.x, y: at.y + to.y - from.y })
    }
  }
  return all
}

function insideOf(outline: Outline, { kind, name, id }: OutlineObject): readonly OutlineObject[] {
  if (kind === 'rack') return [...outline.switches, ...outline.nodes].filter(({ rack }) => rack === name)
  if (kind === 'namespace') return [...outline.services, ...outline.workloads, ...outline.policies].filter(({ namespace }) => namespace === name)
  const group = outline.groups.find((item) => item.id === id)
  return (group?.members ?? []).flatMap((member) => outline.byId.get(member) ?? [])
}

/** Whether a thing stays where it is when dragged. */
export function isLocked(outline: Outline, object: OutlineObject): boolean {
  return object.kind === 'note' || object.kind === 'shape' ? object.given['locked'] === true : savedPlace(outline, object)?.locked === true
}

function savedPlace({ places }: Outline, { kind, name, element }: OutlineObject): Placement | undefined {
  if (kind === 'rack') return places.racks.get(name)
  if (kind === 'namespace') return places.namespaces.get(name)
  if (kind === 'switch') return places.switches.get(name)
  if (kind === 'node') return places.nodes.get(name)
  if (kind === 'external') return places.external.get(name)
  if (!('name' in element)) return undefined
  return kind === 'workload' ? places.workloads.get(element.name) : places.objects.get(element.name)
}

function isNewIn(outline: Outline, key: PlacedKind, { kind, name }: OutlineObject): boolean {
  return VIEW_KEYS[kind] === key && !outline.places[key].has(name)
}

/** All places of a kind, those of the moved things anew. */
function placesWith(outline: Outline, key: PlacedKind, moved: readonly { readonly object: OutlineObject; readonly placement: Place }[]) {
  const all = new Map<string, Record<string, number | boolean>>([...outline.places[key]].map(([name, place]) => [name, { ...place }]))
  for (const { object, placement } of moved) {
    if (VIEW_KEYS[object.kind] === key) all.set(object.name, { ...all.get(object.name), ...placement })
  }
  return Object.fromEntries(all)
}
