import type { GraphNode, NodeDragEvent } from '@vue-flow/core'
import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue'

import type { ObjectId } from '#renderer/stores/outline'

import type { CanvasModel } from './canvas-elements'
import type { Point } from './geometry'
import type { Boxes } from './layout'

/** What `useCardDrag` goes by. */
export interface CardDragOptions {
  readonly model: () => CanvasModel
  readonly boxes: () => Boxes
  /** Cards are under way; where they are now. */
  readonly drag: (places: ReadonlyMap<ObjectId, Point>) => void
  /** Cards were let go elsewhere; `copy` where Alt was held. */
  readonly move: (places: ReadonlyMap<ObjectId, Point>, copy: boolean) => void
  /** Puts cards back where the model has them. */
  readonly restore: (ids: Iterable<ObjectId>) => void
}

/** What `useCardDrag` gives. */
export interface CardDrag {
  /** Where cards on their way are, until the document says where they went. */
  readonly dragged: ShallowRef<ReadonlyMap<ObjectId, Point>>
  /** Where all cards are now. */
  readonly places: ComputedRef<Boxes>
  readonly follow: (event: NodeDragEvent) => void
  readonly end: (event: NodeDragEvent) => void
}

/** Follows cards that are dragged. */
export function useCardDrag({ model, boxes, drag, move, restore }: CardDragOptions): CardDrag {
  const dragged = shallowRef<ReadonlyMap<ObjectId, Point>>(new Map())
  const places = computed<Boxes>(() => {
    if (dragged.value.size === 0) return boxes()
    return new Map([...boxes()].map(([id, box]) => [id, { ...box, ...dragged.value.get(id) }]))
  })

  /** Where the model has a card, from the corner of what it stands in. */
  function homeOf({ id, parentNode }: GraphNode): Point | undefined {
    const own = boxes().get(id as ObjectId)
    const { x, y } = boxes().get(parentNode as ObjectId) ?? { x: 0, y: 0 }
    return own && { x: own.x - x, y: own.y - y }
  }

  /** Where Shift is held, cards go only across or only down: whichever the pointer has gone further. */
  function keepToAxis(nodes: readonly GraphNode[], { shiftKey }: MouseEvent | TouchEvent): void {
    const [first] = nodes
    const from = first && homeOf(first)
    if (!shiftKey || first === undefined || from === undefined) return
    const axis = Math.abs(first.position.x - from.x) < Math.abs(first.position.y - from.y) ? 'x' : 'y'
    for (const node of nodes) {
      const home = homeOf(node)
      if (home !== undefined) node.position = { ...node.position, [axis]: home[axis] }
    }
  }

  /** Cards in a dragged rack move with it, so their places count as dragged too. */
  function placesOf(moved: readonly GraphNode[]): ReadonlyMap<ObjectId, Point> {
    const found = new Map<ObjectId, Point>()
    for (const { id, computedPosition } of moved) {
      const { x, y } = computedPosition
      found.set(id as ObjectId, { x, y })
      const old = boxes().get(id as ObjectId)
      if (old === undefined) continue
      for (const item of model().items) {
        if (item.rack === id) found.set(item.id, { x: item.box.x + x - old.x, y: item.box.y + y - old.y })
      }
    }
    return found
  }

  function follow({ nodes, event }: NodeDragEvent): void {
    keepToAxis(nodes, event)
    dragged.value = placesOf(nodes)
    drag(dragged.value)
  }

  function end({ nodes, event }: NodeDragEvent): void {
    const found = placesOf(nodes)
    const really = [...found].some(([id, { x, y }]) => boxes().get(id)?.x !== x || boxes().get(id)?.y !== y)
    if (really) move(found, event.altKey)
    // A copy leaves the original where it was, and so does an edit that comes to nothing.
    dragged.value = new Map()
    restore(found.keys())
  }

  return { dragged, places, follow, end }
}
