import type { ObjectId } from '#renderer/stores/outline'

import { bounds, type Point, type Side } from './geometry'
import type { Boxes } from './layout'

/** New places for things. */
export type Places = ReadonlyMap<ObjectId, Point>

/** Moves things so that they all touch the same line: the outermost of their edges on a side. */
export function align(boxes: Boxes, side: Side): Places {
  const around = bounds([...boxes.values()])
  if (around === undefined) return new Map()
  return new Map([...boxes].map(([id, { x, y, width, height }]) => {
    switch (side) {
      case 'left':
        return [id, { x: around.x, y }]
      case 'right':
        return [id, { x: around.x + around.width - width, y }]
      case 'top':
        return [id, { x, y: around.y }]
      case 'bottom':
        return [id, { x, y: around.y + around.height - height }]
    }
  }))
}

/** Moves things so that the room between neighbours is the same; the outermost two stay. */
export function distribute(boxes: Boxes, axis: 'x' | 'y'): Places {
  const length = axis === 'x' ? 'width' : 'height'
  const ordered = [...boxes].toSorted(([, a], [, b]) => a[axis] - b[axis])
  const around = bounds(ordered.map(([, box]) => box))
  if (around === undefined || ordered.length < 3) return new Map()
  const taken = ordered.reduce((sum, [, box]) => sum + box[length], 0)
  const gap = (around[length] - taken) / (ordered.length - 1)
  let next = around[axis]
  return new Map(ordered.map(([id, box]) => {
    const place = { x: box.x, y: box.y, [axis]: Math.round(next) }
    next += box[length] + gap
    return [id, place]
  }))
}
