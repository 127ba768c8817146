import type { FieldPlace, FieldReader } from '../../kubernetes/field-reader'
import { readSelectorWith, type LabelSelector } from '../../kubernetes/label-selector'
import { checkLabelKey } from '../../kubernetes/names'

/** Keys that Cilium gives to a pod's identity beside the pod's labels. */
export const NAMESPACE_KEY = 'io.kubernetes.pod.namespace'
export const CLUSTER_KEY = 'io.cilium.k8s.policy.cluster'
export const SERVICE_ACCOUNT_KEY = 'io.cilium.k8s.policy.serviceaccount'
export const NAMESPACE_LABELS_PREFIX = 'io.cilium.k8s.namespace.labels.'

/** Sources of labels that a key may name in front of a colon. */
const SOURCE = /^(any|k8s|reserved|cidr|container|unspec|fqdn|node):/u

/** The source that a key names and the rest of it. Without one, a key is of any source. */
export function splitKey(key: string): { readonly source: string; readonly name: string } {
  const source = SOURCE.exec(key)?.[1]
  return source === undefined ? { source: 'any', name: key } : { source, name: key.slice(source.length + 1) }
}

/** Whether a key of a source can be about a pod's own labels, all of which come from Kubernetes. */
export function isOfKubernetes(source: string): boolean {
  return source === 'any' || source === 'k8s'
}

/** Reads a selector whose keys may name a source. */
export function readEndpointSelector(fields: FieldReader): LabelSelector {
  return readSelectorWith(fields, (key: string, place: FieldPlace) => checkLabelKey(splitKey(key).name, place))
}

/**
 * A selector of peers with the namespace that it implies: the policy's own (in a clusterwide policy: any), unless it says
 * something about namespaces itself or names a reserved label. (cilium/cilium, k8s/apis/cilium.io/utils,
 * getEndpointSelector.)
 */
export function withNamespace(selector: LabelSelector, namespace: string | undefined): LabelSelector {
  const keys = selector.map(({ key }) => splitKey(key))
  if (keys.some(({ source }) => source === 'reserved')) return selector
  if (keys.some(({ name }) => name === NAMESPACE_KEY)) return selector
  if (namespace === undefined) return [...selector, { key: NAMESPACE_KEY, operator: 'Exists', values: [] }]
  if (keys.some(({ name }) => name.startsWith(NAMESPACE_LABELS_PREFIX))) return selector
  return [...selector, { key: NAMESPACE_KEY, operator: 'In', values: [namespace] }]
}

/**
 * A selector of a policy's subjects: in a namespaced policy always those of its own namespace. Another one named with the
 * source k8s is replaced by it; named without a source it stays, and selects nobody (utils, ParseToCiliumRule).
 */
export function ofNamespace(selector: LabelSelector, namespace: string | undefined): LabelSelector {
  if (namespace === undefined) return selector
  const others = selector.filter(
    ({ key, operator, values }) => !(operator === 'In' && values.length === 1 && key === `k8s:${NAMESPACE_KEY}`),
  )
  return [...others, { key: NAMESPACE_KEY, operator: 'In', values: [namespace] }]
}
