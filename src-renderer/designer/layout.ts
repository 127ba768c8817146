import type { NodeOutline, ObjectId, Outline, OutlineObject, RackOutline, SwitchOutline } from '#renderer/stores/outline'

import { bounds, GRID, overlap, type Box, type Point } from './geometry'
import type { PodPlaces } from './pods'
import { LAYOUT_GAP, MOST_POD_ROWS, NODE_CARD, NOTE_CARD, POD_PADDING, POD_ROW, RACK_MINIMUM, RACK_PADDING, SMALL_CARD } from './sizes'

/** Where everything is drawn, by id. Racks are as large as what stands in them needs. */
export type Boxes = ReadonlyMap<ObjectId, Box>

interface Size {
  readonly width: number
  readonly height: number
}

/** A card to place. */
interface Piece extends Size {
  readonly id: ObjectId
}

/** A rack, or what stands on the floor around one switch: laid out as a whole, row below row. */
interface Cell {
  readonly rack: RackOutline | undefined
  readonly rows: readonly (readonly Piece[])[]
}

const NODES_PER_ROW = 3
const ROOM_KEPT_FREE = GRID
const CELL_GAP = LAYOUT_GAP.x * 2
const CELLS_IN_ONE_ROW = 4
/** Width to height of what a window shows of the canvas. */
const WINDOW_RATIO = 1.8

/**
 * Finds a place for everything. What the document places stays there; of the rest, what `remembered` knows stays where
 * it was drawn last, so that an edit moves nothing else; what is left is laid out by role: external hosts above spines
 * above racks, top-of-rack switches above their nodes.
 */
export function layoutLab(outline: Outline, pods: PodPlaces, remembered: Boxes): Boxes {
  const pieces = piecesOf(outline, pods)
  const cells = cellsOf(outline, pieces)
  const floor = new Floor(knownPlaces(outline, remembered), pieces.values())

  const inCells = new Set(cells.flatMap((cell) => cell.rows.flat().map(({ id }) => id)))
  const spines = outline.switches.filter(({ id }) => !inCells.has(id))
  let y = 0
  for (const row of [outline.external, spines]) {
    if (row.length === 0) continue
    floor.placeRow(row.map(({ id }) => pieces.get(id)!), { x: 0, y })
    y += SMALL_CARD.height + LAYOUT_GAP.y * 2
  }
  floor.placeCells(cells, y, outline)

  // Workloads that no node runs stand below everything else, where they are seen.
  const homeless = pods.homeless.map(({ id }) => pieces.get(id)!)
  floor.placeRow(homeless, { x: 0, y: floor.bottom() + LAYOUT_GAP.y })
  return floor.boxes
}

/** How tall a node with so many groups of pods is. */
export function nodeHeight(podGroups: number): number {
  return NODE_CARD.height + (podGroups === 0 ? 0 : POD_PADDING + Math.min(podGroups, MOST_POD_ROWS) * POD_ROW)
}

function piecesOf(outline: Outline, pods: PodPlaces): ReadonlyMap<ObjectId, Piece> {
  const small = [...outline.switches, ...outline.external, ...pods.homeless].map(({ id }) => ({ id, ...SMALL_CARD }))
  const nodes = outline.nodes.map(({ id }) => ({
    id, width: NODE_CARD.width, height: nodeHeight(pods.onNode.get(id)?.length ?? 0),
  }))
  const notes = outline.notes.map(({ id, placement }) => ({ id, ...NOTE_CARD, ...sizeOf(placement) }))
  return new Map([...small, ...nodes, ...notes].map((piece) => [piece.id, piece]))
}

/** The places that the document gives or that were remembered. */
function knownPlaces(outline: Outline, remembered: Boxes): ReadonlyMap<ObjectId, Point> {
  const { places } = outline
  const given: (readonly [OutlineObject, Point | undefined])[] = [
    ...outline.racks.map((item) => [item, places.racks.get(item.name)] as const),
    ...outline.switches.map((item) => [item, places.switches.get(item.name)] as const),
    ...outline.nodes.map((item) => [item, places.nodes.get(item.name)] as const),
    ...outline.external.map((item) => [item, places.external.get(item.name)] as const),
    ...outline.workloads.map((item) => [item, places.workloads.get(`${item.namespace}/${item.name}`)] as const),
    ...outline.notes.map((item) => [item, item.placement] as const),
  ]
  return new Map(given.flatMap(([{ id }, place]) => {
    const at = place ?? remembered.get(id)
    return at === undefined ? [] : [[id, { x: at.x, y: at.y }]]
  }))
}

