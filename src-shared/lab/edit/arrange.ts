import type { LabOperation } from '../change/lab-change'
import { valueAt, type PlainValue } from '../change/plain-value'
import { formatPath, type DocumentPath } from '../document-path'
import { LIST_PATHS } from '../list-paths'
import type { LabDocument } from '../parse/lab-document'
import type { Placement } from '../record/view'
import { edit, type LabEdit } from './edit'
import { isViewKind, namesOf, pathOf, VIEW_KEYS, type ElementRef, type NamedKind } from './element'

/** A thing's new place on the canvas; what is not given stays. */
export interface ElementMove {
  readonly element: ElementRef
  readonly placement: Partial<Placement>
}

/** Moves or resizes things on the canvas. Things that have no place there are passed over. */
export function moveElements(document: LabDocument, moves: readonly ElementMove[]): LabEdit {
  const operations = moves.flatMap(({ element, placement }) => placeElement(document, element, placement))
  const label = moves.length === 1 ? 'Move' : `Move ${moves.length} elements`
  return edit(
    label,
    operations,
    moves.map(({ element }) => element),
  )
}

function placeElement(document: LabDocument, element: ElementRef, placement: Partial<Placement>): LabOperation[] {
  const path = placePath(document, element)
  if (path === undefined) return []
  if (valueAt(document.value, path) === undefined) {
    return [{ op: 'set', path, value: { x: 0, y: 0, ...placement } }]
  }
  return Object.entries(placement)
    .filter(([key, value]) => value !== valueAt(document.value, [...path, key]))
    .map(([key, value]) => ({ op: 'set', path: [...path, key], value }))
}

function placePath(document: LabDocument, element: ElementRef): DocumentPath | undefined {
  if (element.kind === 'note' || element.kind === 'shape') return pathOf(document, element)
  if (!('name' in element) || !isViewKind(element.kind)) return undefined
  return ['spec', 'view', VIEW_KEYS[element.kind], element.name]
}

/** Puts nodes and switches in a rack, or in none. Other things are passed over. */
export function assignRack(document: LabDocument, elements: readonly ElementRef[], rack: string | undefined): LabEdit {
  const operations = elements
    .filter(({ kind }) => kind === 'node' || kind === 'switch')
    .map((element) => pathOf(document, element))
    .filter((path) => path !== undefined)
    .flatMap((path) => fieldOperations(document, [...path, 'rack'], rack))
  return edit(rack === undefined ? 'Take out of rack' : `Put in rack ${rack}`, operations, elements)
}

/** Sets what is at a path; undefined takes it away, so that the default holds. */
export function setField(document: LabDocument, path: DocumentPath, value: PlainValue | undefined): LabEdit {
  return edit(`Change ${formatPath(path.slice(-1))}`, fieldOperations(document, path, value))
}

function fieldOperations(document: LabDocument, path: DocumentPath, value: PlainValue | undefined): LabOperation[] {
  const current = valueAt(document.value, path)
  if (value !== undefined) return current === value ? [] : [{ op: 'set', path, value }]
  return current === undefined ? [] : [{ op: 'remove', path: path.slice(0, -1), keys: [path.at(-1)!] }]
}

/** Moves an entry of a kind's list to another place in it: the order of variants, of traffic. */
export function moveEntry(document: LabDocument, kind: NamedKind, name: string, to: number): LabEdit {
  const from = namesOf(document, kind).indexOf(name)
  const operations: LabOperation[] = from < 0 || from === to ? [] : [{ op: 'move', path: LIST_PATHS[kind], from, to }]
  return edit(`Move ${kind} ${name}`, operations, [{ kind, name }])
}
