import { computed, type ComputedRef } from 'vue'

import { useDocumentStore } from '#renderer/stores/document'
import { useLabEdits } from '#renderer/stores/useLabEdits'
import type { MenuItem } from '#renderer/ui/index'

/** Edits shown on either side of now. */
const MOST_SHOWN = 12

/** The edits of the lab, newest first: those that can be made again, then those that can be taken back, to any of them. */
export function useHistoryMenu(): ComputedRef<readonly MenuItem[]> {
  const document = useDocumentStore()
  const edits = useLabEdits()

  return computed(() => {
    const { past, future } = document.history
    const ahead = future.slice(0, MOST_SHOWN).map(({ label }, index): MenuItem =>
      ({ label, icon: 'redo', hint: 'undone', run: () => edits.redo(index + 1) }))
    const behind = past.slice(-MOST_SHOWN).toReversed().map(({ label }, index): MenuItem =>
      ({ label, ...(index === 0 ? { checked: true, hint: 'now' } : {}), run: () => edits.undo(index) }))
    const start: readonly MenuItem[] = past.length > MOST_SHOWN || past.length === 0 ? [] : [
      { label: 'As opened', icon: 'file', run: () => edits.undo(past.length) },
    ]
    return [...ahead.toReversed(), ...(ahead.length > 0 && behind.length > 0 ? [{ separator: true } as const] : []), ...behind, ...start]
  })
}
