import { isList, isMapping, valueAt, type PlainMapping, type PlainValue } from '../change/plain-value'
import type { DocumentPath } from '../document-path'
import { readManifestText } from './manifest-text'
import { workloadSource, type NodeSource } from './workloads'

/** Texts of manifest files, by the path that the lab names them by. */
export type ManifestFiles = ReadonlyMap<string, string>

/** A lab's content with everything its manifests hold in the places where the lab's own things are. */
export interface ExpandedContent {
  readonly value: unknown
  /** Where the document says what stands at a path of the expanded content. */
  readonly documentPath: (path: DocumentPath) => DocumentPath
  /** Files that could not be read as manifests, with where the lab names them. */
  readonly unreadable: readonly { readonly path: DocumentPath; readonly file: string; readonly reason: string }[]
}

const CLUSTER = ['spec', 'cluster'] as const
const LISTS = ['manifests', 'workloads', 'namespaces'] as const

/** An object of a manifest, and the place of the manifest in the document. */
interface PlacedObject {
  readonly object: PlainMapping
  readonly path: DocumentPath
}

/**
 * Puts the objects of manifest files behind the inline ones, workloads and namespaces that objects come to behind those of
 * the lab. A namespace that the lab lists itself stays as it is. Without a file's text its objects stay away.
 */
export function expandManifests(value: unknown, files: ManifestFiles | undefined): ExpandedContent {
  const given = new Map(LISTS.map((list) => [list, listAt(value, [...CLUSTER, list])]))
  const unreadable: { path: DocumentPath; file: string; reason: string }[] = []
  const inline: PlacedObject[] = []
  const fromFiles: PlacedObject[] = []
  given.get('manifests')!.forEach((manifest, index) => {
    const path = [...CLUSTER, 'manifests', index]
    const file = valueAt(manifest, ['file'])
    if (typeof file !== 'string') {
      if (isMapping(manifest)) inline.push({ object: manifest, path })
      return
    }
    const text = files?.get(file)
    if (text === undefined) return
    const read = readManifestText(text)
    if ('error' in read) unreadable.push({ path: [...path, 'file'], file, reason: `line ${read.line}: ${read.error}` })
    else fromFiles.push(...read.objects.filter(isMapping).map((object) => ({ object, path })))
  })
  const added = {
    manifests: fromFiles.map(({ object, path }) => ({ value: object, path })),
    ...contentOf([...inline, ...fromFiles], value, given.get('namespaces')!),
  }
  const total = LISTS.reduce((sum, list) => sum + added[list].length, 0)
  if (total === 0) return { value, documentPath: (path) => path, unreadable }
  const cluster: Record<string, PlainValue | undefined> = { ...mappingAt(value, CLUSTER) }
  for (const list of LISTS) cluster[list] = [...given.get(list)!, ...added[list].map((entry) => entry.value)]
  const spec = { ...mappingAt(value, ['spec']), cluster }
  return {
    value: { ...mappingAt(value, []), spec },
    documentPath: (path) => documentPath(path, (list, index) => added[list][index - given.get(list)!.length]?.path),
    unreadable,
  }
}

interface Added {
  readonly value: PlainValue
  readonly path: DocumentPath
}

function contentOf(
  objects: readonly PlacedObject[],
  content: unknown,
  namespaces: readonly PlainValue[],
): { readonly workloads: Added[]; readonly namespaces: Added[] } {
  const nodes = listAt(content, ['spec', 'nodes']).flatMap(nodeSource)
  const known = new Set(namespaces.map((namespace) => valueAt(namespace, ['name'])))
  const added: { workloads: Added[]; namespaces: Added[] } = { workloads: [], namespaces: [] }
  const addNamespace = (name: PlainValue | undefined, labels: PlainValue, path: DocumentPath): void => {
    if (typeof name !== 'string' || known.has(name)) return
    known.add(name)
    added.namespaces.push({ value: { name, labels }, path })
  }
  for (const { object, path } of objects) {
    if (object['kind'] !== 'Namespace' || object['apiVersion'] !== 'v1') continue
    addNamespace(valueAt(object, ['metadata', 'name']), valueAt(object, ['metadata', 'labels']) ?? {}, path)
  }
  for (const { object, path } of objects) {
    const workload = workloadSource(object, nodes)
    if (workload === undefined) continue
    // A namespace need not be listed beside what is in it.
    if (workload.namespace !== 'default') addNamespace(workload.namespace, {}, path)
    added.workloads.push({ value: { ...workload }, path })
  }
  return added
}

function nodeSource(node: PlainValue): NodeSource[] {
  const name = valueAt(node, ['name'])
  if (typeof name !== 'string') return []
  return [{ name, labels: mappingAt(node, ['labels']), taints: listAt(node, ['taints']) }]
}

/** The path of the manifest that an added entry comes from; other paths as they are. */
function documentPath(
  path: DocumentPath,
  origin: (list: (typeof LISTS)[number], index: number) => DocumentPath | undefined,
): DocumentPath {
  const [first, second, name, index] = path
  const list = LISTS.find((known) => known === name)
  if (first !== CLUSTER[0] || second !== CLUSTER[1] || list === undefined || typeof index !== 'number') return path
  const manifest = origin(list, index)
  return manifest === undefined ? path : [...manifest, ...path.slice(4)]
}

function listAt(value: unknown, path: DocumentPath): readonly PlainValue[] {
  const list = valueAt(value, path)
  return isList(list) ? list : []
}

function mappingAt(value: unknown, path: DocumentPath): PlainMapping {
  const mapping = valueAt(value, path)
  return isMapping(mapping) ? mapping : {}
}
