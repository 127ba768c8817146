import { dump } from 'js-yaml'

import { readPolicies } from '#main/simulation/policy/index'
import { groupOf, isApiObject, objectTitle, type ApiObject } from '#main/simulation/kubernetes/object'
import { MODELLED_OBJECTS, UNUSED_OBJECTS, WORKLOAD_KINDS, type Problem } from '#shared/lab/index'

import { ClusterImport, fieldOf, type LeftOut } from './cluster-import'
import { importNodes, importRanges, SWITCH } from './nodes'
import { importVariants, SETTINGS_KINDS } from './variants'
import { importWorkloads } from './workloads'
import { withoutFaults } from './without-faults'

/** A lab made of a cluster's objects. */
export interface ImportedLab {
  readonly text: string
  /** What its checks warn of. */
  readonly problems: readonly Problem[]
  /** How many objects of each kind the lab is made of. */
  readonly used: Readonly<Record<string, number>>
  readonly leftOut: readonly LeftOut[]
}

/** Kinds that a lab has records for, so that they need not stand among its manifests. */
const RECORD_KINDS: readonly string[] = ['Namespace', 'Node', ...WORKLOAD_KINDS, ...SETTINGS_KINDS]

/** A line for each field of an entry, however long; what is inside a field stands in braces. */
const LAYOUT = { lineWidth: -1, noRefs: true, flowLevel: 5 }

/** Fields of metadata that say what an object is; a server adds others. */
const KEPT_METADATA = ['name', 'namespace', 'labels']

/** Makes a lab of objects. What is no object counts as left out, and so does what the lab's checks refuse. */
export function importLab(name: string, values: readonly unknown[]): ImportedLab {
  const objects = values.filter(isApiObject)
  const cluster = new ClusterImport(objects)
  if (objects.length < values.length) {
    cluster.leaveOut(`${values.length - objects.length} entries`, 'they have no apiVersion, kind and metadata.name')
  }
  const variants = importVariants(cluster)
  const ranges = importRanges(cluster)
  const nodes = importNodes(cluster, ranges, !variants.some(({ cni }) => cni === 'calico'))
  const sources = nodes.map(({ name: node, labels = {}, taints = [] }) => ({ name: node, labels, taints: taints as never[] }))
  const workloads = importWorkloads(cluster, sources)
  const manifests = importManifests(cluster, objects)
  const lab = {
    apiVersion: 'cnilab.dev/v1alpha1',
    kind: 'Lab',
    metadata: { name },
    spec: {
      fabric: { switches: [{ name: SWITCH, role: 'tor' }] },
      nodes,
      cluster: { ...ranges, namespaces: namespacesOf(cluster, [...workloads, ...manifests.map(({ metadata }) => metadata)]), workloads, manifests },
      variants,
    },
  }
  const { text, problems } = withoutFaults(lab, cluster, (value) => dump(value, LAYOUT))
  return { text, problems, used: countKinds(objects, manifests), leftOut: cluster.leftOut }
}

/** Namespaces that are given, and those that something is in. */
function namespacesOf(cluster: ClusterImport, things: readonly { readonly namespace?: string }[]): object[] {
  const given = cluster.ofKind('Namespace').map(({ metadata }) => ({ name: metadata.name, labels: metadata.labels ?? {} }))
  const names = new Set(given.map(({ name }) => name))
  const named = new Set(things.flatMap(({ namespace }) => namespace ?? []))
  return [...given, ...[...named].filter((name) => !names.has(name)).map((name) => ({ name }))]
}

/** The objects that stand among the lab's manifests; the others are left out, each with its reason. */
function importManifests(cluster: ClusterImport, objects: readonly ApiObject[]): ApiObject[] {
  const refused = new Map(refusedObjects(objects).map(({ object, reasons }) => [object, reasons]))
  const reasons = new Map<string, number>()
  const kept = objects.filter((object) => {
    const { kind } = object
    if (RECORD_KINDS.includes(kind)) return false
    const faults = refused.get(objectTitle(object))
    if (faults !== undefined) {
      cluster.leaveOut(objectTitle(object), `the API server refuses it: ${faults.join('; ')}`)
      return false
    }
    if (MODELLED_OBJECTS.includes(kind)) return kind !== 'EndpointSlice' || !isManaged(object)
    const reason = Object.hasOwn(UNUSED_OBJECTS, kind) ? UNUSED_OBJECTS[kind]! : 'objects of this kind are not modelled yet'
    const key = `${kind}\n${reason}`
    reasons.set(key, (reasons.get(key) ?? 0) + 1)
    return false
  })
  for (const [key, count] of reasons) {
    const [kind, reason] = key.split('\n') as [string, string]
    cluster.leaveOut(count === 1 ? kind : `${kind} (${count})`, reason)
  }
  return kept.map(cleaned)
}

function refusedObjects(objects: readonly ApiObject[]) {
  return (['calico', 'cilium'] as const).flatMap((dialect) => readPolicies(objects.map(withPublicGroup), dialect).refused)
}

/** Whether a slice was made for a service's selector, so that the lab makes it anew. */
function isManaged(slice: ApiObject): boolean {
  return slice.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] === 'endpointslice-controller.k8s.io'
}

/** An object without what a server added. */
function cleaned(object: ApiObject): ApiObject {
  const { status: _status, metadata, ...rest } = withPublicGroup(object)
  const kept = Object.entries(metadata).filter(([key]) => KEPT_METADATA.includes(key))
  const { apiVersion, kind, ...fields } = rest
  return { apiVersion, kind, metadata: Object.fromEntries(kept) as ApiObject['metadata'], ...fields }
}

/** Calico stores its resources in a group of its own. */
function withPublicGroup(object: ApiObject): ApiObject {
  return groupOf(object) === 'crd.projectcalico.org' ? { ...object, apiVersion: 'projectcalico.org/v3' } : object
}

function countKinds(objects: readonly ApiObject[], manifests: readonly ApiObject[]): Record<string, number> {
  const counts: Record<string, number> = {}
  const add = ({ kind }: ApiObject): void => {
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  for (const object of objects) if (RECORD_KINDS.includes(object.kind) && fieldOf(object, 'metadata', 'name') !== undefined) add(object)
  manifests.forEach(add)
  return counts
}
