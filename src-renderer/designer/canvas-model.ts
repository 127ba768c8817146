import { counted } from '#renderer/stores/edits/words'
import type {
  ExternalOutline,
  LinkOutline,
  NodeOutline,
  NoteOutline,
  ObjectId,
  Outline,
  RackOutline,
  SwitchOutline,
  WorkloadOutline,
} from '#renderer/stores/outline'

import type { Box } from './geometry'
import type { Boxes } from './layout'
import { podGroupName, shownPods, type PodGroup, type PodPlaces } from './pods'

/** The worst problem of a thing. */
export type Severity = 'error' | 'warning'

interface ItemBase {
  readonly id: ObjectId
  readonly name: string
  /** In pixels of the canvas, not of the rack it may stand in. */
  readonly box: Box
  /** The rack it stands in. */
  readonly rack: ObjectId | undefined
  /** What a screen reader says: "Node node-1, rack a, 2 pods, 1 link". */
  readonly label: string
  /** A few words under the name. */
  readonly detail: string
  readonly severity: Severity | undefined
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
  | (ItemBase & { readonly kind: 'rack' })
  | (ItemBase & { readonly kind: 'switch'; readonly spine: boolean })
  | (ItemBase & { readonly kind: 'node'; readonly pods: readonly PodChip[]; readonly hiddenPods: number })
  | (ItemBase & { readonly kind: 'external' })
  | (ItemBase & { readonly kind: 'workload' })
  | (ItemBase & { readonly kind: 'note'; readonly text: string })

/** A line on the canvas. */
export interface CanvasLink {
  readonly id: ObjectId
  readonly ends: readonly [ObjectId, ObjectId]
  /** Its rate, short: `25G`. */
  readonly rate: string
  readonly label: string
  readonly severity: Severity | undefined
}

/** All that the canvas shows. */
export interface CanvasModel {
  readonly items: readonly CanvasItem[]
  readonly links: readonly CanvasLink[]
}

/** Computes what the canvas shows from the lab. Racks come before what stands in them. */
export function canvasModel(
  outline: Outline,
  pods: PodPlaces,
  boxes: Boxes,
  severities: ReadonlyMap<ObjectId, Severity>,
): CanvasModel {
  const racks = new Map([...outline.racks].reverse().map((rack) => [rack.name, rack]))
  const linkCounts = new Map<ObjectId, number>()
  for (const id of outline.links.flatMap(({ ends }) => ends)) linkCounts.set(id, (linkCounts.get(id) ?? 0) + 1)

  const base = (object: { id: ObjectId; name: string; rack?: string | undefined }) => ({
    id: object.id,
    name: object.name,
    box: boxes.get(object.id)!,
    rack: object.rack === undefined ? undefined : racks.get(object.rack)?.id,
    severity: severities.get(object.id),
    links: linkCounts.get(object.id) ?? 0,
  })

  return {
    items: [
      ...outline.racks.map((rack) => rackItem(base(rack), rack, outline)),
      ...outline.switches.map((item) => switchItem(base(item), item)),
      ...outline.nodes.map((node) => nodeItem(base(node), node, pods.onNode.get(node.id) ?? [], severities)),
      ...outline.external.map((host) => externalItem(base(host), host)),
      ...pods.homeless.map((workload) => homelessItem(base(workload), workload)),
      ...outline.notes.map((note) => noteItem(base(note), note)),
    ],
    links: outline.links
      .filter(({ ends: [a, b] }) => boxes.has(a) && boxes.has(b) && a !== b)
      .map((link) => canvasLink(link, severities.get(link.id))),
  }
}

type Base = Omit<ItemBase, 'label' | 'detail'> & { readonly links: number }

function rackItem(base: Base, rack: RackOutline, { switches, nodes }: Outline): CanvasItem {
  const inside = [
    counted(switches.filter((item) => item.rack === rack.name).length, 'switch', 'switches'),
    counted(nodes.filter((item) => item.rack === rack.name).length, 'node'),
  ]
  return { ...base, kind: 'rack', detail: inside.join(' · '), label: sentence(`Rack ${rack.name}`, ...inside, base) }
}

function switchItem(base: Base, item: SwitchOutline): CanvasItem {
  const spine = item.role === 'spine'
  const role = spine ? 'Spine' : 'Top of rack'
  const asn = item.asn === undefined ? undefined : `AS ${item.asn}`
  return {
    ...base,
    kind: 'switch',
    spine,
    detail: [spine ? 'Spine' : 'ToR', asn].filter(Boolean).join(' · '),
    label: sentence(`Switch ${item.name}`, role.toLowerCase(), inRack(item.rack), links(base), base),
  }
}

function nodeItem(base: Base, node: NodeOutline, groups: readonly PodGroup[], severities: ReadonlyMap<ObjectId, Severity>): CanvasItem {
  const { shown, hidden } = shownPods(groups)
  const count = groups.reduce((sum, group) => sum + group.count, 0)
  return {
    ...base,
    kind: 'node',
    detail: `${counted(node.cores, 'core')} · ${spacedRate(node.rate)}`,
    label: sentence(`Node ${node.name}`, inRack(node.rack), counted(count, 'pod'), links(base), base),
    pods: shown.map((group) => ({
      id: group.workload.id,
      text: podGroupName(group),
      label: `${podGroupName(group)}, ${counted(group.count, 'pod')} of workload ${group.workload.name} on ${node.name}`,
      severity: severities.get(group.workload.id),
    })),
    hiddenPods: hidden,
  }
}

function externalItem(base: Base, host: ExternalOutline): CanvasItem {
  return {
    ...base,
    kind: 'external',
    detail: host.address,
    label: sentence(`External host ${host.name}`, host.address, links(base), base),
  }
}

function homelessItem(base: Base, workload: WorkloadOutline): CanvasItem {
  return {
    ...base,
    kind: 'workload',
    detail: 'No node to run on',
    label: sentence(`Workload ${workload.name}`, counted(workload.replicas, 'pod'), 'no node to run on', base),
  }
}

function noteItem(base: Base, note: NoteOutline): CanvasItem {
  return { ...base, kind: 'note', text: note.text, detail: '', label: sentence(`Note ${note.name}`, note.text, base) }
}

function canvasLink(link: LinkOutline, severity: Severity | undefined): CanvasLink {
  const kind = { link: 'Link', uplink: 'Uplink', attachment: 'Link' }[link.kind]
  return {
    id: link.id,
    ends: link.ends,
    rate: shortRate(link.rate),
    label: sentence(`${kind} ${link.endNames[0]} to ${link.endNames[1]}`, spacedRate(link.rate), { severity }),
    severity,
  }
}

/** Joins what is known about a thing into one sentence, with what is wrong with it at the end. */
function sentence(...parts: readonly (string | undefined | { readonly severity: Severity | undefined })[]): string {
  return parts.map((part) => (typeof part === 'object' ? part.severity && `has ${part.severity}s` : part))
    .filter((part) => part !== undefined && part !== '')
    .join(', ')
}

function inRack(rack: string | undefined): string | undefined {
  return rack === undefined ? undefined : `rack ${rack}`
}

function links(base: Base): string {
  return counted(base.links, 'link')
}

/** `25Gbit` as people write it: `25 Gbit`. What is not a rate stays as it is. */
function spacedRate(rate: string): string {
  return rate.replace(/^([\d.]+)([A-Za-z]+)$/u, '$1 $2')
}

/** `25Gbit` as it fits on a line: `25G`. */
function shortRate(rate: string): string {
  return rate.replace(/bit$/u, '')
}
