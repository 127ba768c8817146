import { useVueFlow } from '@vue-flow/core'
import { shallowRef, type Ref } from 'vue'

import type { ObjectId } from '#renderer/stores/outline'

import type { CanvasModel } from './canvas-elements'
import type { Point } from './geometry'
import type { Boxes } from './layout'

/** What `useCardAnimation` gives. */
export interface CardAnimation {
  readonly animating: Readonly<Ref<boolean>>
  /** Moves cards to other places step by step, for `milliseconds`; comes once they are there. */
  readonly animate: (to: ReadonlyMap<ObjectId, Point>, milliseconds: number) => Promise<void>
}

/** Moves cards before the document says so; `places` is where they are on their way, for the lines to follow. */
export function useCardAnimation(model: () => CanvasModel, boxes: () => Boxes, places: Ref<ReadonlyMap<ObjectId, Point>>): CardAnimation {
  const flow = useVueFlow('lab')
  const animating = shallowRef(false)

  /** Moves cards to other places step by step, for `milliseconds`; lines follow. */
  function animate(to: ReadonlyMap<ObjectId, Point>, milliseconds: number): Promise<void> {
    const from = new Map([...to.keys()].flatMap((id) => boxes().get(id) === undefined ? [] : [[id, boxes().get(id)!] as const]))
    const began = performance.now()
    animating.value = true
    return new Promise((resolve) => {
      const step = (now: number): void => {
        const part = Math.min(1, (now - began) / milliseconds)
        const eased = 1 - (1 - part) ** 3
        const shown = new Map([...from].map(([id, a]) => [id, { x: a.x + (to.get(id)!.x - a.x) * eased, y: a.y + (to.get(id)!.y - a.y) * eased }]))
        showAt(shown)
        if (part < 1) {
          requestAnimationFrame(step)
          return
        }
        places.value = new Map()
        animating.value = false
        resolve()
      }
      requestAnimationFrame(step)
    })
  }

  /** Cards in a container count from its corner. */
  function showAt(at: ReadonlyMap<ObjectId, Point>): void {
    places.value = at
    for (const { id, rack, box } of model().items) {
      const place = at.get(id) ?? (rack !== undefined && at.has(rack) ? box : undefined)
      if (place === undefined) continue
      const origin = rack === undefined ? { x: 0, y: 0 } : (at.get(rack) ?? boxes().get(rack) ?? { x: 0, y: 0 })
      flow.updateNode(id, { position: { x: place.x - origin.x, y: place.y - origin.y } })
    }
  }

  return { animating, animate }
}
