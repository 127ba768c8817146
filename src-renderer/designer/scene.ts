import type { Layer } from '#renderer/stores/layers'
import type { LinkOutline, NamespaceOutline, ObjectId, Outline, OutlineObject } from '#renderer/stores/outline'

import { groupedBy } from './grouped-by'

/** What is left of a lab to draw, once layers are hidden and containers are drawn as badges. */
export interface Scene {
  /** The lab without what is hidden; links end at the badge of a collapsed container. */
  readonly outline: Outline
  /** Containers drawn as badges. */
  readonly collapsed: ReadonlySet<ObjectId>
  /** Namespaces drawn as frames, with their services, policies and workloads. */
  readonly frames: readonly NamespaceOutline[]
  /** For each hidden member, the badge that stands for it. */
  readonly standIns: ReadonlyMap<ObjectId, ObjectId>
}

/**
 * Decides what is drawn. A namespace has a frame once it holds a service or policy, or was put on the canvas, or arrows
 * between workloads are drawn: until then its workloads are seen as the pods on the nodes.
 */
export function sceneOf(outline: Outline, layers: ReadonlySet<Layer>): Scene {
  const racks = outline.racks.filter(({ name }) => outline.places.racks.get(name)?.collapsed === true)
  const groups = outline.groups.filter(({ collapsed }) => collapsed)
  const standIns = new Map<ObjectId, ObjectId>()
  for (const { id, name } of racks) for (const item of membersOf(outline, name)) standIns.set(item.id, id)
  for (const { id, members } of groups) for (const member of members) if (!standIns.has(member)) standIns.set(member, id)

  const shows = (layer: Layer): boolean => layers.has(layer)
  const isDrawn = ({ id }: OutlineObject): boolean => !standIns.has(id)
  const services = shows('services') ? outline.services : []
  const policies = shows('policies') ? outline.policies : []
  const drawn: Outline = {
    ...outline,
    racks: shows('underlay') ? outline.racks : [],
    switches: shows('underlay') ? outline.switches.filter(isDrawn) : [],
    nodes: outline.nodes.filter(isDrawn),
    external: shows('underlay') ? outline.external.filter(isDrawn) : [],
    links: shows('underlay') ? redirected(outline.links, standIns) : [],
    services,
    policies,
    notes: shows('notes') ? outline.notes : [],
    shapes: shows('notes') ? outline.shapes : [],
    groups: outline.groups.filter(({ members }) => members.length > 0),
  }
  const frames = outline.namespaces.filter(({ name }) =>
    [...services, ...policies].some(({ namespace }) => namespace === name) || outline.places.namespaces.has(name) || shows('allowed'))
  const collapsedFrames = frames.filter(({ name }) => outline.places.namespaces.get(name)?.collapsed === true)
  for (const frame of collapsedFrames) for (const item of contentOf(drawn, frame.name)) standIns.set(item.id, frame.id)
  const collapsed = new Set([...racks, ...groups, ...collapsedFrames].map(({ id }) => id))
  return { outline: withoutCollapsed(drawn, collapsedFrames), collapsed, frames, standIns }
}

/** Racks of an outline with what stands in them are found once: outlines never change. */
const rackMembers = new WeakMap<Outline, ReadonlyMap<string | undefined, readonly OutlineObject[]>>()

/** The switches and nodes of a rack. */
export function membersOf(outline: Outline, rack: string): readonly OutlineObject[] {
  let byRack = rackMembers.get(outline)
  if (byRack === undefined) {
    byRack = groupedBy([...outline.switches, ...outline.nodes], (item) => item.rack)
    rackMembers.set(outline, byRack)
  }
  return byRack.get(rack) ?? []
}

/** The services, workloads and policies of a namespace. */
export function contentOf({ services, workloads, policies }: Outline, namespace: string): readonly OutlineObject[] {
  return [...services, ...workloads, ...policies].filter((item) => item.namespace === namespace)
}

function withoutCollapsed(outline: Outline, frames: readonly NamespaceOutline[]): Outline {
  if (frames.length === 0) return outline
  const names = new Set<string | undefined>(frames.map(({ name }) => name))
  return {
    ...outline,
    services: outline.services.filter(({ namespace }) => !names.has(namespace)),
    policies: outline.policies.filter(({ namespace }) => !names.has(namespace)),
  }
}

/** Links with their hidden ends at the badges that stand for them; those inside one badge are not drawn. */
function redirected(links: readonly LinkOutline[], standIns: ReadonlyMap<ObjectId, ObjectId>): readonly LinkOutline[] {
  if (standIns.size === 0) return links
  return links.flatMap((link) => {
    const [a, b] = link.ends.map((end) => standIns.get(end) ?? end) as [ObjectId, ObjectId]
    if (a === b) return []
    return a === link.ends[0] && b === link.ends[1] ? [link] : [{ ...link, ends: [a, b] as const, bends: [] }]
  })
}
