import type { NodeOutline, ObjectId, Outline, OutlineObject, RackOutline, SwitchOutline } from '#renderer/stores/outline'
import type { Placement } from '#shared/lab/index'

import { bounds, GRID, overlap, type Box, type Point } from './geometry'
import { groupedBy } from './grouped-by'
import type { PodPlaces } from './pods'
import { contentOf, type Scene } from './scene'
import { BADGE, GROUP_PADDING, LAYOUT_GAP, MOST_POD_ROWS, NODE_CARD, NOTE_CARD, POD_PADDING, POD_ROW, RACK_MINIMUM, RACK_PADDING, SHAPE, SMALL_CARD } from './sizes'

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

/** A rack or namespace that is drawn around what it holds. */
interface Container {
  readonly id: ObjectId
  readonly placement: Placement | undefined
}

/** A container, or what stands on the floor around one switch: laid out as a whole, row below row. */
interface Cell {
  readonly container: Container | undefined
  readonly rows: readonly (readonly Piece[])[]
}

const NODES_PER_ROW = 3
const OBJECTS_PER_ROW = 4
/** Of workloads that no node runs, where they are few; many are laid out in about a square. */
const HOMELESS_PER_ROW = 8
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
export function layoutLab(outline: Outline, pods: PodPlaces, remembered: Boxes, scene?: Pick<Scene, 'collapsed' | 'frames'>): Boxes {
  const { collapsed = new Set<ObjectId>(), frames = [] } = scene ?? {}
  const badges = new Set(collapsed)
  const pieces = piecesOf(outline, pods, badges)
  const cells = rackCells(outline, pieces, badges)
  const floor = new Floor(knownPlaces(outline, remembered, badges), pieces.values())

  const inCells = new Set(cells.flatMap((cell) => cell.rows.flat().map(({ id }) => id)))
  const spines = outline.switches.filter(({ id }) => !inCells.has(id))
  let y = 0
  for (const row of [outline.external, spines]) {
    if (row.length === 0) continue
    floor.placeRow(row.map(({ id }) => pieces.get(id)!), { x: 0, y })
    y += SMALL_CARD.height + LAYOUT_GAP.y * 2
  }
  const badged = [...outline.racks, ...outline.groups].filter(({ id }) => badges.has(id))
  if (badged.length > 0) {
    floor.placeRow(badged.map(({ id }) => pieces.get(id)!), { x: 0, y })
    y += BADGE.height + LAYOUT_GAP.y * 2
  }
  floor.placeCells(cells, y)

  // What is logical stands below what is physical, and what no node runs below everything else, where it is seen.
  const clusterWide = outline.policies.filter(({ namespace }) => namespace === undefined).map(({ id }) => pieces.get(id)!)
  floor.placeRow(clusterWide, { x: 0, y: floor.bottom() + LAYOUT_GAP.y })
  floor.placeCells(namespaceCells(outline, frames, pieces, badges), floor.bottom() + LAYOUT_GAP.y)
  const framed = new Set(frames.map(({ name }) => name))
  const homeless = pods.homeless.filter(({ namespace }) => !framed.has(namespace)).map(({ id }) => pieces.get(id)!)
  for (const row of inRows(homeless, Math.max(HOMELESS_PER_ROW, Math.ceil(Math.sqrt(homeless.length))))) {
    floor.placeRow(row, { x: 0, y: floor.bottom() + LAYOUT_GAP.y })
  }
  floor.placeGroups(outline.groups.filter(({ id }) => !badges.has(id)))
  return floor.boxes
}

/** How tall a node with so many groups of pods is. */
export function nodeHeight(podGroups: number): number {
  return NODE_CARD.height + (podGroups === 0 ? 0 : POD_PADDING + Math.min(podGroups, MOST_POD_ROWS) * POD_ROW)
}

function piecesOf(outline: Outline, pods: PodPlaces, badges: ReadonlySet<ObjectId>): ReadonlyMap<ObjectId, Piece> {
  const { switches, external, workloads, services, policies } = outline
  const small = [...switches, ...external, ...workloads, ...services, ...policies].map(({ id }) => ({ id, ...SMALL_CARD }))
  const nodes = outline.nodes.map(({ id }) => ({
    id, width: NODE_CARD.width, height: nodeHeight(pods.onNode.get(id)?.length ?? 0),
  }))
  const notes = outline.notes.map(({ id, placement }) => ({ id, ...NOTE_CARD, ...sizeOf(placement) }))
  const shapes = outline.shapes.map(({ id, placement }) => ({ id, ...SHAPE, ...sizeOf(placement) }))
  const collapsed = [...badges].map((id) => ({ id, ...BADGE }))
  return new Map([...small, ...nodes, ...notes, ...shapes, ...collapsed].map((piece) => [piece.id, piece]))
}

