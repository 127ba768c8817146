import type { FlannelSettings } from '#shared/lab/index'

import { assignPodAddresses } from '../../ipam/index'
import { ClusterNetwork } from '../common/cluster-network'
import type { CniModel } from '../common/cni-model'
import { notModelled, type SettingCheck } from '../common/settings'
import { FlannelDatapath } from './flannel-datapath'

/** SubnetLen: one range of this length per node. */
const NODE_RANGE_LENGTH = 24

const CHECKS: readonly SettingCheck<FlannelSettings>[] = [
  {
    path: ['Backend', 'Type'],
    refuses: ({ Backend }) => Backend.Type !== 'vxlan' && Backend.Type !== 'host-gw',
    message: 'Of Flannel’s backends only vxlan and host-gw are modelled.',
  },
]

/** Flannel with its VXLAN or host-gw backend. */
export const FLANNEL_MODEL: CniModel<'flannel'> = {
  cni: 'flannel',
  connect(cluster, settings) {
    const { assignment, findings } = assignPodAddresses({
      scheme: { kind: 'host-local', rangeLength: NODE_RANGE_LENGTH },
      podCidr: cluster.podCidr,
      nodeNames: cluster.nodes.map(({ name }) => name),
      givenBlocks: cluster.nodes.map(({ podBlocks }) => podBlocks),
      nodeAddresses: 0,
      podNodes: cluster.pods.map(({ node }) => node),
    })
    return {
      network: new ClusterNetwork(cluster, new FlannelDatapath(cluster, settings, assignment)),
      findings: [...notModelled(CHECKS, settings, cluster.settingsPath), ...findings],
    }
  },
}
