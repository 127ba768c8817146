import type { CustomSeriesOption } from 'echarts/charts'

import type { VariantStyle } from './variant-style'

/** Draws one item of a custom series. */
export type RenderItem = NonNullable<CustomSeriesOption['renderItem']>

/** Something that a custom series draws. */
export type Element = NonNullable<ReturnType<RenderItem>>

/** A point in pixels. */
export type Point = [x: number, y: number]

/** Where a plot is, pixels. */
export interface PlotArea {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The plot that a series is drawn on. ECharts types what every coordinate system has; that of charts here is a grid. */
export function plotArea({ coordSys }: Parameters<RenderItem>[0]): PlotArea {
  return coordSys as unknown as PlotArea
}

/** Where values are on the plot. ECharts types as many numbers as some coordinate system has; a grid has two. */
export function pointAt(api: Parameters<RenderItem>[1], values: readonly [number, number]): Point {
  return api.coord([...values]) as Point
}

/** Outlines of markers in a square from −1 to 1, corner by corner; the round one is not a polygon. */
const outlines: Readonly<Record<Exclude<VariantStyle['marker'], 'circle' | 'roundRect'>, readonly Point[]>> = {
  triangle: [[0, -1], [1, 0.85], [-1, 0.85]],
  rect: [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]],
  diamond: [[0, -1.1], [1.1, 0], [0, 1.1], [-1.1, 0]],
  arrow: [[0, -1], [0.9, 1], [0, 0.5], [-0.9, 1]],
  pin: [[0, 1], [-1, -0.85], [1, -0.85]],
}

/** A variant's marker, filled, `size` pixels wide, in the middle of `at`. */
export function markerElement(marker: VariantStyle['marker'], [x, y]: Point, size: number, fill: string): Element {
  const half = size / 2
  if (marker === 'circle') return { type: 'circle', shape: { cx: x, cy: y, r: half }, style: { fill } }
  if (marker === 'roundRect') {
    return { type: 'rect', shape: { x: x - half, y: y - half, width: size, height: size, r: half / 1.6 }, style: { fill } }
  }
  const points = outlines[marker].map(([px, py]): Point => [x + px * half, y + py * half])
  return { type: 'polygon', shape: { points }, style: { fill } }
}

/** A variant's marker as ECharts names symbols; those that it draws another way, or off their point, as a path. */
export function markerSymbol(marker: VariantStyle['marker']): string {
  if (marker !== 'arrow' && marker !== 'pin') return marker
  return `path://M${outlines[marker].map((point) => point.join(' ')).join('L')}Z`
}

/** A line between two points. */
export function lineElement([x1, y1]: Point, [x2, y2]: Point, stroke: string, lineWidth = 1): Element {
  return { type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke, lineWidth } }
}

/**
 * A level whisker within a frame: where it ends inside there is a cap of `cap` pixels, where it goes on beyond the frame an
 * arrow. All places are pixels.
 */
export function reachElements(
  { y, from, to, start, end }: { readonly y: number; readonly from: number; readonly to: number; readonly start: number; readonly end: number },
  cap: number,
  stroke: string,
): Element[] {
  const half = cap / 2
  const endAt = (x: number, edge: number, inwards: 1 | -1): Element[] => {
    const goesOn = inwards > 0 ? x < edge : x > edge
    if (!goesOn) return [lineElement([x, y - half], [x, y + half], stroke)]
    const back = edge + inwards * half
    return [lineElement([edge, y], [back, y - half], stroke), lineElement([edge, y], [back, y + half], stroke)]
  }
  return [lineElement([Math.max(from, start), y], [Math.min(to, end), y], stroke), ...endAt(from, start, 1), ...endAt(to, end, -1)]
}

/** A whisker from one point to the other with caps across its ends, `cap` pixels long. */
export function whiskerElements(from: Point, to: Point, cap: number, stroke: string): Element[] {
  const half = cap / 2
  const upright = Math.abs(from[0] - to[0]) < Math.abs(from[1] - to[1])
  const capAt = ([x, y]: Point): Element =>
    upright ? lineElement([x - half, y], [x + half, y], stroke) : lineElement([x, y - half], [x, y + half], stroke)
  return [lineElement(from, to, stroke), capAt(from), capAt(to)]
}
