/** A place on the canvas, in pixels at zoom 1. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** A rectangle on the canvas: its top left corner and its size. */
export interface Box extends Point {
  readonly width: number
  readonly height: number
}

/** A side of a box. */
export type Side = 'top' | 'right' | 'bottom' | 'left'

/** The distance that things are aligned to, in pixels. */
export const GRID = 8

/** The nearest point of the grid. */
export function snap({ x, y }: Point): Point {
  return { x: Math.round(x / GRID) * GRID, y: Math.round(y / GRID) * GRID }
}

/** The middle of a box. */
export function centre(box: Box): Point {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

/** Whether a point lies in a box, its edges included. */
export function contains(box: Box, { x, y }: Point): boolean {
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height
}

/** Whether a box lies in another as a whole. */
export function covers(outer: Box, { x, y, width, height }: Box): boolean {
  return contains(outer, { x, y }) && contains(outer, { x: x + width, y: y + height })
}

/** A rectangle of the window as one of the canvas, which the window shows moved by so many pixels and scaled. */
export function onCanvas({ x, y, width, height }: Box, view: Point & { readonly zoom: number }): Box {
  const { zoom } = view
  return { x: (x - view.x) / zoom, y: (y - view.y) / zoom, width: width / zoom, height: height / zoom }
}

/** Whether two boxes have more than an edge in common once `gap` is kept free around them. */
export function overlap(a: Box, b: Box, gap = 0): boolean {
  return (
    a.x < b.x + b.width + gap && b.x < a.x + a.width + gap && a.y < b.y + b.height + gap && b.y < a.y + a.height + gap
  )
}

/** The smallest box around all boxes; undefined when there are none. */
export function bounds(boxes: readonly Box[]): Box | undefined {
  if (boxes.length === 0) return undefined
  const x = Math.min(...boxes.map((box) => box.x))
  const y = Math.min(...boxes.map((box) => box.y))
  const right = Math.max(...boxes.map((box) => box.x + box.width))
  const bottom = Math.max(...boxes.map((box) => box.y + box.height))
  return { x, y, width: right - x, height: bottom - y }
}
