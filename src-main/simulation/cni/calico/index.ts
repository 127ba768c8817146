import { assignAddresses, strangeAddresses } from '../../agents/index'
import { ClusterNetwork } from '../common/cluster-network'
import type { CniModel } from '../common/cni-model'
import { CalicoDatapath } from './calico-datapath'
import { unenforcedLimits, unmodelledSettings } from './settings'

/** Calico: IPIP, VXLAN or no encapsulation, on the iptables, nftables or eBPF data plane, with WireGuard or without. */
export const CALICO_MODEL: CniModel<'calico'> = {
  cni: 'calico',
  connect(cluster, settings) {
    const { assignment, findings } = assignAddresses({ cni: 'calico', settings }, cluster)
    return {
      network: new ClusterNetwork(cluster, new CalicoDatapath(cluster, settings, assignment)),
      findings: [...unmodelledSettings(settings, cluster.settingsPath), ...unenforcedLimits(cluster), ...findings, ...strangeAddresses(cluster.topology.hosts, settings, cluster.settingsPath)],
    }
  },
}
