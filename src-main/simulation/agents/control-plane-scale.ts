import type { ControlPlaneSize } from '#shared/contract/control-plane'
import type { Lab, Variant } from '#shared/lab/index'

import { placePods } from '../kubernetes/index'
import { labServices, type Service } from '../services/index'
import { reflectorCount } from './calico-speakers'
import { endpointDistribution } from './cilium-distribution'
import { identitiesNeeded } from './cilium-state'
import { ClusterTooLarge, meshCounts, reflectorCounts, startCluster, watchEvents, type BgpCounts, type Distribution } from './cluster-start'
import { agentBytes } from './node-agents'
import { nodeTables, tableBytes, type NodeLoad } from './node-tables'

/** Sizes that a variant's design is asked about. */
export interface ScaleQuestion {
  readonly sizes: readonly number[]
  readonly podsPerNode: number
  readonly seed: number
}

/**
 * The start of clusters of other sizes with a variant's design, the lab's services and so many pods on each node. A size that
 * is not simulated says why, with the arithmetic. Requires: a valid lab.
 */
export function scaleControlPlane(lab: Lab, variant: Variant, { sizes, podsPerNode, seed }: ScaleQuestion): ControlPlaneSize[] {
  const { pods: labPods } = placePods(lab)
  const services = labServices(lab, labPods)
  const identitiesOf = (pods: number): Pick<ControlPlaneSize, 'identities'> =>
    variant.cni === 'cilium' ? { identities: identitiesNeeded(labPods, variant.settings, pods) } : {}
  return sizes.map((nodes) => {
    const load = loadOfSize(nodes, podsPerNode, services)
    const { pods } = load
    const start = startOf(lab, variant, { nodes, pods, seed })
    return { nodes, pods, ...start, messages: start.updates + eventsOf(variant, load), ...heldOnNode(variant, load), ...identitiesOf(pods) }
  })
}

/** A cluster of so many nodes with as many pods each, as a node of it sees it. */
export function loadOfSize(nodes: number, podsPerNode: number, services: readonly Service[]): NodeLoad {
  return {
    nodes, pods: nodes * podsPerNode, ownPods: podsPerNode, remoteBlocks: nodes - 1,
    // The other nodes' blocks, the own block, pods, subnet and default route.
    routes: nodes - 1 + podsPerNode + 3,
    services,
  }
}

/** What a variant's agents and tables hold on a node. */
export function heldOnNode(variant: Variant, load: NodeLoad): Pick<ControlPlaneSize, 'rulesPerNode' | 'mapEntriesPerNode' | 'memoryPerNode'> {
  const tables = nodeTables(variant, load)
  const entries = (matches: (name: string) => boolean): number =>
    tables.reduce((sum, { table, entries: count }) => sum + (matches(table) ? count : 0), 0)
  return {
    rulesPerNode: entries((name) => name.endsWith(' rules')),
    mapEntriesPerNode: entries((name) => name.startsWith('cali_') || name.startsWith('cilium_')),
    memoryPerNode: agentBytes(variant, load) + tableBytes(tables),
  }
}

type Start = Pick<ControlPlaneSize, 'refused' | 'sessions' | 'sessionsPerNode' | 'updates' | 'routesPerNode' | 'knownSeconds'>

function startOf(lab: Lab, variant: Variant, size: { readonly nodes: number; readonly pods: number; readonly seed: number }): Start {
  const distribution = distributionOf(lab, variant)
  if (distribution === undefined) return refusedStart(size.nodes, 'What switches tell nodes depends on the fabric: draw it at this size.', { sessions: size.nodes, sessionsPerNode: 1, updates: 4 * size.nodes })
  try {
    const { sessions, sessionsPerNode, updates, routesPerNode, knownSeconds } = startCluster(size, distribution)
    const beside = bgpBeside(lab, variant, size.nodes)
    return {
      sessions: sessions + beside.sessions, sessionsPerNode: sessionsPerNode + beside.sessionsPerNode, updates: updates + beside.updates,
      routesPerNode, knownSeconds,
    }
  } catch (error) {
    if (!(error instanceof ClusterTooLarge)) throw error
    return refusedStart(size.nodes, error.message, meshCounts(size.nodes))
  }
}

/** What is known without a simulation. */
function refusedStart(nodes: number, refused: string, counts: BgpCounts): Start {
  return { refused, ...counts, routesPerNode: nodes - 1 }
}

/** The sessions that Calico's nodes have though Felix writes the routes, as it does with VXLAN: BIRD announces blocks all the same. */
function bgpBeside(lab: Lab, variant: Variant, nodes: number): BgpCounts {
  if (variant.cni !== 'calico' || variant.settings.ipPool.vxlanMode === 'Never') return NO_BGP
  if (variant.settings.bgpConfiguration.nodeToNodeMeshEnabled) return meshCounts(nodes)
  const reflectors = reflectorCount(lab)
  return reflectors > 0 ? reflectorCounts(nodes, reflectors) : NO_BGP
}

const NO_BGP: BgpCounts = { sessions: 0, sessionsPerNode: 0, updates: 0 }

/** Events of watches that tell a variant's agents of nodes and pods. */
function eventsOf(variant: Variant, load: NodeLoad): number {
  switch (variant.cni) {
    case 'none':
      return 0
    case 'calico':
      return watchEvents(load, 'pods')
    case 'cilium':
      return watchEvents(load, endpointDistribution(variant.settings))
    case 'flannel':
      return watchEvents(load, 'nodes')
  }
}

/** How a variant's nodes learn of each other; undefined where their switches tell them. */
function distributionOf(lab: Lab, variant: Variant): Distribution | undefined {
  if (variant.cni === 'cilium') return { kind: 'watch', cilium: endpointDistribution(variant.settings) }
  if (variant.cni !== 'calico' || variant.settings.ipPool.vxlanMode !== 'Never') return { kind: 'watch' }
  if (variant.settings.bgpConfiguration.nodeToNodeMeshEnabled) return { kind: 'bgp-mesh' }
  const reflectors = reflectorCount(lab)
  return reflectors > 0 ? { kind: 'bgp-reflectors', reflectors } : undefined
}
