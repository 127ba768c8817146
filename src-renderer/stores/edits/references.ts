import type { DocumentPath } from '#shared/lab/index'

import { asList, asName, asObject, asText } from '../given'
import type { ObjectKind, Outline } from '../outline'

/** A place in the document that names a thing. */
export interface Reference {
  readonly kind: ObjectKind
  /** The name of the thing as outlines have it; for workloads with its namespace: `default/server`. */
  readonly name: string
  readonly path: DocumentPath
  /** What has no meaning without the thing and goes with it. */
  readonly owner: DocumentPath
  /** What to write here once the thing has another name (without its namespace). */
  readonly renamed: (name: string) => string
}

const same = (name: string): string => name

/** Every place of a lab that names a rack, switch, node, workload or external host, places on the canvas aside. */
export function referencesOf(outline: Outline): readonly Reference[] {
  return [
    ...[...outline.switches, ...outline.nodes].flatMap(({ rack, path }): readonly Reference[] =>
      rack === undefined ? [] : [{ kind: 'rack', name: rack, path: [...path, 'rack'], owner: [...path, 'rack'], renamed: same }]),
    ...outline.links.flatMap((link): readonly Reference[] => {
      const [from, to] = link.endNames
      switch (link.kind) {
        case 'link':
          return [from, to].map((name, end) => ({
            kind: 'switch', name, path: [...link.path, 'ends', end], owner: link.path, renamed: same,
          }))
        case 'uplink':
          return [{ kind: 'switch', name: to, path: [...link.path, 'switch'], owner: link.path, renamed: same }]
        case 'attachment':
          return [{ kind: 'switch', name: to, path: [...link.path, 'attach'], owner: [...link.path, 'attach'], renamed: same }]
      }
    }),
    ...outline.workloads.flatMap((workload) =>
      asList(workload.given['nodes']).map((name, index): Reference => {
        const path = [...workload.path, 'nodes', index]
        return { kind: 'node', name: asText(name), path, owner: path, renamed: same }
      })),
    ...outline.traffic.flatMap(({ given, path }) =>
      ['from', 'to'].flatMap((side) => endReferences(given[side], [...path, side], path))),
    ...outline.faults.flatMap(({ given, path }) =>
      asList(given['link']).flatMap((end, index): readonly Reference[] => {
        const reference = { name: asText(end), path: [...path, 'link', index], owner: path, renamed: same }
        return [{ ...reference, kind: 'switch' }, { ...reference, kind: 'node' }]
      })),
  ]
}

/** What an end of traffic names. A pod names its workload: `default/server-0` is a replica of `default/server`. */
function endReferences(end: unknown, path: DocumentPath, owner: DocumentPath): readonly Reference[] {
  const given = asObject(end)
  const pod = asName(given['pod'])
  const workload = asName(given['workload'])
  const node = asName(given['node'])
  const external = asName(given['external'])
  const references: Reference[] = []
  if (pod !== undefined) {
    const [, namespace = '', name = pod, replica = ''] = /^(.*\/)?(.*?)(-\d+)?$/u.exec(pod) ?? []
    references.push({
      kind: 'workload', name: namespace + name, path: [...path, 'pod'], owner, renamed: (next) => namespace + next + replica,
    })
  }
  if (workload !== undefined) {
    const namespace = workload.slice(0, workload.lastIndexOf('/') + 1)
    references.push({ kind: 'workload', name: workload, path: [...path, 'workload'], owner, renamed: (next) => namespace + next })
  }
  if (node !== undefined) references.push({ kind: 'node', name: node, path: [...path, 'node'], owner, renamed: same })
  if (external !== undefined) references.push({ kind: 'external', name: external, path: [...path, 'external'], owner, renamed: same })
  return references
}
