import { asNumber, asText } from '#renderer/stores/given'
import { KINDS } from '#renderer/stores/kinds'
import type {
  ExternalOutline,
  GroupOutline,
  LinkOutline,
  NamespaceOutline,
  NodeOutline,
  NoteOutline,
  ObjectId,
  Outline,
  PolicyOutline,
  RackOutline,
  ServiceOutline,
  ShapeOutline,
  SwitchOutline,
  WorkloadOutline,
} from '#renderer/stores/outline'
import { counted } from '#shared/analysis/index'

import type { CanvasItem, CanvasLink, ItemBase, LinkLoad, Severity } from './canvas-elements'
import { podGroupName, shownPods, type PodGroup } from './pods'
import { contentOf, membersOf } from './scene'

/** What all items have, and how many lines end at each. */
export type Base = Omit<ItemBase, 'label' | 'detail'> & { readonly links: number }

/** A rack, with what it holds counted in the whole lab. */
export function rackItem(base: Base, rack: RackOutline, whole: Outline, collapsed: boolean): CanvasItem {
  const members = membersOf(whole, rack.name)
  const inside = [
    counted(members.filter(({ kind }) => kind === 'switch').length, 'switch', 'switches'),
    counted(members.filter(({ kind }) => kind === 'node').length, 'node'),
  ]
  return { ...base, kind: 'rack', collapsed, detail: inside.join(' · '), label: sentence(`Rack ${rack.name}`, collapsed ? 'collapsed' : '', ...inside, base) }
}

/** The frame of a namespace. */
export function namespaceItem(base: Base, frame: NamespaceOutline, whole: Outline, collapsed: boolean): CanvasItem {
  const content = contentOf(whole, frame.name)
  const inside = (['service', 'workload', 'policy'] as const).flatMap((kind) => {
    const count = content.filter((item) => item.kind === kind).length
    return count === 0 ? [] : [counted(count, KINDS[kind].one.toLowerCase(), KINDS[kind].many)]
  })
  return {
    ...base, kind: 'namespace', collapsed, detail: inside.join(' · ') || 'Empty',
    label: sentence(`Namespace ${frame.name}`, collapsed ? 'collapsed' : '', ...inside, base),
  }
}

/** The frame of a group. */
export function groupItem(base: Base, group: GroupOutline): CanvasItem {
  const inside = counted(group.members.length, 'thing')
  return {
    ...base, kind: 'group', collapsed: group.collapsed, detail: inside,
    label: sentence(`Group ${group.name}`, group.collapsed ? 'collapsed' : '', inside, base),
  }
}

/** A service. */
export function serviceItem(base: Base, service: ServiceOutline): CanvasItem {
  return {
    ...base, kind: 'service', detail: ['Service', service.ports].filter(Boolean).join(' · '),
    label: sentence(`Service ${service.name}`, `namespace ${service.namespace}`, service.ports && `port ${service.ports}`, selected(service.selects), base),
  }
}

/** A policy. */
export function policyItem(base: Base, policy: PolicyOutline): CanvasItem {
  return {
    ...base, kind: 'policy', dialect: policy.dialect, detail: policy.dialect,
    label: sentence(`${policy.dialect} ${policy.name}`, policy.namespace && `namespace ${policy.namespace}`, selected(policy.selects), base),
  }
}

function selected(ids: readonly ObjectId[] | undefined): string {
  return ids === undefined ? '' : `selects ${counted(ids.length, 'workload')}`
}

/** A shape. */
export function shapeItem(base: Base, shape: ShapeOutline): CanvasItem {
  const { form, colour, text } = shape
  return { ...base, kind: 'shape', form, colour, text, detail: '', label: sentence(`${colour} ${form} ${shape.name}`, text, base) }
}

