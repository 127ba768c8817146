import { useAnnouncer } from '#renderer/composables/useAnnouncer'
import { useToasts } from '#renderer/composables/useToasts'

import { useDocumentStore } from './document'
import { describe, removeObjects } from './edits/remove'
import type { ObjectId } from './outline'
import { useSelectionStore } from './selection'

/** Edits that several parts of the window offer, with what the user is told about them. */
export interface LabEdits {
  /** Deletes things, as one step; a message offers to take it back. */
  readonly remove: (ids: Iterable<ObjectId>) => void
  readonly undo: () => void
  readonly redo: () => void
}

/** The edits of the open lab that are offered in more than one place. */
export function useLabEdits(): LabEdits {
  const document = useDocumentStore()
  const selection = useSelectionStore()
  const { show } = useToasts()
  const { announce } = useAnnouncer()

  function remove(ids: Iterable<ObjectId>): void {
    const chosen = [...ids]
    const removal = removeObjects(document.outline, chosen)
    if (removal === undefined) return
    const what = describe(chosen.flatMap((id) => document.outline.byId.get(id) ?? []))
    document.commit(removal.change)
    selection.select([...selection.ids].filter((id) => document.outline.byId.has(id)))
    const more = removal.alsoRemoved === 0 ? '' : ` and ${removal.alsoRemoved} more that depended on it`
    show({ text: `Deleted ${what}${more}`, action: { label: 'Undo', run: undo } })
  }

  function undo(): void {
    const label = document.undo()
    announce(label === undefined ? 'Nothing to undo' : `Undone: ${label}`)
  }

  function redo(): void {
    const label = document.redo()
    announce(label === undefined ? 'Nothing to redo' : `Redone: ${label}`)
  }

  return { remove, undo, redo }
}
