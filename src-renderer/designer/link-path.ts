import type { LineStyle } from '#renderer/stores/canvas'

import type { Point } from './geometry'
import type { Port, Route } from './link-routing'

/** How far at least a line leaves a card straight on, in pixels. */
const LEAST_REACH = 20
/** The part of its length that a curve takes to turn. */
const REACH = 0.38
/** How far square and straight lines leave a card straight on. */
const STUB = 16
/** Radius of the corners of square lines. */
const CORNER = 8
/** Size of the dot of a port. */
const PORT_RADIUS = 3.5

/** The course of a line, as the `d` of an SVG path. */
export function routePath(route: Route, style: LineStyle): string {
  const { from, to, bends = [] } = route
  if (style === 'straight') return polyline([from, ...bends, to])
  if (style === 'square') return rounded(squareCorners(route))
  if (bends.length > 0) return smooth([from, ...bends, to], from, to)
  const [a, b] = controls(from, to)
  return `M${from.x},${from.y}C${a.x},${a.y} ${b.x},${b.y} ${to.x},${to.y}`
}

/** The dot of a port, as the `d` of an SVG path. */
export function portPath({ x, y }: Port): string {
  return `M${x - PORT_RADIUS},${y}a${PORT_RADIUS},${PORT_RADIUS} 0 1 0 ${PORT_RADIUS * 2},0a${PORT_RADIUS},${PORT_RADIUS} 0 1 0 ${-PORT_RADIUS * 2},0`
}

/** The point of the line that `routePath` draws that is a part of the way along it: 0.5 is its middle. */
export function routePoint(route: Route, style: LineStyle, part: number): Point {
  const { from, to, bends = [] } = route
  if (style === 'square') return pointAlong(squareCorners(route), part)
  if (style === 'straight' || bends.length > 0) return pointAlong([from, ...bends, to], part)
  const [a, b] = controls(from, to)
  const rest = 1 - part
  const at = (axis: 'x' | 'y'): number =>
    rest ** 3 * from[axis] + 3 * rest ** 2 * part * a[axis] + 3 * rest * part ** 2 * b[axis] + part ** 3 * to[axis]
  return { x: at('x'), y: at('y') }
}

/** Where the name of a port is written: beside the line, a little away from the card. */
export function portLabelPlace(port: Port): Point & { readonly anchor: 'start' | 'end' } {
  const { x, y } = ahead(port, 12)
  return port.side === 'top' || port.side === 'bottom' ? { x: x + 6, y, anchor: 'start' } : { x, y: y - 8, anchor: port.side === 'left' ? 'end' : 'start' }
}

/** Between which points of a line a new bend at a point belongs: the index that it gets. */
export function bendIndex({ from, to, bends = [] }: Route, at: Point): number {
  const points = [from, ...bends, to]
  const distances = points.slice(1).map((next, index) => distanceToSegment(at, points[index]!, next))
  return distances.indexOf(Math.min(...distances))
}

function controls(from: Port, to: Port): readonly [Point, Point] {
  const reach = Math.max(LEAST_REACH, Math.hypot(to.x - from.x, to.y - from.y) * REACH)
  return [ahead(from, reach), ahead(to, reach)]
}

function polyline(points: readonly Point[]): string {
  return points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x},${y}`).join('')
}

/** A curve through all points (Catmull–Rom), leaving and reaching the cards straight on. */
function smooth(points: readonly Point[], from: Port, to: Port): string {
  const first = points[1]!
  const last = points.at(-2)!
  const before = ahead(from, -Math.hypot(first.x - from.x, first.y - from.y))
  const after = ahead(to, -Math.hypot(last.x - to.x, last.y - to.y))
  const all = [before, ...points, after]
  const parts = points.slice(1).map((end, index) => {
    const [p0, p1, p3] = [all[index]!, all[index + 1]!, all[index + 3]!]
    const a = { x: p1.x + (end.x - p0.x) / 6, y: p1.y + (end.y - p0.y) / 6 }
    const b = { x: end.x - (p3.x - p1.x) / 6, y: end.y - (p3.y - p1.y) / 6 }
    return `C${a.x},${a.y} ${b.x},${b.y} ${end.x},${end.y}`
  })
  return `M${from.x},${from.y}${parts.join('')}`
}

/** The corners of a line of horizontal and vertical pieces. */
function squareCorners({ from, to, bends = [] }: Route): readonly Point[] {
  const start = ahead(from, STUB)
  const end = ahead(to, STUB)
  const points: Point[] = [from, start]
  let vertical = from.side === 'top' || from.side === 'bottom'
  for (const bend of bends) {
    points.push(vertical ? { x: points.at(-1)!.x, y: bend.y } : { x: bend.x, y: points.at(-1)!.y }, bend)
    vertical = !vertical
  }
  const last = points.at(-1)!
  const endsVertically = to.side === 'top' || to.side === 'bottom'
  if (vertical && endsVertically) points.push({ x: last.x, y: (last.y + end.y) / 2 }, { x: end.x, y: (last.y + end.y) / 2 })
  else if (!vertical && !endsVertically) points.push({ x: (last.x + end.x) / 2, y: last.y }, { x: (last.x + end.x) / 2, y: end.y })
  else points.push(vertical ? { x: last.x, y: end.y } : { x: end.x, y: last.y })
  return [...points, end, to]
}

function rounded(points: readonly Point[]): string {
  const parts = points.slice(1, -1).map((corner, index) => {
    const a = toward(corner, points[index]!)
    const b = toward(corner, points[index + 2]!)
    return `L${a.x},${a.y}Q${corner.x},${corner.y} ${b.x},${b.y}`
  })
  const [first, last] = [points[0]!, points.at(-1)!]
  return `M${first.x},${first.y}${parts.join('')}L${last.x},${last.y}`
}

/** The point of a corner's side at which it begins to be round. */
function toward(corner: Point, other: Point): Point {
  const length = Math.hypot(other.x - corner.x, other.y - corner.y)
  const part = length === 0 ? 0 : Math.min(CORNER, length / 2) / length
  return { x: corner.x + (other.x - corner.x) * part, y: corner.y + (other.y - corner.y) * part }
}

function pointAlong(points: readonly Point[], part: number): Point {
  const lengths = points.slice(1).map((point, index) => Math.hypot(point.x - points[index]!.x, point.y - points[index]!.y))
  let rest = lengths.reduce((sum, length) => sum + length, 0) * part
  for (const [index, length] of lengths.entries()) {
    const [a, b] = [points[index]!, points[index + 1]!]
    if (rest <= length && length > 0) return { x: a.x + ((b.x - a.x) * rest) / length, y: a.y + ((b.y - a.y) * rest) / length }
    rest -= length
  }
  return points[0]!
}

function distanceToSegment(p: Point, a: Point, b: Point): number {
  const square = (b.x - a.x) ** 2 + (b.y - a.y) ** 2
  const along = square === 0 ? 0 : Math.max(0, Math.min(1, ((p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y)) / square))
  return Math.hypot(p.x - a.x - along * (b.x - a.x), p.y - a.y - along * (b.y - a.y))
}

function ahead({ x, y, side }: Port, distance: number): Point {
  switch (side) {
    case 'top':
      return { x, y: y - distance }
    case 'bottom':
      return { x, y: y + distance }
    case 'left':
      return { x: x - distance, y }
    case 'right':
      return { x: x + distance, y }
  }
}