/** Racks in their order, then one cell per switch on the floor with its nodes, then nodes without either. */
function cellsOf(outline: Outline, pieces: ReadonlyMap<ObjectId, Piece>): readonly Cell[] {
  const rackOf = ({ rack }: { readonly rack: string | undefined }): RackOutline | undefined =>
    outline.racks.find(({ name }) => name === rack)
  const cell = (rack: RackOutline | undefined, switches: readonly SwitchOutline[], nodes: readonly NodeOutline[]): Cell => ({
    rack, rows: rowsOf(switches.map(({ id }) => pieces.get(id)!), nodes.map(({ id }) => pieces.get(id)!)),
  })

  const racked = outline.racks.map((rack) =>
    cell(rack, outline.switches.filter((item) => rackOf(item) === rack), outline.nodes.filter((item) => rackOf(item) === rack)))
  const tors = outline.switches.filter((item) => item.role === 'tor' && rackOf(item) === undefined)
  const loose = outline.nodes.filter((item) => rackOf(item) === undefined)
  const torOf = (node: NodeOutline): SwitchOutline | undefined =>
    tors.find((tor) => outline.links.some(({ ends: [a, b] }) => a === node.id && b === tor.id))
  const grouped = tors.map((tor) => cell(undefined, [tor], loose.filter((node) => torOf(node) === tor)))
  const alone = cell(undefined, [], loose.filter((node) => torOf(node) === undefined))
  return [...racked, ...grouped, ...(alone.rows.length > 0 ? [alone] : [])]
}

function rowsOf(switches: readonly Piece[], nodes: readonly Piece[]): readonly (readonly Piece[])[] {
  const perRow = Math.max(1, Math.min(NODES_PER_ROW, Math.ceil(Math.sqrt(nodes.length))))
  const nodeRows = Array.from({ length: Math.ceil(nodes.length / perRow) }, (_, row) =>
    nodes.slice(row * perRow, (row + 1) * perRow))
  return [switches, ...nodeRows].filter((row) => row.length > 0)
}

/** The floor while it fills. What has a place already is on it from the start, so that nothing is put on top of it. */
class Floor {
  readonly boxes = new Map<ObjectId, Box>()
  readonly #known: ReadonlyMap<ObjectId, Point>
  readonly #racks = new Set<ObjectId>()

  constructor(known: ReadonlyMap<ObjectId, Point>, pieces: Iterable<Piece>) {
    this.#known = known
    for (const { id, width, height } of pieces) {
      const at = known.get(id)
      if (at !== undefined) this.boxes.set(id, { ...at, width, height })
    }
  }

  bottom(): number {
    return Math.max(0, ...[...this.boxes.values()].map((box) => box.y + box.height))
  }

