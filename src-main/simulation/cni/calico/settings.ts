import type { CalicoSettings, Finding } from '#shared/lab/index'

import { notModelled, type SettingCheck } from '../common/settings'

/**
 * Whether Felix programs nftables: in `Auto` exactly when it finds kube-proxy's nftables chains
 * (felix/nftables, KubeProxyNftablesEnabledFn; felix/dataplane/linux/int_dataplane.go, useNftables).
 */
function usesNftables({ felixConfiguration, kubeProxy }: CalicoSettings): boolean {
  const { nftablesMode } = felixConfiguration
  return nftablesMode === 'Enabled' || (nftablesMode === 'Auto' && kubeProxy.mode === 'nftables')
}

const CHECKS: readonly SettingCheck<CalicoSettings>[] = [
  {
    path: ['ipPool', 'ipipMode'],
    refuses: ({ ipPool }) => ipPool.ipipMode !== 'Always',
    message: 'Of Calico pools only IPIP Always is modelled yet.',
  },
  {
    path: ['ipPool', 'vxlanMode'],
    refuses: ({ ipPool }) => ipPool.vxlanMode !== 'Never',
    message: 'Calico VXLAN is not modelled yet.',
  },
  {
    path: ['ipPool', 'natOutgoing'],
    refuses: ({ ipPool }) => !ipPool.natOutgoing,
    message: 'A Calico pool without natOutgoing is not modelled yet.',
  },
  {
    path: ['ipPool', 'disabled'],
    refuses: ({ ipPool }) => ipPool.disabled,
    message: 'A disabled pool is not modelled yet.',
  },
  {
    path: ['felixConfiguration', 'bpfEnabled'],
    refuses: ({ felixConfiguration }) => felixConfiguration.bpfEnabled,
    message: "Calico's eBPF data plane is not modelled yet.",
  },
  {
    path: ['felixConfiguration', 'nftablesMode'],
    refuses: usesNftables,
    message: "Calico's nftables data plane is not modelled yet.",
  },
  {
    path: ['felixConfiguration', 'wireguardEnabled'],
    refuses: ({ felixConfiguration }) => felixConfiguration.wireguardEnabled,
    message: 'WireGuard is not modelled yet.',
  },
]

/** The settings that this model has no answer for. */
export function unmodelledSettings(settings: CalicoSettings, at: Finding['path']): Finding[] {
  return notModelled(CHECKS, settings, at)
}
