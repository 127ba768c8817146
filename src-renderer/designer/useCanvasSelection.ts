import { useVueFlow, type EdgeChange, type NodeChange } from '@vue-flow/core'
import type { Ref } from 'vue'

import type { ObjectId } from '#renderer/stores/outline'

import { covers, onCanvas } from './geometry'
import type { Boxes } from './layout'
import type { Route } from './link-routing'

/** What `useCanvasSelection` goes by. */
export interface CanvasSelectionOptions {
  readonly selected: () => ReadonlySet<ObjectId>
  readonly boxes: () => Boxes
  readonly routes: Readonly<Ref<ReadonlyMap<string, Route>>>
  /** The things that are marks, not elements, in the frame that was drawn last. */
  readonly marksInFrame: () => readonly ObjectId[]
  /** Called with what is to be selected. */
  readonly select: (ids: ReadonlySet<ObjectId>) => void
}

/** What `useCanvasSelection` gives: what to do on a press, on a frame, and with what Vue Flow proposes. */
export interface CanvasSelection {
  readonly startPress: (event: PointerEvent) => void
  readonly pressMark: (mark: ObjectId, event: MouseEvent) => void
  readonly startFrame: () => void
  readonly endFrame: () => void
  readonly takeChanges: (changes: readonly (NodeChange | EdgeChange)[]) => void
}

/** Turns presses and frames into selections. */
export function useCanvasSelection({ selected, boxes, routes, marksInFrame, select }: CanvasSelectionOptions): CanvasSelection {
  const flow = useVueFlow('lab')
  /** Whether the press under way adds to the selection, and what was selected when it began. */
  let adding = false
  let kept: ReadonlySet<ObjectId> = new Set()

  function startPress(event: PointerEvent): void {
    adding = adds(event)
    kept = new Set(adding ? selected() : [])
  }

  function pressMark(mark: ObjectId, event: MouseEvent): void {
    select(new Set(adds(event) ? [...selected(), mark] : [mark]))
  }

  function startFrame(): void {
    if (!adding && selected().size > 0) select(new Set())
  }

  /** Marks in a frame are selected with the cards in it. */
  function endFrame(): void {
    const marks = marksInFrame()
    if (marks.length > 0) select(new Set([...selected(), ...marks]))
  }

  function takeChanges(changes: readonly (NodeChange | EdgeChange)[]): void {
    const before = selected()
    const next = new Set(before)
    for (const change of changes) {
      if (change.type !== 'select') continue
      const id = change.id as ObjectId
      if (!change.selected && !kept.has(id)) next.delete(id)
      if (change.selected && !isOnlyTouched(id)) next.add(id)
      // Pods and variants are selected, too, but Vue Flow does not know of them.
      if (change.selected && !adding) for (const other of before) if (!isDrawn(other)) next.delete(other)
    }
    if (next.size !== before.size || [...next].some((id) => !before.has(id))) select(next)
  }

  function isDrawn(id: ObjectId): boolean {
    return boxes().has(id) || routes.value.has(id)
  }

  /** While a frame is drawn: whether a thing is only touched by it. Racks are meant when they are in it as a whole, lines never. */
  function isOnlyTouched(id: ObjectId): boolean {
    const frame = flow.userSelectionRect.value
    if (frame === null) return false
    const box = boxes().get(id)
    if (box === undefined) return true
    return /^(rack|namespace|group|shape):/u.test(id) && !covers(onCanvas(frame, flow.viewport.value), box)
  }

  return { startPress, pressMark, startFrame, endFrame, takeChanges }
}

function adds({ shiftKey, ctrlKey, metaKey }: MouseEvent): boolean {
  return shiftKey || ctrlKey || metaKey
}
