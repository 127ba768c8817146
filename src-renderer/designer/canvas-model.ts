import type { NamespaceOutline, ObjectId, Outline } from '#renderer/stores/outline'
import type { PolicyArrow } from '#shared/contract/reach'

import { bgpSessions } from './bgp-sessions'
import { bundleLinks } from './bundles'
import type { CanvasModel, CanvasRelation, LinkLoad, Severity } from './canvas-elements'
import {
  canvasLink, externalItem, groupItem, namespaceItem, nodeItem, noteItem, policyItem, rackItem, serviceItem, shapeItem, switchItem,
  workloadItem, type Base,
} from './canvas-items'
import { faultWords } from './fault-marks'
import type { Boxes } from './layout'
import type { PodPlaces } from './pods'
import type { Scene } from './scene'

const NO_LOADS: ReadonlyMap<ObjectId, LinkLoad> = new Map()

/**
 * Computes what the canvas shows from the lab. Containers come before what stands in them. `whole` is the lab with what
 * the scene has hidden, for what badges say.
 */
export function canvasModel(
  outline: Outline,
  pods: PodPlaces,
  boxes: Boxes,
  severities: ReadonlyMap<ObjectId, Severity>,
  scene?: Scene & { readonly whole: Outline; readonly bgp: boolean; readonly arrows?: readonly PolicyArrow[]; readonly loads?: ReadonlyMap<ObjectId, LinkLoad> },
): CanvasModel {
  const whole = scene?.whole ?? outline
  const frames = scene?.frames ?? []
  const parents = parentsOf(outline, frames)
  const links = outline.links.filter(({ ends: [a, b] }) => boxes.has(a) && boxes.has(b) && a !== b)
  const linkCounts = new Map<ObjectId, number>()
  for (const id of links.flatMap(({ ends }) => ends)) linkCounts.set(id, (linkCounts.get(id) ?? 0) + 1)
  const hidden = hiddenSeverities(scene, severities)
  const ports = portNames(whole)
  const faults = faultWords(whole)

  const base = (object: { id: ObjectId; name: string }, places?: Outline['places'][keyof Outline['places']]): Base => ({
    id: object.id,
    name: object.name,
    box: boxes.get(object.id)!,
    rack: parents.get(object.id),
    severity: severities.get(object.id) ?? hidden.get(object.id),
    faults: faults.get(object.id) ?? '',
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
      ...outline.nodes.map((node) => nodeItem(base(node, places.nodes), node, pods.onNode.get(node.id) ?? [], severities, faults)),
      ...outline.external.map((host) => externalItem(base(host, places.external), host)),
      ...outline.services.map((service) => serviceItem(base(service), service)),
      ...workloads.map((workload) => workloadItem(base(workload), workload, homeless.has(workload.id))),
      ...outline.policies.map((policy) => policyItem(base(policy), policy)),
      ...outline.notes.map((note) => noteItem({ ...base(note), locked: note.placement.locked === true }, note)),
    ],
    links: bundleLinks(links).map((bundle) => canvasLink(bundle, severities, ports, faults, scene?.loads ?? NO_LOADS)),
    relations: [...relationsOf(outline, boxes, scene?.bgp === true), ...arrowRelations(scene?.arrows ?? [], boxes, scene?.standIns)],
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

/** What policies decide as relations between what is drawn: a card, the badge that stands for it, or the frame around it. */
function arrowRelations(arrows: readonly PolicyArrow[], boxes: Boxes, standIns?: Scene['standIns']): readonly CanvasRelation[] {
  const drawnAs = (id: string): ObjectId | undefined => {
    const own = id as ObjectId
    const frame: ObjectId = `namespace:${id.slice(id.indexOf(':') + 1).split('/')[0]!}`
    return [standIns?.get(own) ?? own, frame].find((candidate) => boxes.has(candidate))
  }
  const known = new Set<string>()
  return arrows.flatMap(({ from, to, verdict }): CanvasRelation[] => {
    const ends = [drawnAs(from), drawnAs(to)]
    const id = `${verdict} ${ends.join('>')}`
    if (ends[0] === undefined || ends[1] === undefined || ends[0] === ends[1] || known.has(id)) return []
    known.add(id)
    return [{ id, kind: verdict, ends: [ends[0], ends[1]] }]
  })
}
