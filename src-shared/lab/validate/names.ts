import { isList, isMapping, valueAt, type PlainMapping, type PlainValue } from '../change/plain-value'
import type { DocumentPath } from '../document-path'
import { LIST_PATHS, type ListedKind } from '../list-paths'
import type { Report } from '../problem'
import { DEFAULT_NAMESPACE } from '../record/cluster'

/** Kinds whose things say their name in their list: objects of manifests have theirs in their metadata. */
const NAMED_LISTS = [
  'rack', 'switch', 'node', 'namespace', 'workload', 'external', 'variant', 'traffic', 'note', 'shape', 'group',
] as const satisfies readonly ListedKind[]

type NamedList = (typeof NAMED_LISTS)[number]

/** The names of a document, faulty parts included: what is misspelt in itself is still there to be referred to. */
export interface KnownNames extends Readonly<Record<NamedList, ReadonlySet<string>>> {
  /** Replicas by workload; undefined where the number is faulty. */
  readonly replicas: ReadonlyMap<string, number | undefined>
  /** Services given inline. */
  readonly service: ReadonlySet<string>
  /** All objects given inline, as `Service namespace/name`. */
  readonly object: ReadonlySet<string>
}

function entriesAt(content: unknown, path: DocumentPath): { entry: PlainMapping; path: DocumentPath }[] {
  const list = valueAt(content, path)
  if (!isList(list)) return []
  return list.flatMap((entry, index) => (isMapping(entry) ? [{ entry, path: [...path, index] }] : []))
}

function fullName(kind: NamedList, entry: PlainMapping): string | undefined {
  const { name, namespace = DEFAULT_NAMESPACE } = entry
  if (typeof name !== 'string') return undefined
  return kind === 'workload' && typeof namespace === 'string' ? `${namespace}/${name}` : name
}

/** Collects the names of a document. */
export function knownNames(content: unknown): KnownNames {
  const names = (kind: NamedList): Set<string> => {
    const found = entriesAt(content, LIST_PATHS[kind]).map(({ entry }) => fullName(kind, entry))
    return new Set(found.filter((name) => name !== undefined))
  }
  return {
    rack: names('rack'),
    switch: names('switch'),
    node: names('node'),
    namespace: names('namespace').add(DEFAULT_NAMESPACE),
    workload: names('workload'),
    external: names('external'),
    variant: names('variant'),
    traffic: names('traffic'),
    note: names('note'),
    shape: names('shape'),
    group: names('group'),
    replicas: replicasOf(content),
    service: servicesOf(content),
    object: objectsOf(content),
  }
}

function replicasOf(content: unknown): Map<string, number | undefined> {
  return new Map(
    entriesAt(content, LIST_PATHS.workload).map(({ entry }) => {
      const { replicas = 1 } = entry
      const count = typeof replicas === 'number' && Number.isInteger(replicas) && replicas >= 0 ? replicas : undefined
      return [fullName('workload', entry) ?? '', count]
    }),
  )
}

function servicesOf(content: unknown): Set<string> {
  const objects = entriesAt(content, LIST_PATHS.object).map(({ entry }) => objectName(entry))
  return new Set(objects.flatMap((object) => (object?.kind === 'Service' ? [object.name] : [])))
}

function objectsOf(content: unknown): Set<string> {
  const objects = entriesAt(content, LIST_PATHS.object).map(({ entry }) => objectName(entry))
  return new Set(objects.flatMap((object) => (typeof object?.kind === 'string' ? [`${object.kind} ${object.name}`] : [])))
}

function objectName(entry: PlainMapping): { kind: PlainValue | undefined; name: string } | undefined {
  const name = valueAt(entry, ['metadata', 'name'])
  const namespace = valueAt(entry, ['metadata', 'namespace']) ?? DEFAULT_NAMESPACE
  if (typeof name !== 'string' || typeof namespace !== 'string') return undefined
  return { kind: entry['kind'], name: `${namespace}/${name}` }
}

/** Reports each name that something of its kind already has. */
export function checkDuplicates(content: unknown, report: Report): void {
  for (const kind of NAMED_LISTS) {
    const seen = new Set<string>()
    for (const { entry, path } of entriesAt(content, LIST_PATHS[kind])) {
      const name = fullName(kind, entry)
      if (name === undefined) continue
      const message = `There is another ${kind === 'traffic' ? 'traffic entry' : kind} named ${JSON.stringify(name)}.`
      if (seen.has(name)) report('duplicate-name', [...path, 'name'], message, 'Give one of them another name.')
      seen.add(name)
    }
  }
  checkDuplicatePorts(content, report)
  checkDuplicateObjects(content, report)
}

function checkDuplicatePorts(content: unknown, report: Report): void {
  for (const { path: workload } of entriesAt(content, LIST_PATHS.workload)) {
    const seen = new Set<string>()
    for (const { entry, path } of entriesAt(content, [...workload, 'ports'])) {
      const { name } = entry
      if (typeof name !== 'string') continue
      if (seen.has(name))
        report(
          'duplicate-name',
          [...path, 'name'],
          `The workload has another port named ${JSON.stringify(name)}.`,
          'Give one of them another name.',
        )
      seen.add(name)
    }
  }
}

function checkDuplicateObjects(content: unknown, report: Report): void {
  const seen = new Set<string>()
  for (const { entry, path } of entriesAt(content, LIST_PATHS.object)) {
    const object = objectName(entry)
    if (object === undefined || typeof object.kind !== 'string') continue
    // Calico and Kubernetes have kinds of the same name.
    const id = JSON.stringify([entry['apiVersion'], object.kind, object.name])
    if (seen.has(id)) {
      const message = `There is another ${object.kind} ${object.name}.`
      report('duplicate-name', [...path, 'metadata', 'name'], message, 'Remove one of them.')
    }
    seen.add(id)
  }
}
