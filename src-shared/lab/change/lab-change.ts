import { readDocument, type LabDocument } from '../parse/lab-document'
import { planAliasExpansion } from './expand-aliases'
import { findSpot } from './layout'
import type { LabOperation } from './operation'
import { planInsert } from './plan-insert'
import { planMove, planRenameKey } from './plan-move'
import { planRemove } from './plan-remove'
import { planSet } from './plan-set'
import { applyQuickly } from './quick-change'
import { applyEdits, difference, type TextEdit } from './text-edit'

export type { LabOperation }

/** An edit of a lab document, as a value: plain data that can be kept, sent, inverted and squashed. */
export interface LabChange {
  /** What it does, for the undo menu: `Move 3 elements`. */
  readonly label: string
  readonly operations: readonly LabOperation[]
}

/** A document after a change, and the change that leads back to the same text, byte for byte. */
export interface AppliedChange {
  readonly document: LabDocument
  readonly inverse: LabChange
}

/**
 * Applies a change. Text that it does not concern stays as it is: comments, order, spacing, style. The document given is
 * not modified. Throws an Error when the change does not fit the document: a path that leads nowhere, a stale inverse.
 */
export function applyChange(document: LabDocument, change: LabChange): AppliedChange {
  const quick = applyQuickly(document, change.operations, plan)
  return quick === undefined ? applyByReading(document, change) : applied(document, quick, change.label)
}

function applied(before: LabDocument, document: LabDocument, label: string): AppliedChange {
  const inverse: LabOperation = { op: 'splice', ...difference(document.text, before.text) }
  return { document, inverse: { label, operations: [inverse] } }
}

function applyByReading(document: LabDocument, change: LabChange): AppliedChange {
  let current = change.operations.every(({ op }) => op === 'splice')
    ? document
    : edited(document, planAliasExpansion(document))
  let pending: TextEdit[] = []
  for (const operation of change.operations) {
    // Values replaced in place leave the places of others alone: many such steps need one reading of the text.
    const together =
      pending.length > 0 && operation.op === 'set' ? planTogether(current, operation, pending) : undefined
    if (together !== undefined) {
      pending = together
      continue
    }
    current = edited(current, pending)
    const edits = plan(current, operation)
    if (operation.op === 'set') pending = edits
    else [current, pending] = [edited(current, edits), []]
  }
  return applied(document, edited(current, pending), change.label)
}

/** Makes one change of several that follow each other: a burst of typing, a gesture of many steps. */
export function squashChanges(label: string, changes: readonly LabChange[]): LabChange {
  return { label, operations: changes.flatMap(({ operations }) => operations) }
}

function plan(document: LabDocument, operation: LabOperation): TextEdit[] {
  switch (operation.op) {
    case 'set':
      return planSet(document, operation.path, operation.value)
    case 'remove':
      return planRemove(document, operation.path, operation.keys)
    case 'insert':
      return planInsert(document, operation.path, operation.index, operation.values)
    case 'move':
      return planMove(document, operation.path, operation.from, operation.to)
    case 'rename-key':
      return planRenameKey(document, operation.path, operation.from, operation.to)
    case 'splice':
      return planSplice(document, operation)
  }
}

function planSplice({ text }: LabDocument, { offset, removed, inserted }: LabOperation & { op: 'splice' }): TextEdit[] {
  const end = offset + removed.length
  if (text.slice(offset, end) !== removed) throw new Error('The change was made for another text')
  return [{ start: offset, end, text: inserted }]
}

/** The edits of a step together with those before it, when all of them replace text at places apart; else undefined. */
function planTogether(document: LabDocument, { path, value }: LabOperation & { op: 'set' }, pending: TextEdit[]) {
  if (findSpot(document.yaml, path)?.entry === undefined) return undefined
  const edits = planSet(document, path, value)
  const apart = edits.every(
    (edit) => isReplacement(edit) && pending.every((other) => isReplacement(other) && areApart(edit, other)),
  )
  return apart ? [...pending, ...edits] : undefined
}

function isReplacement({ start, end }: TextEdit): boolean {
  return end > start
}

function areApart(a: TextEdit, b: TextEdit): boolean {
  return a.end < b.start || b.end < a.start
}

function edited(document: LabDocument, edits: readonly TextEdit[]): LabDocument {
  if (edits.length === 0) return document
  const text = applyEdits(document.text, edits)
  const result = readDocument(text)
  if ('text' in result) return result
  throw new Error(`The change leaves no readable document: ${result.findings[0]?.message ?? ''}`)
}
