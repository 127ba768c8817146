import { formatPath, type DocumentPath } from '../document-path'

/** The order in which people expect the keys of the larger mappings, by path. */
const orders: Readonly<Record<string, readonly string[]>> = {
  '': ['apiVersion', 'kind', 'metadata', 'spec'],
  spec: ['fabric', 'nodes', 'cluster', 'external', 'variants', 'traffic', 'faults', 'run', 'view'],
  'spec.fabric': ['racks', 'switches', 'links'],
  'spec.cluster': ['podCIDR', 'serviceCIDR', 'namespaces', 'workloads', 'manifests'],
  'spec.view': ['racks', 'switches', 'nodes', 'workloads', 'external', 'namespaces', 'objects', 'notes', 'shapes', 'groups', 'bends'],
}

/**
 * The place of a new key among those that the mapping at a path has: before the first that usually comes later, else
 * at the end. Keys that are there keep their order, whatever it is.
 */
export function placeOfKey(path: DocumentPath, key: string, present: readonly (string | number)[]): number {
  const order = orders[formatPath(path)] ?? []
  const rank = order.indexOf(key)
  if (rank < 0) return present.length
  const later = present.findIndex((other) => order.indexOf(String(other)) > rank)
  return later < 0 ? present.length : later
}