/** The places that the document gives or that were remembered. A collapsed group is where its first member was. */
function knownPlaces(outline: Outline, remembered: Boxes, badges: ReadonlySet<ObjectId>): ReadonlyMap<ObjectId, Point> {
  const { places } = outline
  const object = (item: OutlineObject): readonly [OutlineObject, Point | undefined] =>
    [item, 'name' in item.element ? places.objects.get(item.element.name) : undefined]
  const given: (readonly [OutlineObject, Point | undefined])[] = [
    ...outline.racks.map((item) => [item, places.racks.get(item.name)] as const),
    ...outline.namespaces.map((item) => [item, places.namespaces.get(item.name)] as const),
    ...outline.switches.map((item) => [item, places.switches.get(item.name)] as const),
    ...outline.nodes.map((item) => [item, places.nodes.get(item.name)] as const),
    ...outline.external.map((item) => [item, places.external.get(item.name)] as const),
    ...outline.workloads.map((item) => [item, places.workloads.get(`${item.namespace}/${item.name}`)] as const),
    ...[...outline.services, ...outline.policies].map(object),
    ...[...outline.notes, ...outline.shapes].map((item) => [item, item.placement] as const),
    ...outline.groups.filter(({ id }) => badges.has(id)).map((item) => [item, groupPlace(item.members, outline, remembered)] as const),
  ]
  return new Map(given.flatMap(([{ id }, place]) => {
    const at = place ?? remembered.get(id)
    return at === undefined ? [] : [[id, { x: at.x, y: at.y }]]
  }))
}

function groupPlace(members: readonly ObjectId[], { byId, places }: Outline, remembered: Boxes): Point | undefined {
  const points = members.flatMap((id): Point[] => {
    const { kind, name } = byId.get(id) ?? {}
    const given = kind === 'switch' ? places.switches : kind === 'node' ? places.nodes : places.external
    const place = given.get(name ?? '') ?? remembered.get(id)
    return place === undefined ? [] : [place]
  })
  return points.length === 0 ? undefined : { x: Math.min(...points.map(({ x }) => x)), y: Math.min(...points.map(({ y }) => y)) }
}

/** Racks in their order, then one cell per switch on the floor with its nodes, then nodes without either. */
function rackCells(outline: Outline, pieces: ReadonlyMap<ObjectId, Piece>, badges: ReadonlySet<ObjectId>): readonly Cell[] {
  const byName = new Map<string | undefined, RackOutline>([...outline.racks].reverse().map((rack) => [rack.name, rack]))
  const cell = (rack: RackOutline | undefined, switches: readonly SwitchOutline[], nodes: readonly NodeOutline[]): Cell => ({
    container: rack && { id: rack.id, placement: outline.places.racks.get(rack.name) },
    rows: rowsOf(switches.map(({ id }) => pieces.get(id)!), nodes.map(({ id }) => pieces.get(id)!)),
  })

  const switchesIn = groupedBy(outline.switches, ({ rack }) => byName.get(rack))
  const nodesIn = groupedBy(outline.nodes, ({ rack }) => byName.get(rack))
  const racked = outline.racks.filter(({ id }) => !badges.has(id))
    .map((rack) => cell(rack, switchesIn.get(rack) ?? [], nodesIn.get(rack) ?? []))
  const tors = (switchesIn.get(undefined) ?? []).filter(({ role }) => role === 'tor')
  const torIds = new Map<ObjectId, SwitchOutline>(tors.map((tor) => [tor.id, tor]))
  const torOf = new Map<ObjectId, SwitchOutline>()
  for (const { ends: [a, b] } of outline.links) {
    const tor = torIds.get(b)
    if (tor !== undefined && !torOf.has(a)) torOf.set(a, tor)
  }
  const loose = groupedBy(nodesIn.get(undefined) ?? [], ({ id }) => torOf.get(id))
  const grouped = tors.map((tor) => cell(undefined, [tor], loose.get(tor) ?? []))
  const alone = cell(undefined, [], loose.get(undefined) ?? [])
  return [...racked, ...grouped, ...(alone.rows.length > 0 ? [alone] : [])]
}