/** A switch. */
export function switchItem(base: Base, item: SwitchOutline): CanvasItem {
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

/** A node with the pods that run on it. */
export function nodeItem(base: Base, node: NodeOutline, groups: readonly PodGroup[], severities: ReadonlyMap<ObjectId, Severity>, faults: ReadonlyMap<ObjectId, string>): CanvasItem {
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
      label: sentence(`${podGroupName(group)}, ${counted(group.count, 'pod')} of workload ${group.workload.name} on ${node.name}`, faults.get(group.workload.id)),
      faults: faults.get(group.workload.id) ?? '',
      severity: severities.get(group.workload.id),
    })),
    hiddenPods: hidden,
  }
}

/** A host outside the cluster. */
export function externalItem(base: Base, host: ExternalOutline): CanvasItem {
  return {
    ...base,
    kind: 'external',
    detail: host.address,
    label: sentence(`External host ${host.name}`, host.address, links(base), base),
  }
}

/** A workload as a card of its own. */
export function workloadItem(base: Base, workload: WorkloadOutline, homeless: boolean): CanvasItem {
  const replicas = counted(workload.replicas, 'pod')
  return {
    ...base,
    kind: 'workload',
    homeless,
    detail: homeless ? 'No node to run on' : replicas,
    label: sentence(`Workload ${workload.name}`, replicas, homeless ? 'no node to run on' : '', base),
  }
}

/** A note. */
export function noteItem(base: Base, note: NoteOutline): CanvasItem {
  return { ...base, kind: 'note', text: note.text, detail: '', label: sentence(`Note ${note.name}`, note.text, base) }
}

/** A line, for the links that it stands for. */
export function canvasLink(
  links: readonly LinkOutline[],
  severities: ReadonlyMap<ObjectId, Severity>,
  ports: ReadonlyMap<ObjectId, readonly [string, string]>,
  faultsOf: ReadonlyMap<ObjectId, string>,
  loads: ReadonlyMap<ObjectId, LinkLoad>,
): CanvasLink {
  const [link] = links
  const kind = { link: 'Link', uplink: 'Uplink', attachment: 'Link' }[link!.kind]
  const found = links.map(({ id }) => severities.get(id))
  const severity = found.find((one) => one === 'error') ?? found.find((one) => one !== undefined)
  const rate = [...new Set(links.map((one) => shortRate(one.rate)))].join('/')
  const several = links.length > 1
  const faults = [...new Set(links.flatMap(({ id }) => faultsOf.get(id) ?? []))].join(', ')
  const load = links.map(({ id }) => loads.get(id)).reduce((most, each) => ((each?.share ?? -1) > (most?.share ?? -1) ? each : most), undefined)
  const busy = load && `busy ${load.text}`
  const { given } = link!
  const details = [asText(given['delay']), given['mtu'] === undefined ? '' : `MTU ${asText(given['mtu'])}`, asNumber(given['loss'], 0) > 0 ? `loss ${asText(given['loss'])}` : '']
  return {
    id: link!.id,
    bundle: links.map(({ id }) => id),
    ends: link!.ends,
    rate: several ? `${links.length} × ${rate}` : rate,
    full: several ? `${links.length} × ${rate}` : [rate, ...details].filter(Boolean).join(' · '),
    ports: several ? ['', ''] : (ports.get(link!.id) ?? ['', '']),
    bends: link!.bends,
    faults,
    ...(load && { load }),
    label: several
      ? sentence(`${links.length} links ${link!.endNames[0]} to ${link!.endNames[1]}`, spacedRate(link!.rate), busy, faults, { severity })
      : sentence(`${kind} ${link!.endNames[0]} to ${link!.endNames[1]}`, spacedRate(link!.rate), busy, faults, { severity }),
    severity,
  }
}

/** Joins what is known about a thing into one sentence, with what breaks it and what is wrong with it at the end. */
function sentence(...parts: readonly (string | undefined | { readonly severity: Severity | undefined; readonly faults?: string })[]): string {
  return parts.flatMap((part) => (typeof part === 'object' ? [part.faults, part.severity && `has ${part.severity}s`] : [part]))
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
