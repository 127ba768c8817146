import { fieldErrorText, isObject, type FieldError } from '#main/simulation/kubernetes/field-reader'
import { groupOf, objectTitle, type ApiObject } from '#main/simulation/kubernetes/object'
import { errorsOf } from '#main/simulation/objects/index'
import { readPolicies } from '#main/simulation/policy/index'
import { ENFORCING_CNIS, MODELLED_OBJECTS, parsePath, UNUSED_OBJECTS, WORKLOAD_KINDS } from '#shared/lab/index'

import { fieldOf, standsForTraffic, type ClusterImport } from './cluster-import'

/** Kinds that a lab has records for, so that they need not stand among its manifests. */
export const RECORD_KINDS: readonly string[] = ['Namespace', 'Node', 'Installation', ...WORKLOAD_KINDS]

/** Fields of metadata that say what an object is; a server adds others. */
const KEPT_METADATA = ['name', 'namespace', 'labels']
/** Annotations that plugins read. */
const READ_ANNOTATION = /^(?:[\w.]*cilium(?:\.io)?|projectcalico\.org)\//u

/** The objects that stand among the lab's manifests; the others are left out, each with its reason. */
export function importManifests(cluster: ClusterImport, objects: readonly ApiObject[]): ApiObject[] {
  const given = objects.filter(({ kind }) => !RECORD_KINDS.includes(kind)).map(withPublicGroup)
  const errors = objectErrors(given)
  const reasons = new Map<string, number>()
  const kept = given.flatMap((object): ApiObject[] => {
    const found = errors.get(object) ?? []
    const faults = found.filter(({ kind }) => kind !== 'unknown field')
    if (faults.length > 0) {
      cluster.leaveOut(objectTitle(object), `the API server refuses it: ${faults.map(fieldErrorText).join('; ')}`)
      return []
    }
    const reason = whyNot(object.kind)
    if (reason !== undefined) {
      const key = `${object.kind}\n${reason}`
      reasons.set(key, (reasons.get(key) ?? 0) + 1)
      return []
    }
    return isManaged(object) || standsForTraffic(object) ? [] : [found.length === 0 ? object : withoutUnknown(cluster, object, found)]
  })
  for (const [key, count] of reasons) {
    const [kind, reason] = key.split('\n') as [string, string]
    cluster.leaveOut(count === 1 ? kind : `${kind} (${count})`, reason)
  }
  return kept.map(cleaned)
}

function objectErrors(objects: readonly ApiObject[]): Map<ApiObject, readonly FieldError[]> {
  const errors = new Map<ApiObject, readonly FieldError[]>()
  for (const object of objects) {
    const found = errorsOf(object)
    if (found.length > 0) errors.set(object, found)
  }
  for (const dialect of ENFORCING_CNIS) {
    for (const refused of readPolicies(objects, dialect).refused) errors.set(refused.given, refused.errors)
  }
  return errors
}

/** Why a kind is not used; undefined where it is. */
function whyNot(kind: string): string | undefined {
  if (MODELLED_OBJECTS.includes(kind)) return undefined
  return Object.hasOwn(UNUSED_OBJECTS, kind) ? UNUSED_OBJECTS[kind] : 'objects of this kind are not modelled yet'
}

/** An object without fields that are unknown here: servers may be newer than what is known of them. */
function withoutUnknown(cluster: ClusterImport, object: ApiObject, errors: readonly FieldError[]): ApiObject {
  const kept = structuredClone(object)
  for (const { field } of errors) {
    cluster.leaveOut(`${objectTitle(object)}: ${field}`, 'the field is not known')
    const path = parsePath(field)
    const parent = fieldOf(kept, ...path.slice(0, -1))
    if (isObject(parent)) Reflect.deleteProperty(parent, path.at(-1)!)
  }
  return kept
}

/** Whether a slice was made for a service's selector, so that the lab makes it anew. */
function isManaged({ kind, metadata }: ApiObject): boolean {
  return kind === 'EndpointSlice' && metadata.labels?.['endpointslice.kubernetes.io/managed-by'] === 'endpointslice-controller.k8s.io'
}

/** An object without what a server added. */
function cleaned({ status: _status, metadata, ...rest }: ApiObject): ApiObject {
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => READ_ANNOTATION.test(key))
  const kept = Object.entries(metadata).filter(([key]) => KEPT_METADATA.includes(key))
  if (annotations.length > 0) kept.push(['annotations', Object.fromEntries(annotations)])
  const { apiVersion, kind, ...fields } = rest
  return { apiVersion, kind, metadata: Object.fromEntries(kept) as ApiObject['metadata'], ...fields }
}

/** Calico stores its resources in a group of its own. */
function withPublicGroup(object: ApiObject): ApiObject {
  return groupOf(object) === 'crd.projectcalico.org' ? { ...object, apiVersion: 'projectcalico.org/v3' } : object
}
