import type { LabChange, LabOperation } from '../change/lab-change'
import type { ElementRef } from './element'

/** A change made by a gesture or a form, and what to select when it has been applied. */
export interface LabEdit extends LabChange {
  readonly selects: readonly ElementRef[]
}

/** Makes an edit of its parts. */
export function edit(label: string, operations: readonly LabOperation[], selects: readonly ElementRef[] = []): LabEdit {
  return { label, operations, selects }
}
