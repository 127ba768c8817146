import type { ObjectId } from '#renderer/stores/outline'

import { bounds, type Box } from './geometry'
import type { Boxes } from './layout'

/** Lines through edges and middles that a dragged thing has in common with others. */
export interface HelperLines {
  /** Upright lines: where, and from where to where. */
  readonly upright: readonly { readonly at: number; readonly from: number; readonly to: number }[]
  readonly level: readonly { readonly at: number; readonly from: number; readonly to: number }[]
}

/** How near counts as aligned, in pixels. */
const NEAR = 0.75

/** Nothing is aligned. */
export const NO_LINES: HelperLines = { upright: [], level: [] }

/** Finds what the box around dragged things is aligned with among things that stay. */
export function helperLines(boxes: Boxes, dragged: ReadonlyMap<ObjectId, { readonly x: number; readonly y: number }>): HelperLines {
  const own = bounds([...dragged].flatMap(([id, at]) => {
    const box = boxes.get(id)
    return box === undefined ? [] : [{ ...box, ...at }]
  }))
  if (own === undefined) return NO_LINES
  const others = [...boxes].filter(([id]) => !dragged.has(id) && !/^(shape|group):/u.test(id)).map(([, box]) => box)
  return { upright: aligned(own, others, 'x'), level: aligned(own, others, 'y') }
}

function aligned(own: Box, others: readonly Box[], axis: 'x' | 'y'): HelperLines['upright'] {
  const [length, across, breadth] = axis === 'x' ? (['width', 'y', 'height'] as const) : (['height', 'x', 'width'] as const)
  const marks = (box: Box): readonly number[] => [box[axis], box[axis] + box[length] / 2, box[axis] + box[length]]
  return marks(own).flatMap((at) => {
    const there = others.filter((box) => marks(box).some((mark) => Math.abs(mark - at) < NEAR))
    if (there.length === 0) return []
    const all = [own, ...there]
    return [{ at, from: Math.min(...all.map((box) => box[across])), to: Math.max(...all.map((box) => box[across] + box[breadth])) }]
  })
}
