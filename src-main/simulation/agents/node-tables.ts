import { z } from 'zod'

import type { RecordedTable } from '#shared/contract/control-plane'
import { hasKubeProxy, type Variant } from '#shared/lab/index'

import tableFile from '../../../resources/calibration/kernel-tables.json'
import { ruleCount, type Service } from '../services/index'
import type { PolicyMapLoad } from './cilium-state'

const tableSchema = z.strictObject({
  form: z.enum(['hash', 'trie']),
  keyBytes: z.int().positive(),
  valueBytes: z.int().positive(),
  capacity: z.int().positive(),
  /** Allocated at its full capacity when it is made. */
  whole: z.boolean(),
  source: z.string().min(1),
})

const TABLES = z
  .strictObject({ schema: z.literal('cnilab/kernel-tables/v1'), description: z.string(), tables: z.record(z.string(), tableSchema) })
  .parse(tableFile).tables

/** Beside key and value: what a hash map's element (with its bucket) and a trie's node take, bytes. */
const OVERHEAD_BYTES = { hash: 48 + 16, trie: 40 } as const

/** A cluster as one of its nodes sees it. */
export interface NodeLoad {
  readonly nodes: number
  /** Pods of the whole cluster, and of this node; those in the host network apart. */
  readonly pods: number
  readonly ownPods: number
  /** Blocks or ranges of other nodes. */
  readonly remoteBlocks: number
  /** Rows of the kernel's routing table. */
  readonly routes: number
  readonly services: readonly Service[]
  /** Policy maps of its pods; absent where there are none, or they are not asked about. */
  readonly policyMaps?: PolicyMapLoad | undefined
}

/** What a node's kernel holds for a variant, flows apart. */
export function nodeTables(variant: Variant, load: NodeLoad): RecordedTable[] {
  const routes: RecordedTable = { table: 'routes', entries: load.routes }
  const proxy = kubeProxyTable(variant, load)
  switch (variant.cni) {
    case 'none':
      return [routes, ...proxy]
    case 'calico':
      return [routes, ...calicoTables(variant, load), ...proxy]
    case 'cilium':
      return [routes, ...ciliumTables(load), ...proxy]
    case 'flannel':
      return [routes, ...(variant.settings.Backend.Type === 'vxlan' ? tunnelNeighbours(load) : []), ...proxy]
  }
}

/** Memory of a node's tables as far as it is known, bytes. */
export function tableBytes(tables: readonly RecordedTable[]): number {
  return tables.reduce((sum, { bytes = 0 }) => sum + bytes, 0)
}

/** Rules of kube-proxy, where nothing replaces it. */
function kubeProxyTable(variant: Variant, { services }: NodeLoad): RecordedTable[] {
  if (!hasKubeProxy(variant)) return []
  const { mode } = variant.settings.kubeProxy
  return [{ table: `${mode} rules`, entries: ruleCount(mode, services) }]
}

function calicoTables({ settings: { ipPool, felixConfiguration } }: Extract<Variant, { cni: 'calico' }>, load: NodeLoad): RecordedTable[] {
  const tunnels = ipPool.vxlanMode === 'Never' ? [] : tunnelNeighbours(load)
  if (!felixConfiguration.bpfEnabled) return tunnels
  const { ports, backends } = serviceEntries(load)
  return [
    ...tunnels,
    // A pool, blocks and nodes elsewhere, the node itself and each of its pods.
    map('cali_v4_routes', 1 + load.remoteBlocks + load.nodes + load.ownPods),
    map('cali_v4_nat_fe', ports),
    map('cali_v4_nat_be', backends),
    // Each pod's device and the NIC.
    map('cali_iface', load.ownPods + 1),
    map('cali_v4_ct', 0),
  ]
}

function ciliumTables(load: NodeLoad): RecordedTable[] {
  const { ports, backends } = serviceEntries(load)
  return [
    // All pods; of every node its own, its router's and its health end's address; and the world.
    map('cilium_ipcache', load.pods + 3 * load.nodes + 1),
    map('cilium_lxc', load.ownPods + 2),
    // A frontend with a slot for each of its backends.
    map('cilium_lb4_services_v2', ports + backends),
    map('cilium_lb4_backends_v3', distinctBackends(load)),
    map('cilium_lb4_reverse_nat', ports),
    ...(load.policyMaps === undefined ? [] : [policyMap(load.policyMaps)]),
  ]
}

/** The fullest of the maps that each pod has, and what all of them take. */
function policyMap({ capacity, fullest, total }: PolicyMapLoad): RecordedTable {
  const entries = Math.min(fullest, capacity)
  const { bytes } = map('cilium_policy_v2', total)
  return { table: 'cilium_policy_v2', entries, capacity, ...(bytes !== undefined && { bytes }), ...(fullest > capacity && { missing: fullest - capacity }) }
}

/** A neighbour and an FDB entry for every other node. */
function tunnelNeighbours({ nodes }: NodeLoad): RecordedTable[] {
  return [
    { table: 'neighbours', entries: nodes - 1 },
    { table: 'fdb', entries: nodes - 1 },
  ]
}

function serviceEntries({ services }: NodeLoad): { readonly ports: number; readonly backends: number } {
  const ports = services.filter(({ address }) => address !== undefined).flatMap((service) => service.ports)
  return { ports: ports.length, backends: ports.reduce((sum, port) => sum + port.backends.length, 0) }
}

function distinctBackends({ services }: NodeLoad): number {
  const all = services.flatMap(({ ports }) => ports.flatMap(({ backends, protocol }) => backends.map(({ pod, port }) => `${protocol} ${pod} ${port}`)))
  return new Set(all).size
}

/** A BPF map with so many entries, and the memory it holds. */
function map(table: string, entries: number): RecordedTable {
  const { form, keyBytes, valueBytes, capacity, whole } = TABLES[table]!
  const bytes = OVERHEAD_BYTES[form] + 8 * Math.ceil(keyBytes / 8) + 8 * Math.ceil(valueBytes / 8)
  return { table, entries, capacity, bytes: bytes * (whole ? capacity : entries) }
}
