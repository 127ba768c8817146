import { computed, toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue'

import { useDocumentStore } from '#renderer/stores/document'
import { valueAt } from '#renderer/stores/given'
import type { FieldOwner } from '#renderer/stores/outline'
import { useLabEdits } from '#renderer/stores/useLabEdits'
import { formatPath, type DocumentPath, type PlainValue } from '#shared/lab/index'

import { effectiveValue } from './effective'

/** What `useField` is asked for. */
export interface FieldOptions {
  /** The things whose field it is; several are edited together. */
  readonly objects: MaybeRefOrGetter<readonly FieldOwner[]>
  /** Where the field is in their records. */
  readonly field: MaybeRefOrGetter<DocumentPath>
  /** What the field is called, for the history. */
  readonly label: MaybeRefOrGetter<string>
}

/** A field of one thing or of several at once. */
export interface Field {
  /** What the file gives; undefined when nothing, or when the things differ. */
  readonly value: ComputedRef<unknown>
  /** What holds while the file says nothing. */
  readonly effective: ComputedRef<unknown>
  /** Whether the things have different values. */
  readonly mixed: ComputedRef<boolean>
  /** What validation says about it. */
  readonly error: ComputedRef<string | undefined>
  /** Writes a value to all of them; undefined takes it away. One step of the history. */
  readonly commit: (value: PlainValue | undefined) => void
}

/** Connects a field of the selected things to the document. */
export function useField({ objects, field, label }: FieldOptions): Field {
  const document = useDocumentStore()
  const edits = useLabEdits()

  const values = computed(() => toValue(objects).map(({ given }) => valueAt(given, toValue(field))))
  const mixed = computed(() => new Set(values.value.map((value) => JSON.stringify(value))).size > 1)
  const value = computed(() => (mixed.value ? undefined : values.value[0]))
  const effective = computed(() => {
    const [first] = toValue(objects)
    return first === undefined ? undefined : effectiveValue(document.outline, first, toValue(field))
  })

  const error = computed(() => {
    const paths = toValue(objects).map(({ path }) => formatPath([...path, ...toValue(field)]))
    const concerns = (place: string): boolean => paths.some((path) => place === path || place.startsWith(`${path}.`) || place.startsWith(`${path}[`))
    return document.problems.find(({ path, severity }) => severity === 'error' && concerns(path))?.message
  })

  function commit(next: PlainValue | undefined): void {
    edits.setAll(toValue(objects), toValue(field), next, `Change ${toValue(label).toLowerCase()}`)
  }

  return { value, effective, mixed, error, commit }
}
