import type { LabelMode, LineStyle } from '#renderer/stores/canvas'
import type { ObjectId } from '#renderer/stores/outline'

import type { CanvasLink } from './canvas-elements'
import { overlap, type Box, type Point } from './geometry'
import { linkText } from './link-loads'
import { routePoint } from './link-path'
import type { Route } from './link-routing'

/** Where along its line a label is tried, nearest to the middle first. */
const PARTS = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74]
/** What a letter of a label takes, and a line of it with the room around, px. */
const LETTER = 6.2
const HEIGHT = 16
const MARGIN = 6

/** Where the labels of links are written: in the middle of their lines, or beside it where lines cross and another is there. */
export function placeLabels(
  links: readonly CanvasLink[], routes: ReadonlyMap<string, Route>, style: LineStyle, mode: LabelMode,
): ReadonlyMap<ObjectId, Point> {
  /** What is taken, by rows as high as a label: only three of them can be in its way. */
  const taken = new Map<number, Box[]>()
  const rowOf = (y: number): number => Math.floor(y / HEIGHT)
  const isFree = (box: Box): boolean => {
    const row = rowOf(box.y)
    return [row - 1, row, row + 1].every((near) => !taken.get(near)?.some((other) => overlap(box, other)))
  }
  return new Map(links.flatMap((link) => {
    const route = routes.get(link.id)
    if (route === undefined) return []
    const width = linkText(link, mode).length * LETTER
    const boxAt = ({ x, y }: Point): Box => ({ x: x - width / 2 - MARGIN / 2, y: y - HEIGHT / 2, width: width + MARGIN, height: HEIGHT })
    const points = width === 0 ? [] : PARTS.map((part) => routePoint(route, style, part))
    const point = points.find((candidate) => isFree(boxAt(candidate))) ?? routePoint(route, style, PARTS[0]!)
    const box = boxAt(point)
    const row = rowOf(box.y)
    if (width > 0) taken.set(row, [...(taken.get(row) ?? []), box])
    return [[link.id, point]]
  }))
}