/** A cell per namespace that has a frame: services above workloads above policies. */
function namespaceCells(
  outline: Outline, frames: Scene['frames'], pieces: ReadonlyMap<ObjectId, Piece>, badges: ReadonlySet<ObjectId>,
): readonly Cell[] {
  return frames.map(({ id, name }): Cell => {
    const container = { id, placement: outline.places.namespaces.get(name) }
    if (badges.has(id)) return { container: undefined, rows: [[pieces.get(id)!]] }
    const content = contentOf(outline, name)
    const rows = (['service', 'workload', 'policy'] as const).flatMap((kind) =>
      inRows(content.filter((item) => item.kind === kind).map((item) => pieces.get(item.id)!), OBJECTS_PER_ROW))
    return { container, rows }
  })
}

function inRows(pieces: readonly Piece[], perRow: number): readonly (readonly Piece[])[] {
  return Array.from({ length: Math.ceil(pieces.length / perRow) }, (_, row) => pieces.slice(row * perRow, (row + 1) * perRow))
}

function rowsOf(switches: readonly Piece[], nodes: readonly Piece[]): readonly (readonly Piece[])[] {
  // A few stand side by side, so that no line runs behind a card; more in about a square.
  const perRow = Math.max(1, Math.min(NODES_PER_ROW, nodes.length <= NODES_PER_ROW ? nodes.length : Math.ceil(Math.sqrt(nodes.length))))
  return [switches, ...inRows(nodes, perRow)].filter((row) => row.length > 0)
}

/** The floor while it fills. What has a place already is on it from the start, so that nothing is put on top of it. */
class Floor {
  readonly boxes = new Map<ObjectId, Box>()
  readonly #known: ReadonlyMap<ObjectId, Point>
  readonly #containers = new Set<ObjectId>()

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
  placeCells(cells: readonly Cell[], top: number): void {
    const sized = cells.map((cell) => ({ cell, size: cellSize(cell) }))
    let y = top
    for (const row of rowsOfCells(sized)) {
      let x = toGrid(-rowWidth(row.map(({ size }) => size), CELL_GAP) / 2)
      for (const { cell, size } of row) {
        this.#placeCell(cell, size, { ...RACK_MINIMUM, ...sizeOf(cell.container?.placement ?? {}) }, { x, y })
        x += size.width + CELL_GAP
      }
      y += Math.max(...row.map(({ size }) => size.height)) + CELL_GAP
    }
  }

  /** Draws groups around their members. */
  placeGroups(groups: readonly { readonly id: ObjectId; readonly members: readonly ObjectId[] }[]): void {
    const { top, side, bottom } = GROUP_PADDING
    for (const { id, members } of groups) {
      const around = bounds(members.flatMap((member) => this.boxes.get(member) ?? []))
      if (around === undefined) continue
      const { x, y, width, height } = around
      this.boxes.set(id, { x: x - side, y: y - top, width: width + side * 2, height: height + top + bottom })
    }
  }

  /** `size` is what laying the cell out takes; a container that has its place is as large as given, or its members need. */
  #placeCell({ container, rows }: Cell, size: Size, given: Size, slot: Point): void {
    const known = container && this.#known.get(container.id)
    const members = rows.flat()
    const settled = members.some(({ id }) => this.boxes.has(id))
    const own = known === undefined
      ? { ...size, ...(settled ? slot : this.#free({ ...size, ...slot }, true)) }
      : { ...given, ...known }

    let y = own.y + (container === undefined ? 0 : RACK_PADDING.top)
    for (const row of rows) {
      this.placeRow(row, { x: own.x + own.width / 2, y })
      y += Math.max(...row.map(({ height }) => height)) + LAYOUT_GAP.y
    }
    if (container === undefined) return
    const around = members.map(({ id }) => withRackPadding(this.boxes.get(id)!))
    this.boxes.set(container.id, atLeast(bounds(settled && known === undefined ? around : [own, ...around])!))
    this.#containers.add(container.id)
  }

  /** The first place to the right of a box's own where it covers nothing; racks count only for other racks. */
  #free(box: Box, asRack: boolean): Box {
    let { x } = box
    for (;;) {
      const inTheWay = [...this.boxes].find(([id, other]) =>
        !id.startsWith('shape:') && (asRack || !this.#containers.has(id)) && overlap(other, { ...box, x }, ROOM_KEPT_FREE))
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

function cellSize({ container, rows }: Cell): Size {
  const width = Math.max(0, ...rows.map((row) => rowWidth(row)))
  const height = rows.reduce((sum, row) => sum + Math.max(...row.map((piece) => piece.height)) + LAYOUT_GAP.y, rows.length === 0 ? 0 : -LAYOUT_GAP.y)
  if (container === undefined) return { width, height }
  const { placement } = container
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
