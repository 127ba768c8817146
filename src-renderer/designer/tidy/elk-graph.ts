import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api'

import type { ObjectId } from '#renderer/stores/outline'

import type { CanvasItem, CanvasModel } from '../canvas-elements'
import type { Point } from '../geometry'
import { LAYOUT_GAP, RACK_PADDING } from '../sizes'

/** The order of tiers from top to bottom: lines are laid out as running from a lower number to a higher one. */
const TIERS: Readonly<Partial<Record<CanvasItem['kind'], number>>> = {
  external: 0, switch: 2, node: 3, service: 0, policy: 0, workload: 1,
}
const SPINE_TIER = 1

const padding = `[top=${RACK_PADDING.top},left=${RACK_PADDING.side},bottom=${RACK_PADDING.bottom},right=${RACK_PADDING.side}]`

/** Layered from top to bottom, across the borders of containers (the option names are ELK's own). */
const OPTIONS: Readonly<Record<string, string>> = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.spacing.nodeNode': String(LAYOUT_GAP.x),
  'elk.spacing.componentComponent': String(LAYOUT_GAP.y * 2),
  'elk.layered.spacing.nodeNodeBetweenLayers': String(LAYOUT_GAP.y + 16),
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.aspectRatio': '1.8',
}

/** What a canvas shows as a graph for ELK. Notes, shapes and what is locked stay where they are, so they are left out. */
export function elkGraph({ items, links, relations }: CanvasModel, only?: ReadonlySet<ObjectId>): ElkNode {
  const laidOut = items.filter((item) => item.kind !== 'note' && item.kind !== 'shape' && !item.locked && isMeant(item, only))
  const nodes = new Map<string, ElkNode>(laidOut.map((item) => [item.id, nodeOf(item)]))
  const roots: ElkNode[] = []
  for (const item of laidOut) {
    const node = nodes.get(item.id)!
    const parent = item.rack === undefined ? undefined : nodes.get(item.rack)
    if (parent === undefined || isOpenGroup(item.rack, items)) roots.push(node)
    else (parent.children ??= []).push(node)
  }
  const tiers = new Map<ObjectId, number>(laidOut.map((item) => [item.id, tierOf(item)]))
  const edges = [...links, ...relations.filter(({ kind }) => kind === 'service' || kind === 'policy')]
    .filter(({ ends: [a, b] }) => nodes.has(a) && nodes.has(b))
    .map(({ id, ends: [a, b] }): ElkExtendedEdge =>
      ({ id, ...((tiers.get(a) ?? 0) <= (tiers.get(b) ?? 0) ? { sources: [a], targets: [b] } : { sources: [b], targets: [a] }) }))
  const drawn = roots.filter(({ id }) => !isOpenGroup(id, items))
  return { id: 'root', layoutOptions: { ...OPTIONS }, ...inTwoParts(drawn, edges) }
}

/** What is logical goes below what is physical: two boxes around them, one under the other. */
function inTwoParts(children: readonly ElkNode[], edges: readonly ElkExtendedEdge[]): Pick<ElkNode, 'children' | 'edges'> {
  const logical = children.filter(({ id }) => LOGICAL.test(id))
  const physical = children.filter(({ id }) => !LOGICAL.test(id))
  if (logical.length === 0 || physical.length === 0) return { children: [...children], edges: [...edges] }
  const part = (id: string, inside: ElkNode[]): ElkNode => ({ id, children: inside, layoutOptions: { 'elk.padding': '[top=0,left=0,bottom=0,right=0]' } })
  return {
    children: [part('physical', physical), part('logical', logical)],
    edges: [...edges, { id: 'order', sources: ['physical'], targets: ['logical'] }],
  }
}

const LOGICAL = /^(namespace|workload|service|policy):/u

/** The places that ELK found, in pixels of the canvas. */
export function placesOf(graph: ElkNode, origin: Point = { x: 0, y: 0 }): ReadonlyMap<ObjectId, Point> {
  return new Map((graph.children ?? []).flatMap((child) => {
    const at = { x: origin.x + (child.x ?? 0), y: origin.y + (child.y ?? 0) }
    return [...(child.id.includes(':') ? [[child.id as ObjectId, at] as const] : []), ...placesOf(child, at)]
  }))
}

function nodeOf({ id, kind, box }: CanvasItem): ElkNode {
  const isContainer = kind === 'rack' || kind === 'namespace'
  return isContainer
    ? { id, width: box.width, height: box.height, layoutOptions: { 'elk.padding': padding } }
    : { id, width: box.width, height: box.height }
}

function tierOf(item: CanvasItem): number {
  return item.kind === 'switch' && item.spine ? SPINE_TIER : (TIERS[item.kind] ?? 0)
}

/** With a selection, what is selected and what stands in it. */
function isMeant({ id, rack }: CanvasItem, only: ReadonlySet<ObjectId> | undefined): boolean {
  return only === undefined || only.has(id) || (rack !== undefined && only.has(rack))
}

/** A group that is drawn in full has no place of its own: it is where its members are. */
function isOpenGroup(id: string | undefined, items: readonly CanvasItem[]): boolean {
  return id?.startsWith('group:') === true && items.some((item) => item.id === id && item.kind === 'group' && !item.collapsed)
}
