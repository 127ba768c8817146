import { assignAddresses } from '../../agents/index'
import { ClusterNetwork } from '../common/cluster-network'
import type { CniModel } from '../common/cni-model'
import { CiliumDatapath } from './cilium-datapath'
import { unmodelledSettings } from './settings'

/** Cilium: VXLAN, Geneve or native routing, by its programs alone or with the node's stack, encrypted or not. */
export const CILIUM_MODEL: CniModel<'cilium'> = {
  cni: 'cilium',
  connect(cluster, settings) {
    const { assignment, findings } = assignAddresses({ cni: 'cilium', settings }, cluster)
    return {
      network: new ClusterNetwork(cluster, new CiliumDatapath(cluster, settings, assignment)),
      findings: [...unmodelledSettings(settings, cluster.settingsPath), ...findings],
    }
  },
}
