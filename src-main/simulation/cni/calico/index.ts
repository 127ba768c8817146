import { assignPodAddresses } from '../../ipam/index'
import { ClusterNetwork } from '../common/cluster-network'
import type { CniModel } from '../common/cni-model'
import { CalicoDatapath } from './calico-datapath'
import { encapsulationOf, unmodelledSettings } from './settings'

/** Blocks a node may take (IPAMConfig maxBlocksPerHost; Calico's default). */
const MAX_BLOCKS_PER_HOST = 20

/** Calico: IPIP, VXLAN or no encapsulation, on the iptables, nftables or eBPF data plane, with WireGuard or without. */
export const CALICO_MODEL: CniModel<'calico'> = {
  cni: 'calico',
  connect(cluster, settings) {
    // The address of a tunnel device is an allocation like any other, on a fresh node the first.
    const isTunnelled = encapsulationOf(settings).kind !== 'direct'
    const { assignment, findings } = assignPodAddresses({
      scheme: {
        kind: 'calico',
        blockLength: settings.ipPool.blockSize,
        blocksPerNode: MAX_BLOCKS_PER_HOST,
        strictAffinity: false,
      },
      podCidr: settings.ipPool.cidr ?? cluster.podCidr,
      nodeNames: cluster.nodes.map(({ name }) => name),
      givenBlocks: cluster.nodes.map(({ podBlocks }) => podBlocks),
      nodeAddresses: Number(isTunnelled) + Number(settings.felixConfiguration.wireguardEnabled),
      podNodes: cluster.pods.map(({ node }) => node),
    })
    return {
      network: new ClusterNetwork(cluster, new CalicoDatapath(cluster, settings, assignment)),
      findings: [...unmodelledSettings(settings, cluster.settingsPath), ...findings],
    }
  },
}
