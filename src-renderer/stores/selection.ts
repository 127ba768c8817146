import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'

import { useDocumentStore } from './document'
import type { ObjectId, OutlineObject } from './outline'

/** What is selected. Selecting is no edit: it is not undone and not saved. */
export const useSelectionStore = defineStore('selection', () => {
  const document = useDocumentStore()
  const ids = shallowRef<ReadonlySet<ObjectId>>(new Set())

  /** The selected things, in the order they were selected. */
  const objects = computed<readonly OutlineObject[]>(() =>
    [...ids.value].flatMap((id) => document.outline.byId.get(id) ?? []))

  function select(next: Iterable<ObjectId>): void {
    ids.value = new Set(next)
  }

  function toggle(id: ObjectId): void {
    const next = new Set(ids.value)
    if (!next.delete(id)) next.add(id)
    ids.value = next
  }

  function clear(): void {
    if (ids.value.size > 0) ids.value = new Set()
  }

  // What an edit took away is no longer selected.
  watch(() => document.outline, (outline) => {
    if ([...ids.value].some((id) => !outline.byId.has(id))) select([...ids.value].filter((id) => outline.byId.has(id)))
  })

  return { ids, objects, select, toggle, clear }
})
