import { assignPodAddresses } from '../../ipam/index'
import { ClusterNetwork } from '../common/cluster-network'
import type { CniModel } from '../common/cni-model'
import { CiliumDatapath } from './cilium-datapath'
import { unmodelledSettings } from './settings'

/** clusterPoolIPv4MaskSize of the chart: one block of this length per node. */
const NODE_BLOCK_LENGTH = 24

/** Cilium: VXLAN, Geneve or native routing, by its programs alone or with the node's stack, encrypted or not. */
export const CILIUM_MODEL: CniModel<'cilium'> = {
  cni: 'cilium',
  connect(cluster, settings) {
    const { assignment, findings } = assignPodAddresses({
      scheme: { kind: 'cluster-pool', rangeLength: NODE_BLOCK_LENGTH },
      podCidr: cluster.podCidr,
      nodeNames: cluster.nodes.map(({ name }) => name),
      givenBlocks: cluster.nodes.map(({ podBlocks }) => podBlocks),
      // cilium_host and the health endpoint.
      nodeAddresses: 2,
      podNodes: cluster.pods.map(({ node }) => node),
    })
    return {
      network: new ClusterNetwork(cluster, new CiliumDatapath(cluster, settings, assignment)),
      findings: [...unmodelledSettings(settings, cluster.settingsPath), ...findings],
    }
  },
}
