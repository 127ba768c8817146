import type { FlannelSettings } from '#shared/lab/index'

import { assignAddresses } from '../../agents/index'
import { ClusterNetwork } from '../common/cluster-network'
import type { CniModel } from '../common/cni-model'
import { notModelled, type SettingCheck } from '../common/settings'
import { FlannelDatapath } from './flannel-datapath'

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
    const { assignment, findings } = assignAddresses({ cni: 'flannel', settings }, cluster)
    return {
      network: new ClusterNetwork(cluster, new FlannelDatapath(cluster, settings, assignment)),
      findings: [...notModelled(CHECKS, settings, cluster.settingsPath), ...findings],
    }
  },
}