  /** Lays a row out around `middle.x`, from `middle.y` down. */
  placeRow(row: readonly Piece[], middle: Point): void {
    let x = toGrid(middle.x - rowWidth(row) / 2)
    for (const { id, width, height } of row) {
      if (!this.boxes.has(id)) this.boxes.set(id, this.#free({ x, y: middle.y, width, height }, false))
      x += width + LAYOUT_GAP.x
    }
  }

  /** Lays cells out in as many rows as make them about as wide as a window is. */
  placeCells(cells: readonly Cell[], top: number, outline: Outline): void {
    const sized = cells.map((cell) => ({ cell, size: cellSize(cell, cell.rack && outline.places.racks.get(cell.rack.name)) }))
    let y = top
    for (const row of rowsOfCells(sized)) {
      let x = toGrid(-rowWidth(row.map(({ size }) => size), CELL_GAP) / 2)
      for (const { cell, size } of row) {
        const placement = cell.rack && outline.places.racks.get(cell.rack.name)
        this.#placeCell(cell, size, { ...RACK_MINIMUM, ...sizeOf(placement ?? {}) }, { x, y })
        x += size.width + CELL_GAP
      }
      y += Math.max(...row.map(({ size }) => size.height)) + CELL_GAP
    }
  }

  /** `size` is what laying the cell out takes; a rack that has its place is as large as given, or its members need. */
  #placeCell({ rack, rows }: Cell, size: Size, given: Size, slot: Point): void {
    const known = rack && this.#known.get(rack.id)
    const members = rows.flat()
    const settled = members.some(({ id }) => this.boxes.has(id))
    const own = known === undefined
      ? { ...size, ...(settled ? slot : this.#free({ ...size, ...slot }, true)) }
      : { ...given, ...known }

    let y = own.y + (rack === undefined ? 0 : RACK_PADDING.top)
    for (const row of rows) {
      this.placeRow(row, { x: own.x + own.width / 2, y })
      y += Math.max(...row.map(({ height }) => height)) + LAYOUT_GAP.y
    }
    if (rack === undefined) return
    const around = members.map(({ id }) => withRackPadding(this.boxes.get(id)!))
    this.boxes.set(rack.id, atLeast(bounds(settled && known === undefined ? around : [own, ...around])!))
    this.#racks.add(rack.id)
  }

  /** The first place to the right of a box's own where it covers nothing; racks count only for other racks. */
  #free(box: Box, asRack: boolean): Box {
    let { x } = box
    for (;;) {
      const inTheWay = [...this.boxes].find(([id, other]) =>
        (asRack || !this.#racks.has(id)) && overlap(other, { ...box, x }, ROOM_KEPT_FREE))
      if (inTheWay === undefined) return { ...box, x }
      x = toGrid(inTheWay[1].x + inTheWay[1].width + LAYOUT_GAP.x)
    }
  }
}

/** Cuts a list of cells into rows of much the same number, few cells in one. */
function rowsOfCells<Sized extends { readonly size: Size }>(cells: readonly Sized[]): readonly (readonly Sized[])[] {
  const area = cells.reduce((sum, { size }) => sum + (size.width + CELL_GAP) * (size.height + CELL_GAP), 0)
  const width = rowWidth(cells.map(({ size }) => size), CELL_GAP)
  const rows = cells.length <= CELLS_IN_ONE_ROW ? 1 : Math.max(1, Math.round(width / Math.sqrt(area * WINDOW_RATIO)))
  const perRow = Math.ceil(cells.length / rows)
  return Array.from({ length: Math.ceil(cells.length / perRow) }, (_, row) => cells.slice(row * perRow, (row + 1) * perRow))
}

function cellSize({ rack, rows }: Cell, placement: Partial<Size> | undefined): Size {
  const width = Math.max(0, ...rows.map((row) => rowWidth(row)))
  const height = rows.reduce((sum, row) => sum + Math.max(...row.map((piece) => piece.height)) + LAYOUT_GAP.y, -LAYOUT_GAP.y)
  if (rack === undefined) return { width, height }
  return {
    width: Math.max(placement?.width ?? RACK_MINIMUM.width, width + RACK_PADDING.side * 2),
    height: Math.max(placement?.height ?? RACK_MINIMUM.height, height + RACK_PADDING.top + RACK_PADDING.bottom),
  }
}

function rowWidth(row: readonly Size[], gap: number = LAYOUT_GAP.x): number {
  return row.reduce((sum, { width }) => sum + width + gap, -gap)
}

function withRackPadding(box: Box): Box {
  const { top, side, bottom } = RACK_PADDING
  return { x: box.x - side, y: box.y - top, width: box.width + side * 2, height: box.height + top + bottom }
}

function atLeast(box: Box): Box {
  return { ...box, width: Math.max(box.width, RACK_MINIMUM.width), height: Math.max(box.height, RACK_MINIMUM.height) }
}

function toGrid(value: number): number {
  return Math.round(value / GRID) * GRID
}

function sizeOf({ width, height }: Partial<Size>): Partial<Size> {
  return { ...(width === undefined ? {} : { width }), ...(height === undefined ? {} : { height }) }
}
