import { useEventListener } from '@vueuse/core'
import type { ComputedRef } from 'vue'

import { useAnnouncer } from '#renderer/composables/useAnnouncer'
import { innermostTarget, isTextInput } from '#renderer/composables/useKeymap'
import { useDocumentStore } from '#renderer/stores/document'
import { useCanvasStore } from '#renderer/stores/canvas'
import { copyObjects, readCopied, writeCopied, type Copied } from '#renderer/stores/edits/copy'
import { addManifests, readManifests } from '#renderer/stores/edits/manifests'
import { pasteObjects } from '#renderer/stores/edits/paste'
import type { ObjectId } from '#renderer/stores/outline'
import { useSelectionStore } from '#renderer/stores/selection'
import { useLabEdits } from '#renderer/stores/useLabEdits'
import { counted } from '#shared/analysis/index'

import { GRID, type Point } from './geometry'
import type { Boxes } from './layout'

/** How far from the original a copy is put. */
const COPY_OFFSET = GRID * 3

/** Copying and pasting of things on the canvas. */
export interface LabClipboard {
  readonly copy: () => void
  readonly cut: () => void
  readonly paste: () => void
  readonly duplicate: () => void
  /** Puts copies of things at a distance from them. */
  readonly duplicateBy: (ids: Iterable<ObjectId>, offset: Point) => void
  /** Adds the Kubernetes objects of a text; answers whether there were any. */
  readonly importText: (text: string) => boolean
  readonly canPaste: () => boolean
}

/**
 * Copies through the system's clipboard, so that things go from one lab to another. The page may not read it unasked:
 * the keys and the system's menu raise events that carry its content; the context menu pastes what was copied here last.
 */
export function useClipboard(boxes: ComputedRef<Boxes>): LabClipboard {
  const lab = useDocumentStore()
  const selection = useSelectionStore()
  const edits = useLabEdits()
  const { announce } = useAnnouncer()
  const canvas = useCanvasStore()
  let last: Copied | undefined
  /** How often the same copy was pasted: each lies beside the one before. */
  let pastes = 0

  function take(): Copied | undefined {
    const copied = copyObjects(lab.outline, selection.ids, (id) => boxes.value.get(id))
    if (copied === undefined) return undefined
    last = copied
    pastes = 0
    announce(`Copied ${counted(copied.objects.length, 'thing')}`)
    return copied
  }

  function put(copied: Copied, offset: Point, verb: 'Paste' | 'Duplicate'): void {
    if (lab.document === undefined) return
    const { change, ids } = pasteObjects(lab.document, lab.outline, copied, offset, verb)
    lab.commit(change)
    selection.select(ids)
    announce(change.label)
  }

  function paste(copied: Copied | undefined = last): void {
    if (copied === undefined) return
    pastes += 1
    put(copied, { x: COPY_OFFSET * pastes, y: COPY_OFFSET * pastes }, 'Paste')
  }

  /** Objects of Kubernetes as text, from a terminal or a manifest, become objects of the lab. */
  function importText(text: string): boolean {
    const objects = readManifests(text)
    if (lab.document === undefined || objects.length === 0) return false
    const change = addManifests(lab.document, objects)
    lab.commit(change)
    announce(change.label)
    return true
  }

  function duplicateBy(ids: Iterable<ObjectId>, offset: Point): void {
    const copied = copyObjects(lab.outline, ids, (id) => boxes.value.get(id))
    if (copied !== undefined) put(copied, offset, 'Duplicate')
  }

  function cut(): void {
    if (take() !== undefined) edits.remove(selection.ids)
  }

  /** Text fields, and text that was marked, keep the clipboard to themselves. */
  const isOurs = (event: Event): boolean =>
    canvas.shown && !isTextInput(innermostTarget(event)) && (window.getSelection()?.isCollapsed ?? true)

  function fill(event: ClipboardEvent, copied: Copied | undefined): void {
    if (copied === undefined) return
    event.clipboardData?.setData('text/plain', writeCopied(copied))
    event.preventDefault()
  }

  useEventListener(window.document, 'copy', (event) => {
    if (isOurs(event)) fill(event, take())
  })
  useEventListener(window.document, 'cut', (event) => {
    if (!isOurs(event)) return
    const copied = take()
    fill(event, copied)
    if (copied !== undefined) edits.remove(selection.ids)
  })
  useEventListener(window.document, 'paste', (event) => {
    if (!isOurs(event)) return
    const text = event.clipboardData?.getData('text/plain') ?? ''
    const copied = readCopied(text)
    if (copied === undefined) {
      if (importText(text)) event.preventDefault()
      return
    }
    if (JSON.stringify(copied) !== JSON.stringify(last)) {
      last = copied
      pastes = 0
    }
    paste(copied)
    event.preventDefault()
  })

  return {
    copy: () => void take(),
    cut,
    paste: () => paste(),
    duplicate: () => duplicateBy(selection.ids, { x: COPY_OFFSET, y: COPY_OFFSET }),
    duplicateBy,
    importText,
    canPaste: () => last !== undefined,
  }
}
