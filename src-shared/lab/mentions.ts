import { isList, isMapping, valueAt, type PlainMapping, type PlainValue } from './change/plain-value'
import type { DocumentPath } from './document-path'

/** What can be mentioned by name. The end of a link is a switch or a node. */
export type MentionedKind =
  | 'rack'
  | 'switch'
  | 'node'
  | 'namespace'
  | 'workload'
  | 'pod'
  | 'external'
  | 'service'
  | 'object'
  | 'link-end'

/** A place where a document mentions something by name. */
export interface Mention {
  readonly kind: MentionedKind
  readonly name: string
  readonly path: DocumentPath
  /** What has no meaning without the thing mentioned: the mention itself, or the entry that it is part of. */
  readonly owner: DocumentPath
  /** Whether the name is the last key of the path instead of the value there: a place on the canvas. */
  readonly isKey?: boolean
  /** Whether the name is written with its kind before it: a member of a group. */
  readonly isMember?: boolean
}

/** Finds every mention in the content of a document; what is malformed is passed over. */
export function mentionsIn(content: unknown): Mention[] {
  return [
    ...fabricMentions(content),
    ...nodeMentions(content),
    ...clusterMentions(content),
    ...each(content, ['spec', 'external'], (external, path) => field(external, [...path, 'attach'], 'switch')),
    ...trafficMentions(content),
    ...faultMentions(content),
    ...viewMentions(content),
  ]
}

function each(
  content: unknown,
  path: DocumentPath,
  visit: (entry: PlainMapping, path: DocumentPath) => Mention[],
): Mention[] {
  const list = valueAt(content, path)
  return isList(list) ? list.flatMap((entry, index) => (isMapping(entry) ? visit(entry, [...path, index]) : [])) : []
}

/** The mention under the last key of the path, if a text is there. */
function field(entry: PlainMapping, path: DocumentPath, kind: MentionedKind, owner: DocumentPath = path): Mention[] {
  const name = entry[path.at(-1) as string]
  return typeof name === 'string' ? [{ kind, name, path, owner }] : []
}

/** The mentions in a list of names. */
function names(list: PlainValue | undefined, path: DocumentPath, kind: MentionedKind, owner?: DocumentPath): Mention[] {
  if (!isList(list)) return []
  return list.flatMap((name, index) => {
    const place = [...path, index]
    return typeof name === 'string' ? [{ kind, name, path: place, owner: owner ?? place }] : []
  })
}

function fabricMentions(content: unknown): Mention[] {
  const fabric = ['spec', 'fabric']
  return [
    ...each(content, [...fabric, 'switches'], (item, path) => field(item, [...path, 'rack'], 'rack')),
    ...each(content, [...fabric, 'links'], (link, path) => names(link['ends'], [...path, 'ends'], 'link-end', path)),
  ]
}

function nodeMentions(content: unknown): Mention[] {
  return each(content, ['spec', 'nodes'], (node, path) => [
    ...field(node, [...path, 'rack'], 'rack'),
    ...each(content, [...path, 'uplinks'], (uplink, place) => field(uplink, [...place, 'switch'], 'switch', place)),
  ])
}

function clusterMentions(content: unknown): Mention[] {
  const cluster = ['spec', 'cluster']
  return [
    ...each(content, [...cluster, 'workloads'], (workload, path) => [
      ...field(workload, [...path, 'namespace'], 'namespace', path),
      ...names(workload['nodes'], [...path, 'nodes'], 'node'),
    ]),
    ...each(content, [...cluster, 'manifests'], (manifest, path) => {
      const metadata = manifest['metadata']
      return isMapping(metadata) ? field(metadata, [...path, 'metadata', 'namespace'], 'namespace', path) : []
    }),
  ]
}

function trafficMentions(content: unknown): Mention[] {
  return each(content, ['spec', 'traffic'], (traffic, path) =>
    ['from', 'to'].flatMap((side) => {
      const end = traffic[side]
      if (!isMapping(end)) return []
      return (['pod', 'workload', 'node', 'external', 'service'] as const).flatMap((kind) =>
        field(end, [...path, side, kind], kind, path),
      )
    }),
  )
}

function faultMentions(content: unknown): Mention[] {
  return each(content, ['spec', 'faults'], (fault, path) => [
    ...names(fault['link'], [...path, 'link'], 'link-end', path),
    ...names(fault['nodes'], [...path, 'nodes'], 'node', path),
    ...field(fault, [...path, 'node'], 'node', path),
    ...field(fault, [...path, 'peer'], 'link-end', path),
    ...field(fault, [...path, 'pod'], 'pod', path),
    ...field(fault, [...path, 'service'], 'service', path),
    ...field(fault, [...path, 'policy'], 'object', path),
  ])
}

const viewKinds = {
  racks: 'rack',
  switches: 'switch',
  nodes: 'node',
  workloads: 'workload',
  external: 'external',
  namespaces: 'namespace',
  objects: 'object',
} as const

function viewMentions(content: unknown): Mention[] {
  return [
    ...placeMentions(content),
    ...each(content, ['spec', 'view', 'bends'], (bend, path) => names(bend['ends'], [...path, 'ends'], 'link-end', path)),
    ...each(content, ['spec', 'view', 'groups'], (group, path) => memberMentions(group['members'], [...path, 'members'])),
  ]
}

/** Members of a group are written `node/node-1`. */
function memberMentions(list: PlainValue | undefined, path: DocumentPath): Mention[] {
  if (!isList(list)) return []
  return list.flatMap((member, index): Mention[] => {
    const [kind, name] = typeof member === 'string' ? member.split('/') : []
    if (name === undefined || (kind !== 'switch' && kind !== 'node' && kind !== 'external')) return []
    const place = [...path, index]
    return [{ kind, name, path: place, owner: place, isMember: true }]
  })
}

function placeMentions(content: unknown): Mention[] {
  return Object.entries(viewKinds).flatMap(([key, kind]) => {
    const places = valueAt(content, ['spec', 'view', key])
    if (!isMapping(places)) return []
    return Object.keys(places).map((name): Mention => {
      const path = ['spec', 'view', key, name]
      return { kind, name, path, owner: path, isKey: true }
    })
  })
}

/** A pod's name taken apart: the workload it belongs to, as `namespace/name`, and which replica it is. */
export interface PodName {
  readonly workload: string
  readonly index: number
}

/** Takes `namespace/workload-3` apart; undefined where the text is no name of a pod. */
export function parsePodName(name: string): PodName | undefined {
  const groups = /^(?<workload>[^/]+\/.+)-(?<index>0|[1-9]\d*)$/u.exec(name)?.groups
  return groups === undefined ? undefined : { workload: groups['workload']!, index: Number(groups['index']) }
}
