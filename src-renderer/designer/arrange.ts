import type { ObjectId } from '#renderer/stores/outline'

import { bounds, type Point, type Side } from './geometry'
import type { Boxes } from './layout'

/** New places for things. */
export type Places = ReadonlyMap<ObjectId, Point>

/** What things can be aligned by: an edge, the upright line through their centres, or the level one through their middles. */
export type AlignmentLine = Side | 'centre' | 'middle'

/** Moves things so that they all touch the same line: the outermost of their edges on a side, or the middle between those. */
export function align(boxes: Boxes, line: AlignmentLine): Places {
  const around = bounds([...boxes.values()])
  if (around === undefined) return new Map()
  return new Map([...boxes].map(([id, { x, y, width, height }]) => {
    switch (line) {
      case 'left':
        return [id, { x: around.x, y }]
      case 'right':
        return [id, { x: around.x + around.width - width, y }]
      case 'top':
        return [id, { x, y: around.y }]
      case 'bottom':
        return [id, { x, y: around.y + around.height - height }]
      case 'centre':
        return [id, { x: Math.round(around.x + (around.width - width) / 2), y }]
      case 'middle':
        return [id, { x, y: Math.round(around.y + (around.height - height) / 2) }]
    }
  }))
}

/** Makes things as wide, or as high, as the one that is most so. */
export function sameSize(boxes: Boxes, length: 'width' | 'height'): Boxes {
  const most = Math.max(...[...boxes.values()].map((box) => box[length]))
  return new Map([...boxes].map(([id, box]) => [id, { ...box, [length]: most }]))
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
