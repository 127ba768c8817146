import type { LinkOutline, NamespaceOutline, ObjectId, Outline, ShapeOutline } from '#renderer/stores/outline'

import { bgpSessions } from './bgp-sessions'
import { bundleLinks } from './bundles'
import {
  canvasLink, externalItem, groupItem, namespaceItem, nodeItem, noteItem, policyItem, rackItem, serviceItem, shapeItem, switchItem,
  workloadItem, type Base,
} from './canvas-items'
import type { Box } from './geometry'
import type { Boxes } from './layout'
import type { PodPlaces } from './pods'
import type { Scene } from './scene'

/** The worst problem of a thing. */
export type Severity = 'error' | 'warning'

/** What all items have. */
export interface ItemBase {
  readonly id: ObjectId
  readonly name: string
  /** In pixels of the canvas, not of the rack it may stand in. */
  readonly box: Box
  /** The rack, namespace or group that it is drawn in and moves with. */
  readonly rack: ObjectId | undefined
  /** What a screen reader says: "Node node-1, rack a, 2 pods, 1 link". */
  readonly label: string
  /** A few words under the name. */
  readonly detail: string
  readonly severity: Severity | undefined
  /** Whether dragging leaves it where it is. */
  readonly locked: boolean
}

/** The pods of one workload on a node's card. */
export interface PodChip {
  readonly id: ObjectId
  readonly text: string
  readonly label: string
  readonly severity: Severity | undefined
}

/** A card or container on the canvas. */
export type CanvasItem =
  | (ItemBase & { readonly kind: 'rack' | 'namespace' | 'group'; readonly collapsed: boolean })
  | (ItemBase & { readonly kind: 'switch'; readonly spine: boolean })
  | (ItemBase & { readonly kind: 'node'; readonly pods: readonly PodChip[]; readonly hiddenPods: number })
  | (ItemBase & { readonly kind: 'external' })
  | (ItemBase & { readonly kind: 'service' })
  | (ItemBase & { readonly kind: 'workload'; readonly homeless: boolean })
  | (ItemBase & { readonly kind: 'policy'; readonly dialect: string })
  | (ItemBase & { readonly kind: 'shape'; readonly form: ShapeOutline['form']; readonly colour: ShapeOutline['colour']; readonly text: string })
  | (ItemBase & { readonly kind: 'note'; readonly text: string })

/** A line on the canvas. */
export interface CanvasLink {
  readonly id: ObjectId
  /** All links that the line stands for: several where they are drawn as one. */
  readonly bundle: readonly ObjectId[]
  readonly ends: readonly [ObjectId, ObjectId]
  /** Its rate, short: `25G`; how many, where it stands for several: `4 × 25G`. */
  readonly rate: string
  /** Everything about it in a few words: `25G · 1us · MTU 9000`. */
  readonly full: string
  /** What the ports at its ends are called. */
  readonly ports: readonly [string, string]
  readonly bends: LinkOutline['bends']
  readonly label: string
  readonly severity: Severity | undefined
}

/** What relates two things that no link joins. */
export interface CanvasRelation {
  readonly id: string
  readonly kind: 'service' | 'policy' | 'bgp'
  readonly ends: readonly [ObjectId, ObjectId]
}

/** All that the canvas shows. */
export interface CanvasModel {
  readonly items: readonly CanvasItem[]
  readonly links: readonly CanvasLink[]
  readonly relations: readonly CanvasRelation[]
}

/**
 * Computes what the canvas shows from the lab. Containers come before what stands in them. `whole` is the lab with what
 * the scene has hidden, for what badges say.
 */
