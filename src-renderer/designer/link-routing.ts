import type { LinkOutline, ObjectId } from '#renderer/stores/outline'

import { centre, type Box, type Point, type Side } from './geometry'
import type { Boxes } from './layout'

/** Where a line meets a card: a port on one of its sides. */
export interface Port extends Point {
  readonly side: Side
}

/** The ends of a drawn line, in the order of the link's ends. */
export interface Route {
  readonly from: Port
  readonly to: Port
}

/** Room between ports side by side, in pixels. */
const PORT_PITCH = 20
/** Room kept free at the corners of a card. */
const CORNER = 12
/** How far at least a line leaves a card straight on. */
const LEAST_REACH = 20

/** Size of the dot of a port. */
const PORT_RADIUS = 3.5

/** One end of one link, before its port is known. */
interface Ending {
  readonly link: ObjectId
  readonly end: 0 | 1
  readonly side: Side
  /** Where along the side it would like to be. */
  readonly wish: number
}

/**
 * Finds the ports of all links. A line leaves a card on the side that faces the other end; lines on one side are spread
 * in the order of their other ends, so that they do not cross each other there.
 */
export function routeLinks(links: readonly LinkOutline[], boxes: Boxes): ReadonlyMap<ObjectId, Route> {
  const endings = new Map<ObjectId, Ending[]>()
  const drawn = links.filter(({ ends }) => boxes.has(ends[0]) && boxes.has(ends[1]) && ends[0] !== ends[1])
  for (const link of drawn) {
    const [a, b] = [boxes.get(link.ends[0])!, boxes.get(link.ends[1])!]
    push(endings, link.ends[0], { link: link.id, end: 0, ...facing(a, b) })
    push(endings, link.ends[1], { link: link.id, end: 1, ...facing(b, a) })
  }

  const ports = new Map<string, Port>()
  for (const [id, list] of endings) {
    for (const side of ['top', 'right', 'bottom', 'left'] as const) {
      const here = list.filter((ending) => ending.side === side).sort((a, b) => a.wish - b.wish)
      here.forEach(({ link, end }, index) => ports.set(`${end} ${link}`, portAt(boxes.get(id)!, side, index, here.length)))
    }
  }
  return new Map(drawn.map(({ id }) => [id, { from: ports.get(`0 ${id}`)!, to: ports.get(`1 ${id}`)! }]))
}

function push(endings: Map<ObjectId, Ending[]>, id: ObjectId, ending: Ending): void {
  const list = endings.get(id)
  if (list === undefined) endings.set(id, [ending])
  else list.push(ending)
}

/** The side of `own` that faces `other`: above or below wherever there is room between them, else left or right. */
function facing(own: Box, other: Box): { side: Side; wish: number } {
  const target = centre(other)
  const above = own.y - (other.y + other.height)
  const below = other.y - (own.y + own.height)
  const aside = Math.max(own.x - (other.x + other.width), other.x - (own.x + own.width))
  // Networks are drawn in tiers, so up and down win over left and right unless things are clearly side by side.
  if (Math.max(above, below) >= Math.min(aside, LEAST_REACH)) {
    return { side: above > below ? 'top' : 'bottom', wish: target.x }
  }
  return { side: target.x < centre(own).x ? 'left' : 'right', wish: target.y }
}

function portAt(box: Box, side: Side, index: number, count: number): Port {
  const length = side === 'top' || side === 'bottom' ? box.width : box.height
  const pitch = Math.min(PORT_PITCH, (length - CORNER * 2) / Math.max(count - 1, 1))
  const along = length / 2 + (index - (count - 1) / 2) * pitch
  switch (side) {
    case 'top':
      return { side, x: box.x + along, y: box.y }
    case 'bottom':
      return { side, x: box.x + along, y: box.y + box.height }
    case 'left':
      return { side, x: box.x, y: box.y + along }
    case 'right':
      return { side, x: box.x + box.width, y: box.y + along }
  }
}

/** The curve of a line, as the `d` of an SVG path. */
export function routePath({ from, to }: Route): string {
  const reach = Math.max(LEAST_REACH, Math.hypot(to.x - from.x, to.y - from.y) * 0.38)
  const a = ahead(from, reach)
  const b = ahead(to, reach)
  return `M${from.x},${from.y}C${a.x},${a.y} ${b.x},${b.y} ${to.x},${to.y}`
}

/** The dot of a port, as the `d` of an SVG path. */
export function portPath({ x, y }: Port): string {
  return `M${x - PORT_RADIUS},${y}a${PORT_RADIUS},${PORT_RADIUS} 0 1 0 ${PORT_RADIUS * 2},0a${PORT_RADIUS},${PORT_RADIUS} 0 1 0 ${-PORT_RADIUS * 2},0`
}

/** The middle of the curve that `routePath` draws. */
export function routeMiddle({ from, to }: Route): Point {
  const reach = Math.max(LEAST_REACH, Math.hypot(to.x - from.x, to.y - from.y) * 0.38)
  const a = ahead(from, reach)
  const b = ahead(to, reach)
  return { x: (from.x + 3 * a.x + 3 * b.x + to.x) / 8, y: (from.y + 3 * a.y + 3 * b.y + to.y) / 8 }
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
