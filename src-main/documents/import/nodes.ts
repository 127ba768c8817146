import { formatIpv4Address, ipv4Prefix, ipv4PrefixesOverlap, formatIpv4Prefix, parseIpv4Address, parseIpv4Prefix, type Ipv4Address, type Ipv4Prefix } from '#shared/units/index'
import { groupOf, type ApiObject } from '#main/simulation/kubernetes/object'

import { fieldOf, listOf, textOf, type ClusterImport } from './cluster-import'
import type { ImportedFabric, ImportedUplink } from './fabric'
import { installationCidr } from './installation'
import type { KindCluster } from './kind-cluster'
import type { SortedSources } from './sources'
import { installationsOf } from './variants'

/** A node as a lab file has it. */
export interface ImportedNode {
  readonly name: string
  readonly cpu?: { readonly cores: number }
  readonly uplinks: readonly ImportedUplink[]
  readonly address?: string
  readonly asn?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly taints?: readonly object[]
  readonly podBlocks?: readonly string[]
}

/** Ranges of a cluster's addresses. */
export interface ImportedRanges {
  readonly podCIDR: string
  readonly serviceCIDR: string
}

/** What calico-node notes of a node's speaker; a lab has the second among the labels. */
const ASN_ANNOTATION = 'projectcalico.org/ASNumber'
const REFLECTOR_ANNOTATION = 'projectcalico.org/RouteReflectorClusterID'

/** The switch that nodes hang on of which nothing tells where. */
export const SWITCH = 'tor-1'

/** How many nodes a lab gets whose objects name none. */
const NODES_WITHOUT_OBJECTS = 3
/** Longest prefix that a cluster's own ranges get, and that of the nodes' subnet. */
const RANGE_LENGTH = 16
const SUBNET_LENGTH = 24
const DEFAULT_RANGES = { podCIDR: '10.244.0.0/16', serviceCIDR: '10.96.0.0/16' }

/** The ranges that pods and services have their addresses from, as far as objects and charts' values tell. */
export function importRanges(cluster: ClusterImport, values: SortedSources['values'], kind?: KindCluster): ImportedRanges {
  const pools = [
    ...cluster.ofKind('IPPool').map((object) => textOf(object, 'spec', 'cidr')),
    ...installationsOf(cluster, values.calico).map(installationCidr),
    ...values.cilium.flatMap((value) => listOf(value, 'ipam', 'operator', 'clusterPoolIPv4PodCIDRList')),
    ...values.flannel.map((value) => textOf(value, 'podCidr')),
    kind?.podCIDR,
  ]
  const pool = pools.find((text): text is string => typeof text === 'string' && isIpv4Prefix(text))
  const blocks = nodesOf(cluster).flatMap(podBlocks)
  const podIps = addresses(cluster.ofKind('Pod').filter((pod) => fieldOf(pod, 'spec', 'hostNetwork') !== true), 'status', 'podIP')
  const serviceIps = addresses(cluster.ofKind('Service'), 'spec', 'clusterIP')
  const ofBlocks = blocks.flatMap((block) => parsedPrefix(block)?.network ?? [])
  const podCIDR = pool ?? cover([...ofBlocks, ...podIps], RANGE_LENGTH) ?? DEFAULT_RANGES.podCIDR
  const services = kind?.serviceCIDR !== undefined && isIpv4Prefix(kind.serviceCIDR) ? kind.serviceCIDR : cover(serviceIps, RANGE_LENGTH)
  return { podCIDR, serviceCIDR: services ?? DEFAULT_RANGES.serviceCIDR }
}

/** What tells of a cluster's nodes. */
interface NodeSources {
  readonly cluster: ClusterImport
  readonly kind: KindCluster | undefined
  readonly fabric: ImportedFabric | undefined
}

/**
 * The cluster's nodes, each where the topology of its name hangs; without Nodes, those that kind is to make, else the
 * topology's machines, else those that pods name, else a few.
 */
export function importNodes({ cluster, kind, fabric }: NodeSources, { podCIDR, serviceCIDR }: ImportedRanges, keepBlocks: boolean): ImportedNode[] {
  const objects = nodesOf(cluster)
  const ofCalico = cluster.ofKind('Node').length - objects.length
  if (ofCalico > 0) cluster.leaveOut(`Calico’s Nodes (${ofCalico})`, 'a lab’s nodes have the addresses of Kubernetes’ Nodes')
  if (objects.length === 0 && kind !== undefined) return nodesOfKind(cluster, kind, fabric)
  if (objects.length === 0 && fabric !== undefined && fabric.machines.size > 0) {
    return Array.from(fabric.machines, ([name, machine]) => ({ name, ...machine }))
  }
  if (objects.length === 0) {
    const named = new Set(cluster.ofKind('Pod').flatMap((pod) => textOf(pod, 'spec', 'nodeName') ?? []))
    const names = named.size > 0 ? [...named] : Array.from({ length: NODES_WITHOUT_OBJECTS }, (_, index) => `node-${index + 1}`)
    return names.map((name) => ({ name, uplinks: [{ switch: SWITCH }] }))
  }
  const own = objects.map(internalAddress)
  const subnet = parsedPrefix(cover(own.flatMap((address) => address ?? []), SUBNET_LENGTH) ?? '')
  const ranges = [podCIDR, serviceCIDR].flatMap((text) => parsedPrefix(text) ?? [])
  // The lab keeps its switches, pods and services apart; a cluster may do without.
  const isApart = subnet !== undefined && ranges.every((range) => !ipv4PrefixesOverlap(range, subnet))
  if (subnet !== undefined && !isApart) cluster.leaveOut('addresses of nodes', 'their range overlaps those of pods or services')
  return objects.map((object, index) => {
    const uplinks = fabric?.machines.get(object.metadata.name)?.uplinks ?? []
    return nodeOf(cluster, object, uplinks, isApart && uplinks.length === 0 ? own[index] : undefined, subnet, keepBlocks)
  })
}

