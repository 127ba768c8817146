import { useVueFlow } from '@vue-flow/core'
import { computed, watch, type ComputedRef } from 'vue'

import type { ObjectId } from '#renderer/stores/outline'

import type { CanvasModel } from './canvas-elements'
import { onCanvas, overlap, type Box, type Point } from './geometry'
import { detailOf, elementsOf, itemAt, type Detail } from './level-of-detail'

/** What `useLevelOfDetail` gives. */
export interface LevelOfDetail {
  readonly detail: ComputedRef<Detail>
  /** The things that are elements of the page; all others are marks on one canvas. */
  readonly drawn: ComputedRef<ReadonlySet<ObjectId>>
  /** The thing that is a mark at a point of the canvas. */
  readonly itemMarkedAt: (at: Point) => ObjectId | undefined
  /** The marks in the frame that was drawn last. */
  readonly marksInFrame: () => readonly ObjectId[]
}

/** Follows the view, and decides how much of a large lab is drawn in it. */
export function useLevelOfDetail(model: () => CanvasModel): LevelOfDetail {
  const flow = useVueFlow('lab')
  const detail = computed(() => detailOf(model().items.length, flow.viewport.value.zoom))
  /** What is seen of the canvas, in steps of half a window: within one, the same cards are elements of the page. */
  const view = computed<Box>((before) => {
    const { width, height } = flow.dimensions.value
    const now = onCanvas({ x: 0, y: 0, width: Math.max(width, 1), height: Math.max(height, 1) }, flow.viewport.value)
    if (before === undefined || before.width !== now.width || before.height !== now.height) return now
    const moved = Math.abs(before.x - now.x) > now.width / 2 || Math.abs(before.y - now.y) > now.height / 2
    return moved ? now : before
  })
  const drawn = computed<ReadonlySet<ObjectId>>((before) => {
    const now = elementsOf(model().items, detail.value, view.value)
    return before !== undefined && before.size === now.size && [...now].every((id) => before.has(id)) ? before : now
  })

  function itemMarkedAt(at: Point): ObjectId | undefined {
    const item = detail.value === 'all' ? undefined : itemAt(model().items, at)
    return item !== undefined && !drawn.value.has(item.id) ? item.id : undefined
  }

  /** The frame that is drawn, on the canvas; Vue Flow has forgotten it when it ends. */
  let lastFrame: Box | undefined
  watch(() => flow.userSelectionRect.value, (rect) => {
    if (rect !== null) lastFrame = onCanvas(rect, flow.viewport.value)
  })

  function marksInFrame(): readonly ObjectId[] {
    const frame = lastFrame
    if (detail.value === 'all' || frame === undefined) return []
    return model().items.filter(({ id, box }) => !drawn.value.has(id) && overlap(box, frame)).map(({ id }) => id)
  }

  return { detail, drawn, itemMarkedAt, marksInFrame }
}
