import { dump } from 'js-yaml'

import type { ApiObject } from '#main/simulation/kubernetes/object'
import type { Problem } from '#shared/lab/index'

import { ClusterImport, fieldOf, type LeftOut } from './cluster-import'
import { importFabric, type ImportedFabric } from './fabric'
import { importKindCluster } from './kind-cluster'
import { importManifests, RECORD_KINDS } from './manifests'
import { importNodes, importRanges, SWITCH, type ImportedNode } from './nodes'
import { sortSources, type ImportSource } from './sources'
import { importVariants } from './variants'
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

/** A line for each field of an entry, however long; what is inside a field stands in braces. */
const LAYOUT = { lineWidth: -1, noRefs: true, flowLevel: 5 }

/**
 * Makes a lab of objects, containerlab topologies and values of the plugins' charts. What is none of these counts as left
 * out, and so does what the lab's checks refuse.
 */
export function importLab(name: string, sources: readonly ImportSource[]): ImportedLab {
  const cluster = new ClusterImport()
  const { objects, topologies, kindConfigs, values } = sortSources(sources, cluster)
  cluster.add(objects)
  const kind = importKindCluster(kindConfigs, cluster)
  const variants = importVariants(cluster, values, kind)
  const ranges = importRanges(cluster, values, kind)
  const fabric = importFabric(topologies, cluster)
  const nodes = importNodes({ cluster, kind, fabric }, ranges, !variants.some(({ cni }) => cni === 'calico'))
  const known = nodes.map(({ name: node, labels = {}, taints = [] }) => ({ name: node, labels, taints: taints as never[] }))
  const workloads = importWorkloads(cluster, known)
  const manifests = importManifests(cluster, objects)
  const lab = {
    apiVersion: 'cnilab.dev/v1alpha1',
    kind: 'Lab',
    metadata: { name },
    spec: {
      fabric: { switches: switchesOf(nodes, fabric), links: fabric?.links ?? [] },
      nodes,
      cluster: { ...ranges, namespaces: namespacesOf(cluster, [...workloads, ...manifests.map(({ metadata }) => metadata)]), workloads, manifests },
      variants,
    },
  }
  const { text, problems } = withoutFaults(lab, cluster, (value) => dump(value, LAYOUT))
  const used = {
    ...countKinds(objects, manifests),
    ...(kindConfigs.length === 0 ? {} : { 'configuration of kind': kindConfigs.length }),
    ...(topologies.length === 0 ? {} : { 'containerlab topology': topologies.length }),
    ...Object.fromEntries(Object.entries(values).flatMap(([chart, given]) => (given.length === 0 ? [] : [[`values of ${chart}`, given.length]]))),
  }
  return { text, problems, used, leftOut: cluster.leftOut }
}

/** The switches of a topology, and the one that nodes hang on of which none tells. */
function switchesOf(nodes: readonly ImportedNode[], fabric: ImportedFabric | undefined): object[] {
  const isUsed = nodes.some(({ uplinks }) => uplinks.some((uplink) => uplink.switch === SWITCH))
  return [...(fabric?.switches ?? []), ...(isUsed || fabric === undefined ? [{ name: SWITCH, role: 'tor' }] : [])]
}

/** Namespaces that are given, and those that something is in. */
function namespacesOf(cluster: ClusterImport, things: readonly { readonly namespace?: string }[]): object[] {
  const given = cluster.ofKind('Namespace').map(({ metadata }) => ({ name: metadata.name, labels: metadata.labels ?? {} }))
  const names = new Set(given.map(({ name }) => name))
  const named = new Set(things.flatMap(({ namespace }) => namespace ?? []))
  return [...given, ...[...named].filter((name) => !names.has(name)).map((name) => ({ name }))]
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
