import { isList, isMapping, valueAt, type PlainMapping, type PlainValue } from '../change/plain-value'
import type { DocumentPath } from '../document-path'
import type { Finding } from '../problem'
import { DEFAULT_NAMESPACE } from '../record/cluster'
import { readManifestText } from './manifest-text'
import { describeNodes } from './node-objects'
import { Origins } from './origins'
import type { PlacedObject } from './placed-object'
import { configureVariants } from './variant-settings'
import { fitsNoNode, workloadSource, type NodeSource } from './workloads'

/** Texts of manifest files, by the path that the lab names them by. */
export type ManifestFiles = ReadonlyMap<string, string>

/** A lab's content with everything its manifests hold in the places where the lab's own things are. */
export interface ExpandedContent {
  readonly value: unknown
  /** A finding about the expanded content, at the place in the document, or in a manifest's file, that says it. */
  readonly place: (finding: Finding) => Finding
  /** Files that could not be read as manifests, and what of objects that describe nodes and plugins is not used; with the document's paths. */
  readonly findings: readonly Finding[]
}

const CLUSTER = ['spec', 'cluster'] as const
const LISTS = ['manifests', 'workloads', 'namespaces'] as const

/**
 * Puts the objects of manifest files behind the inline ones, workloads and namespaces that objects come to behind those of
 * the lab, and what objects say of nodes and of a plugin's settings where the lab says nothing of it itself. A namespace
 * that the lab lists itself stays as it is. Without a file's text its objects stay away.
 */
export function expandManifests(value: unknown, files: ManifestFiles | undefined): ExpandedContent {
  const given = new Map(LISTS.map((list) => [list, listAt(value, [...CLUSTER, list])]))
  const { inline, fromFiles, findings } = placedObjects(given.get('manifests')!, files)
  const objects = [...inline, ...fromFiles]
  if (objects.length === 0) return { value, place: (finding) => finding, findings }
  const origins = new Origins()
  const givenVariants = listAt(value, ['spec', 'variants'])
  // Calico gives pods addresses of blocks of its own.
  const takesBlocks = !givenVariants.some((variant) => valueAt(variant, ['cni']) === 'calico')
  const { nodes, findings: ofNodes } = describeNodes(listAt(value, ['spec', 'nodes']), objects, ['spec', 'nodes'], origins, takesBlocks)
  const { variants, findings: ofVariants } = configureVariants(givenVariants, objects, nodes, ['spec', 'variants'], origins)
  const sources = nodes.flatMap(nodeSource)
  const added = {
    manifests: fromFiles.map((placed) => ({ value: placed.object, placed })),
    ...contentOf(objects, sources, given.get('namespaces')!),
  }
  const cluster: Record<string, PlainValue | undefined> = { ...mappingAt(value, CLUSTER) }
  for (const list of LISTS) {
    const entries = given.get(list)!
    if (added[list].length === 0) continue
    cluster[list] = [...entries, ...added[list].map((entry) => entry.value)]
    added[list].forEach(({ placed }, index) => origins.add([...CLUSTER, list, entries.length + index], placed))
  }
  const spec = {
    ...mappingAt(value, ['spec']),
    cluster,
    ...(nodes.length > 0 && { nodes }),
    ...(variants.length > 0 && { variants }),
  }
  return {
    value: { ...mappingAt(value, []), spec },
    place: (finding) => origins.place(finding),
    findings: [...findings, ...ofNodes, ...ofVariants, ...pendingPods(objects, sources)],
  }
}

/** The objects of a lab's manifests, those given inline and those of files, with the place of each in the document. */
function placedObjects(manifests: readonly PlainValue[], files: ManifestFiles | undefined) {
  const inline: PlacedObject[] = []
  const fromFiles: PlacedObject[] = []
  const findings: Finding[] = []
  manifests.forEach((manifest, index) => {
    const path = [...CLUSTER, 'manifests', index]
    const file = valueAt(manifest, ['file'])
    if (typeof file !== 'string') {
      if (isMapping(manifest)) inline.push({ object: manifest, path })
      return
    }
    const text = files?.get(file)
    if (text === undefined) return
    const read = readManifestText(text)
    if ('error' in read) {
      const message = `The manifests in ${JSON.stringify(file)} can't be read: line ${read.line}: ${read.error}`
      findings.push({ code: 'unreadable', path: [...path, 'file'], message })
    } else {
      read.objects.forEach((object, number) => {
        if (isMapping(object)) fromFiles.push({ object, path, source: { file, text, number } })
      })
    }
  })
  return { inline, fromFiles, findings }
}

interface Added {
  readonly value: PlainValue
  readonly placed: PlacedObject
}

function contentOf(
  objects: readonly PlacedObject[],
  nodes: readonly NodeSource[],
  namespaces: readonly PlainValue[],
): { readonly workloads: Added[]; readonly namespaces: Added[] } {
  const known = new Set(namespaces.map((namespace) => valueAt(namespace, ['name'])))
  const added: { workloads: Added[]; namespaces: Added[] } = { workloads: [], namespaces: [] }
  const addNamespace = (name: PlainValue | undefined, labels: PlainValue, placed: PlacedObject): void => {
    if (typeof name !== 'string' || known.has(name)) return
    known.add(name)
    added.namespaces.push({ value: { name, labels }, placed })
  }
  for (const placed of objects) {
    const { object } = placed
    if (object['kind'] !== 'Namespace' || object['apiVersion'] !== 'v1') continue
    addNamespace(valueAt(object, ['metadata', 'name']), valueAt(object, ['metadata', 'labels']) ?? {}, placed)
  }
  for (const placed of objects) {
    const workload = workloadSource(placed.object, nodes)
    if (workload === undefined) continue
    // A namespace need not be listed beside what is in it.
    if (workload.namespace !== DEFAULT_NAMESPACE) addNamespace(workload.namespace, {}, placed)
    added.workloads.push({ value: { ...workload }, placed })
  }
  return added
}

/** Objects whose pods no node takes. */
function pendingPods(objects: readonly PlacedObject[], nodes: readonly NodeSource[]): Finding[] {
  return objects.filter(({ object }) => fitsNoNode(object, nodes)).map(({ object, path }): Finding => {
    const name = JSON.stringify(valueAt(object, ['metadata', 'name']))
    const message = `No node can take the pods of ${name}: none is what its nodeSelector or affinity asks for.`
    return { code: 'no-node-for-pods', path, message, fix: 'Give a node the labels that it asks for, or take them out of the object.' }
  })
}

function nodeSource(node: PlainValue): NodeSource[] {
  const name = valueAt(node, ['name'])
  if (typeof name !== 'string') return []
  return [{ name, labels: mappingAt(node, ['labels']), taints: listAt(node, ['taints']) }]
}

function listAt(value: unknown, path: DocumentPath): readonly PlainValue[] {
  const list = valueAt(value, path)
  return isList(list) ? list : []
}

function mappingAt(value: unknown, path: DocumentPath): PlainMapping {
  const mapping = valueAt(value, path)
  return isMapping(mapping) ? mapping : {}
}
