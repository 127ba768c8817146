import { isScalar } from 'yaml'

import { isWithin, type DocumentPath } from '../document-path'
import { baseOf, editedDocument, type LabDocument, type Replacement } from '../parse/lab-document'
import { planAliasExpansion } from './expand-aliases'
import type { LabOperation } from './operation'
import { findSpot } from './layout'
import { applyPlainly } from './plain-change'
import { applyEdits, type TextEdit } from './text-edit'

/*
 * Reading a large lab takes far longer than a person waits for an edit to show. Where all steps of a change can be
 * planned on the text that was read last, it is: content follows from the steps themselves, and the new text is read
 * when somebody asks for its nodes.
 */

/** Whether a text has aliases is found once. */
const withoutAliases = new WeakMap<LabDocument, boolean>()

/**
 * The document after a change, its text not read yet; undefined where that cannot be told without reading. `plan` says
 * what a step does to the text of a document that was read.
 */
export function applyQuickly(
  document: LabDocument,
  operations: readonly LabOperation[],
  plan: (document: LabDocument, operation: LabOperation) => TextEdit[],
): LabDocument | undefined {
  const base = baseOf(document)
  if (base === undefined || !areIndependent(operations) || !isFreeOfAliases(base.document)) return undefined
  let value: unknown = document.value
  const edits: TextEdit[] = []
  for (const operation of operations) {
    value = applyPlainly(value, operation)
    if (value === undefined || changesKind(base.document, operation)) return undefined
    edits.push(...plan(base.document, operation))
  }
  const merged = merge(base.replaced, edits)
  if (merged === undefined) return undefined
  const replaced = operations.every((operation) => isScalarSet(base.document, operation, edits)) ? merged : undefined
  return editedDocument(applyEdits(base.document.text, merged), value, replaced && { document: base.document, replaced })
}

function isFreeOfAliases(document: LabDocument): boolean {
  const known = withoutAliases.get(document)
  if (known !== undefined) return known
  const free = planAliasExpansion(document).length === 0
  withoutAliases.set(document, free)
  return free
}

/** Whether what one step does leaves the places of all others alone: none is about what lies around or below another. */
function areIndependent(operations: readonly LabOperation[]): boolean {
  const places = operations.map(placeOf)
  return places.every((place, index) => place !== undefined && places.every((other, number) =>
    number <= index || (other !== undefined && !isWithin(place, other) && !isWithin(other, place))))
}

/** What a step concerns as a whole: a value that it sets, or the collection whose entries it changes. */
function placeOf(operation: LabOperation): DocumentPath | undefined {
  return operation.op === 'splice' ? undefined : operation.path
}

/** A collection that gets its first entries or loses its last may be written in another way: that is for reading. */
function changesKind({ yaml }: LabDocument, operation: LabOperation): boolean {
  if (operation.op !== 'set') return false
  const parent = findSpot(yaml, operation.path.slice(0, -1))
  return parent === undefined
}

/** Whether a step writes a scalar in place of a scalar on one line: then nothing else of the text means another thing. */
function isScalarSet({ yaml }: LabDocument, operation: LabOperation, edits: readonly TextEdit[]): boolean {
  if (operation.op !== 'set' || typeof operation.value === 'object') return false
  const node = findSpot(yaml, operation.path)?.entry?.value
  return isScalar(node) && edits.every(({ start, end, text }) => end > start && !text.includes('\n'))
}

/** Replacements of the same base text together; undefined where they touch without being of the same stretch. */
function merge(replaced: readonly Replacement[], edits: readonly TextEdit[]): readonly Replacement[] | undefined {
  const merged = [...replaced]
  for (const edit of edits) {
    const same = merged.findIndex(({ start, end }) => start === edit.start && end === edit.end && end > start)
    const others = merged.filter((_, index) => index !== same)
    if (others.some((other) => edit.start <= other.end && other.start <= edit.end)) return undefined
    if (same < 0) merged.push(edit)
    else merged[same] = edit
  }
  return merged
}