/** The nodes of a kind cluster, where the topology has their containers; its other machines are none. */
function nodesOfKind(cluster: ClusterImport, { nodes }: KindCluster, fabric: ImportedFabric | undefined): ImportedNode[] {
  const containers = new Set(nodes.map(({ container }) => container))
  for (const machine of fabric?.machines.keys() ?? []) {
    if (!containers.has(machine)) cluster.leaveOut(`machine ${machine}`, 'it is no node of the cluster')
  }
  return nodes.map(({ name, container, labels, taints }) => {
    const { uplinks = [], address } = fabric?.machines.get(container) ?? {}
    return {
      name,
      uplinks: uplinks.length === 0 ? [{ switch: SWITCH }] : uplinks,
      ...(address === undefined ? {} : { address }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      ...(taints.length === 0 ? {} : { taints }),
    }
  })
}

function nodeOf(
  cluster: ClusterImport,
  object: ApiObject,
  uplinks: readonly ImportedUplink[],
  address: Ipv4Address | undefined,
  subnet: Ipv4Prefix | undefined,
  keepBlocks: boolean,
): ImportedNode {
  const { name, annotations = {} } = object.metadata
  const reflects = annotations[REFLECTOR_ANNOTATION]
  const labels = { ...object.metadata.labels, ...(reflects === undefined ? {} : { [REFLECTOR_ANNOTATION]: reflects }) }
  const asn = Number(annotations[ASN_ANNOTATION])
  const cores = Math.floor(Number(textOf(object, 'status', 'capacity', 'cpu') ?? fieldOf(object, 'status', 'capacity', 'cpu')))
  const taints = listOf(object, 'spec', 'taints').map((taint) => ({
    key: fieldOf(taint, 'key'), ...(fieldOf(taint, 'value') === undefined ? {} : { value: fieldOf(taint, 'value') }), effect: fieldOf(taint, 'effect'),
  }))
  const blocks = keepBlocks ? podBlocks(object) : []
  if (!(cores >= 1)) cluster.leaveOut(`Node ${name}: cores`, 'its status does not say how many it has')
  return {
    name,
    ...(cores >= 1 ? { cpu: { cores } } : {}),
    uplinks: uplinks.length === 0 ? [{ switch: SWITCH }] : uplinks,
    ...(address === undefined || subnet === undefined ? {} : { address: `${formatIpv4Address(address)}/${subnet.length}` }),
    ...(Number.isInteger(asn) ? { asn } : {}),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(taints.length === 0 ? {} : { taints }),
    ...(blocks.length === 0 ? {} : { podBlocks: blocks }),
  }
}

/** Kubernetes' own Nodes; Calico has objects of that kind, too. */
function nodesOf(cluster: ClusterImport): readonly ApiObject[] {
  return cluster.ofKind('Node').filter((object) => groupOf(object) === '')
}

function podBlocks(node: ApiObject): string[] {
  const given = [...listOf(node, 'spec', 'podCIDRs'), fieldOf(node, 'spec', 'podCIDR')]
  return [...new Set(given)].filter((block): block is string => typeof block === 'string' && isIpv4Prefix(block))
}

function internalAddress(node: ApiObject): Ipv4Address | undefined {
  const entry = listOf(node, 'status', 'addresses').find((address) => fieldOf(address, 'type') === 'InternalIP')
  return parsedAddress(textOf(entry, 'address') ?? '')
}

function addresses(objects: readonly ApiObject[], ...path: readonly string[]): Ipv4Address[] {
  return objects.flatMap((object) => parsedAddress(textOf(object, ...path) ?? '') ?? [])
}

/** The longest prefix up to a length that holds all addresses, with room for a first one of the switch's own. */
function cover(all: readonly Ipv4Address[], length: number): string | undefined {
  const [first] = all
  if (first === undefined) return undefined
  let prefix = ipv4Prefix(first, length)
  for (const address of all) {
    while (ipv4Prefix(address, prefix.length).network !== prefix.network) prefix = ipv4Prefix(first, prefix.length - 1)
  }
  return formatIpv4Prefix(prefix)
}

function parsedAddress(text: string): Ipv4Address | undefined {
  const read = parseIpv4Address(text)
  return read.ok ? read.value : undefined
}

function parsedPrefix(text: string): Ipv4Prefix | undefined {
  const read = parseIpv4Prefix(text)
  return read.ok ? read.value : undefined
}

function isIpv4Prefix(text: string): boolean {
  return parsedPrefix(text) !== undefined
}
