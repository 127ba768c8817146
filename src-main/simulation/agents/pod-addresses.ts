import type { Finding, Node, Variant } from '#shared/lab/index'
import { SECOND_NS, type Ipv4Prefix } from '#shared/units/index'

import { assignPodAddresses, type AddressAssignment, type AddressScheme, type AddressSpan } from '../ipam/index'
import type { Pod } from '../kubernetes/index'
import { TIMING } from './timing'

/** What has to be known of a cluster to give its pods addresses. */
export interface AddressedCluster {
  readonly nodes: readonly Node[]
  readonly podCidr: Ipv4Prefix
  readonly pods: readonly Pod[]
}

/** A plugin with its settings, whatever the variant's name is. */
export type Plugin = Variant extends infer Each ? (Each extends Variant ? Omit<Each, 'name'> : never) : never

/** Blocks a Calico node may take (IPAMConfig maxBlocksPerHost; the default). */
const MAX_BLOCKS_PER_HOST = 20
/** Length of a node's range: Cilium's clusterPoolIPv4MaskSize, Kubernetes' node CIDR mask size. */
const NODE_RANGE_LENGTH = 24

/** Gives pods and nodes' own devices their addresses, as the plugin does. */
export function assignAddresses(
  plugin: Exclude<Plugin, { cni: 'none' }>,
  { nodes, podCidr, pods }: AddressedCluster,
): { assignment: AddressAssignment; findings: Finding[] } {
  return assignPodAddresses({
    scheme: schemeOf(plugin),
    podCidr: plugin.cni === 'calico' ? (plugin.settings.ipPool.cidr ?? podCidr) : podCidr,
    nodeNames: nodes.map(({ name }) => name),
    givenBlocks: nodes.map(({ podBlocks }) => podBlocks),
    nodeAddresses: ownAddresses(plugin),
    podNodes: pods.map(({ node, hostNetwork }) => (hostNetwork ? undefined : node)),
    podSpans: spansOf(pods),
  })
}

/**
 * When pods need their addresses; undefined where none is free again before another pod comes. The kubelet has been told of nearly
 * every deletion after the 99th percentile of watches, and the plugin has the address back.
 */
function spansOf(pods: readonly Pod[]): AddressSpan[] | undefined {
  const spans = pods.map(({ createdNs = 0, deletedNs = Infinity }) => ({ fromNs: createdNs, untilNs: deletedNs + TIMING.watch.p99Seconds * SECOND_NS }))
  const last = pods.reduce((latest, { createdNs = 0 }) => Math.max(latest, createdNs), 0)
  return spans.some(({ untilNs }) => untilNs <= last) ? spans : undefined
}

function schemeOf(plugin: Exclude<Plugin, { cni: 'none' }>): AddressScheme {
  switch (plugin.cni) {
    case 'calico':
      return {
        kind: 'calico',
        blockLength: plugin.settings.ipPool.blockSize,
        blocksPerNode: MAX_BLOCKS_PER_HOST,
        strictAffinity: false,
      }
    case 'cilium':
      return { kind: 'cluster-pool', rangeLength: NODE_RANGE_LENGTH }
    case 'flannel':
      return { kind: 'host-local', rangeLength: NODE_RANGE_LENGTH }
  }
}

/** How many addresses a node's own devices take: tunnels (an allocation like any other), Cilium's router and health end. */
function ownAddresses(plugin: Plugin): number {
  if (plugin.cni === 'cilium') return 2
  if (plugin.cni !== 'calico') return 0
  const { ipPool, felixConfiguration } = plugin.settings
  const isTunnelled = ipPool.ipipMode !== 'Never' || ipPool.vxlanMode !== 'Never'
  return Number(isTunnelled) + Number(felixConfiguration.wireguardEnabled)
}