export function canvasModel(
  outline: Outline,
  pods: PodPlaces,
  boxes: Boxes,
  severities: ReadonlyMap<ObjectId, Severity>,
  scene?: Scene & { readonly whole: Outline; readonly bgp: boolean },
): CanvasModel {
  const whole = scene?.whole ?? outline
  const frames = scene?.frames ?? []
  const parents = parentsOf(outline, frames)
  const links = outline.links.filter(({ ends: [a, b] }) => boxes.has(a) && boxes.has(b) && a !== b)
  const linkCounts = new Map<ObjectId, number>()
  for (const id of links.flatMap(({ ends }) => ends)) linkCounts.set(id, (linkCounts.get(id) ?? 0) + 1)
  const hidden = hiddenSeverities(scene, severities)
  const ports = portNames(whole)

  const base = (object: { id: ObjectId; name: string }, places?: Outline['places'][keyof Outline['places']]): Base => ({
    id: object.id,
    name: object.name,
    box: boxes.get(object.id)!,
    rack: parents.get(object.id),
    severity: severities.get(object.id) ?? hidden.get(object.id),
    locked: places?.get(object.name)?.locked === true,
    links: linkCounts.get(object.id) ?? 0,
  })
  const collapsed = (id: ObjectId): boolean => scene?.collapsed.has(id) ?? false
  const { places } = outline
  const frameNames = new Set(frames.filter(({ id }) => !collapsed(id)).map(({ name }) => name))
  const homeless = new Set(pods.homeless.map(({ id }) => id))
  const workloads = outline.workloads.filter(({ id, namespace }) => frameNames.has(namespace) || (homeless.has(id) && boxes.has(id) && !scene?.standIns.has(id)))

  return {
    items: [
      ...outline.shapes.map((shape) => shapeItem({ ...base(shape), locked: shape.placement.locked === true }, shape)),
      ...outline.groups.filter(({ id }) => boxes.has(id)).map((group) => groupItem(base(group), group)),
      ...outline.racks.map((rack) => rackItem(base(rack, places.racks), rack, whole, collapsed(rack.id))),
      ...frames.map((frame) => namespaceItem(base(frame, places.namespaces), frame, whole, collapsed(frame.id))),
      ...outline.switches.map((item) => switchItem(base(item, places.switches), item)),
      ...outline.nodes.map((node) => nodeItem(base(node, places.nodes), node, pods.onNode.get(node.id) ?? [], severities)),
      ...outline.external.map((host) => externalItem(base(host, places.external), host)),
      ...outline.services.map((service) => serviceItem(base(service), service)),
      ...workloads.map((workload) => workloadItem(base(workload), workload, homeless.has(workload.id))),
      ...outline.policies.map((policy) => policyItem(base(policy), policy)),
      ...outline.notes.map((note) => noteItem({ ...base(note), locked: note.placement.locked === true }, note)),
    ],
    links: bundleLinks(links).map((bundle) => canvasLink(bundle, severities, ports)),
    relations: relationsOf(outline, boxes, scene?.bgp === true),
  }
}

/** What each thing is drawn in: its rack or namespace; a group where it stands in none. */
function parentsOf(outline: Outline, frames: readonly NamespaceOutline[]): ReadonlyMap<ObjectId, ObjectId> {
  const racks = new Map([...outline.racks].reverse().map((rack) => [rack.name, rack.id]))
  const namespaces = new Map(frames.map(({ name, id }) => [name, id]))
  const inGroups = outline.groups.flatMap(({ id, members }) => members.map((member) => [member, id] as const))
  const inRacks = [...outline.switches, ...outline.nodes].flatMap(({ id, rack }) => {
    const parent = rack === undefined ? undefined : racks.get(rack)
    return parent === undefined ? [] : [[id, parent] as const]
  })
  const inNamespaces = [...outline.services, ...outline.workloads, ...outline.policies].flatMap(({ id, namespace }) => {
    const parent = namespace === undefined ? undefined : namespaces.get(namespace)
    return parent === undefined ? [] : [[id, parent] as const]
  })
  return new Map([...inGroups, ...inRacks, ...inNamespaces])
}

/** A badge shows the worst problem of what it stands for. */
function hiddenSeverities(scene: Scene | undefined, severities: ReadonlyMap<ObjectId, Severity>): ReadonlyMap<ObjectId, Severity> {
  const worst = new Map<ObjectId, Severity>()
  for (const [member, badge] of scene?.standIns ?? []) {
    const severity = severities.get(member)
    if (severity !== undefined && worst.get(badge) !== 'error') worst.set(badge, severity)
  }
  return worst
}

/** Ports as Linux and switches name them: `eth0`, `eth1` of a node, `1`, `2`, … of a switch, in the order of the file. */
function portNames({ links }: Outline): ReadonlyMap<ObjectId, readonly [string, string]> {
  const counts = new Map<string, number>()
  const next = (end: ObjectId): string => {
    const count = counts.get(end) ?? 0
    counts.set(end, count + 1)
    return end.startsWith('switch:') ? String(count + 1) : `eth${count}`
  }
  return new Map(links.map(({ id, ends }) => [id, [next(ends[0]), next(ends[1])]]))
}

function relationsOf(outline: Outline, boxes: Boxes, bgp: boolean): readonly CanvasRelation[] {
  const selects = [...outline.services, ...outline.policies].flatMap(({ id, kind, selects: ids }) =>
    (ids ?? []).filter((target) => boxes.has(target)).map((target): CanvasRelation => ({ id: `${id}>${target}`, kind, ends: [id, target] })))
  return bgp ? [...selects, ...bgpSessions(outline, boxes)] : selects
}
