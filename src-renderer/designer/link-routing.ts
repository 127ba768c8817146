import type { ObjectId } from '#renderer/stores/outline'

import { centre, type Box, type Point, type Side } from './geometry'
import type { Boxes } from './layout'

/** Where a line meets a card: a port on one of its sides. */
export interface Port extends Point {
  readonly side: Side
}

/** A drawn line: its ends, in the order of the link's ends, and the points that it is led through on its way. */
export interface Route {
  readonly from: Port
  readonly to: Port
  readonly bends?: readonly Point[]
}

/** What is routed: a link or a relation. */
interface Routed {
  readonly id: string
  readonly ends: readonly [ObjectId, ObjectId]
  readonly bends?: readonly Point[]
}

/** Room between ports side by side, in pixels. */
const PORT_PITCH = 20
/** Room kept free at the corners of a card. */
const CORNER = 12
/** How far lines side by side must be apart to count as that. */
const LEAST_REACH = 20

/** One end of one link, before its port is known. */
interface Ending {
  readonly link: string
  readonly end: 0 | 1
  readonly side: Side
  /** Where along the side it would like to be. */
  readonly wish: number
}

/**
 * Finds the ports of all links. A line leaves a card on the side that faces the other end; lines on one side are spread
 * in the order of their other ends, so that they do not cross each other there.
 */
export function routeLinks(links: readonly Routed[], boxes: Boxes): ReadonlyMap<string, Route> {
  const endings = new Map<ObjectId, Ending[]>()
  const drawn = links.filter(({ ends }) => boxes.has(ends[0]) && boxes.has(ends[1]) && ends[0] !== ends[1])
  for (const link of drawn) {
    const [a, b] = [boxes.get(link.ends[0])!, boxes.get(link.ends[1])!]
    const bends = link.bends ?? []
    push(endings, link.ends[0], { link: link.id, end: 0, ...facing(a, bends.length > 0 ? boxAt(bends[0]!) : b) })
    push(endings, link.ends[1], { link: link.id, end: 1, ...facing(b, bends.length > 0 ? boxAt(bends.at(-1)!) : a) })
  }

  const ports = new Map<string, Port>()
  for (const [id, list] of endings) {
    for (const side of ['top', 'right', 'bottom', 'left'] as const) {
      const here = list.filter((ending) => ending.side === side).sort((a, b) => a.wish - b.wish)
      here.forEach(({ link, end }, index) => ports.set(`${end} ${link}`, portAt(boxes.get(id)!, side, index, here.length)))
    }
  }
  return new Map(drawn.map(({ id, bends = [] }) => {
    const ends = { from: ports.get(`0 ${id}`)!, to: ports.get(`1 ${id}`)! }
    return [id, bends.length === 0 ? ends : { ...ends, bends }]
  }))
}

function boxAt({ x, y }: Point): Box {
  return { x, y, width: 0, height: 0 }
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
