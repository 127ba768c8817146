import { watch } from 'vue'

import {
  connect, isSameElement, removeElements, renameElement, setField, whyNotConnect, whyNotRename,
  type DocumentPath, type ElementRef, type LabChange, type LabDocument, type LabEdit, type NamedRef, type PlainValue,
} from '#shared/lab/index'
import { useAnnouncer } from '#renderer/composables/useAnnouncer'
import { useToasts } from '#renderer/composables/useToasts'

import { useDocumentStore, type CommitOptions } from './document'
import { describe } from './edits/words'
import type { FieldOwner, ObjectId, OutlineObject } from './outline'
import { useSelectionStore } from './selection'

/** Edits of the open lab, with what is selected and told to the user after each. */
export interface LabEdits {
  /** Makes an edit that the function finds for the document as it is now, and selects what the edit says. */
  readonly edit: (find: (document: LabDocument) => LabEdit) => void
  /** Makes an edit as it is. */
  readonly commit: (change: LabChange, options?: CommitOptions) => void
  /** Sets the field at a path; undefined takes it away, so that its default holds. */
  readonly set: (path: DocumentPath, value: PlainValue | undefined, label: string) => void
  /** Sets the same field of several things, as one step. */
  readonly setAll: (objects: readonly FieldOwner[], field: DocumentPath, value: PlainValue | undefined, label: string) => void
  /** Deletes things, as one step; a message offers to take it back. */
  readonly remove: (ids: Iterable<ObjectId>) => void
  /** Renames a thing wherever it is named. */
  readonly rename: (object: OutlineObject, name: string) => void
  /** Why a thing can't have a name; undefined where it can. */
  readonly whyNotRename: (object: OutlineObject, name: string) => string | undefined
  readonly link: (from: ObjectId, to: ObjectId) => void
  /** Why two things can't be linked; empty where they can. */
  readonly whyNotLink: (from: ObjectId, to: ObjectId) => string
  /** Takes back the last edit, or several. */
  readonly undo: (steps?: number) => void
  readonly redo: (steps?: number) => void
}

/** The edits that the window offers. */
export function useLabEdits(): LabEdits {
  const document = useDocumentStore()
  const selection = useSelectionStore()
  const { show, dismiss } = useToasts()
  const { announce } = useAnnouncer()

  function edit(find: (document: LabDocument) => LabEdit): void {
    if (document.document === undefined) return
    const found = find(document.document)
    document.commit({ label: found.label, operations: found.operations })
    const ids = found.selects.flatMap((element) => idOf(element) ?? [])
    if (ids.length > 0) selection.select(ids)
    announce(found.label)
  }

  function idOf(element: ElementRef): ObjectId | undefined {
    return [...document.outline.byId.values()].find((object) => isSameElement(object.element, element))?.id
  }

  function set(path: DocumentPath, value: PlainValue | undefined, label: string): void {
    if (document.document === undefined) return
    document.commit({ label, operations: setField(document.document, path, value).operations })
  }

  function setAll(objects: readonly FieldOwner[], field: DocumentPath, value: PlainValue | undefined, label: string): void {
    const lab = document.document
    if (lab === undefined) return
    document.commit({
      label: `${label} of ${describe(objects)}`,
      operations: objects.flatMap(({ path }) => setField(lab, [...path, ...field], value).operations),
    })
  }

  function remove(ids: Iterable<ObjectId>): void {
    const objects = [...ids].flatMap((id) => document.outline.byId.get(id) ?? [])
    const lab = document.document
    if (objects.length === 0 || lab === undefined) return
    const before = document.outline.byId.size
    // What attaches a host goes without it, by taking away the field.
    const attached = objects.filter(({ kind }) => kind === 'attachment')
    const removal = removeElements(lab, objects.filter(({ kind }) => kind !== 'attachment').map(({ element }) => element))
    const detached = attached.flatMap(({ path }) => setField(lab, [...path, 'attach'], undefined).operations)
    const what = describe(objects)
    // Faults go by their place: what moves up to a deleted one's would be selected in its stead.
    if (objects.some(({ kind }) => kind === 'fault')) selection.select([...selection.ids].filter((id) => !id.startsWith('fault:')))
    document.commit({ label: `Delete ${what}`, operations: [...detached, ...removal.operations] })
    const more = before - document.outline.byId.size - objects.length
    const toast = show({
      text: `Deleted ${what}${more > 0 ? ` and ${more} more that depended on it` : ''}`,
      action: { label: 'Undo', run: () => undo() },
    })
    // The offer is about this edit only.
    const stop = watch(() => document.history, () => {
      stop()
      dismiss(toast)
    })
  }

  function rename(object: OutlineObject, name: string): void {
    if (isNamed(object.element)) edit((lab) => renameElement(lab, object.element as NamedRef, name))
  }

  function refuseName(object: OutlineObject, name: string): string | undefined {
    if (document.document === undefined || !isNamed(object.element)) return 'This has no name.'
    return whyNotRename(document.document, object.element, name)
  }

  function link(from: ObjectId, to: ObjectId): void {
    const [a, b] = [document.outline.byId.get(from), document.outline.byId.get(to)]
    if (a !== undefined && b !== undefined && whyNotLink(from, to) === '') edit((lab) => connect(lab, a.element, b.element))
  }

  function whyNotLink(from: ObjectId, to: ObjectId): string {
    const [a, b] = [document.outline.byId.get(from), document.outline.byId.get(to)]
    if (document.document === undefined || a === undefined || b === undefined) return 'There is nothing to link.'
    return whyNotConnect(document.document, a.element, b.element) ?? ''
  }

  function undo(steps = 1): void {
    const labels = Array.from({ length: steps }, document.undo).filter((label) => label !== undefined)
    announce(labels.length === 0 ? 'Nothing to undo' : `Undone: ${labels.join(', ')}`)
  }

  function redo(steps = 1): void {
    const labels = Array.from({ length: steps }, document.redo).filter((label) => label !== undefined)
    announce(labels.length === 0 ? 'Nothing to redo' : `Redone: ${labels.join(', ')}`)
  }

  return { edit, commit: document.commit, set, setAll, remove, rename, whyNotRename: refuseName, link, whyNotLink, undo, redo }
}

function isNamed(element: ElementRef): element is NamedRef {
  return 'name' in element
}
