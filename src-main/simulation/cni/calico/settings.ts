import type { CalicoSettings, Finding } from '#shared/lab/index'

import type { ClusterView } from '../common/cni-model'
import { notModelled, type SettingCheck } from '../common/settings'
import type { CarrierKind } from './calico-paths'

/** What Felix programs. */
export type DataPlane = 'iptables' | 'nftables' | 'ebpf'

/**
 * The data plane that settings select. Nftables in `Auto` exactly when Felix finds kube-proxy's nftables chains
 * (felix/nftables, KubeProxyNftablesEnabledFn; felix/dataplane/linux/int_dataplane.go, useNftables).
 */
export function dataPlaneOf({ felixConfiguration, kubeProxy }: CalicoSettings): DataPlane {
  const { bpfEnabled, nftablesMode } = felixConfiguration
  if (bpfEnabled) return 'ebpf'
  const usesNftables = nftablesMode === 'Enabled' || (nftablesMode === 'Auto' && kubeProxy.mode === 'nftables')
  return usesNftables ? 'nftables' : 'iptables'
}

/** The pool's encapsulation, and whether it is for nodes in other subnets only. */
export function encapsulationOf({ ipPool }: CalicoSettings): {
  readonly kind: Exclude<CarrierKind, 'wireguard'>
  readonly crossSubnetOnly: boolean
} {
  if (ipPool.ipipMode !== 'Never') return { kind: 'ipip', crossSubnetOnly: ipPool.ipipMode === 'CrossSubnet' }
  if (ipPool.vxlanMode !== 'Never') return { kind: 'vxlan', crossSubnetOnly: ipPool.vxlanMode === 'CrossSubnet' }
  return { kind: 'direct', crossSubnetOnly: false }
}

const CHECKS: readonly SettingCheck<CalicoSettings>[] = [
  {
    path: ['ipPool', 'disabled'],
    refuses: ({ ipPool }) => ipPool.disabled,
    message: 'A disabled pool is not modelled yet.',
  },
  {
    path: ['bgpConfiguration', 'serviceLoadBalancerIPs'],
    refuses: ({ bgpConfiguration, felixConfiguration }) => bgpConfiguration.serviceLoadBalancerIPs.length > 0 && felixConfiguration.bpfEnabled,
    message: 'Announced ranges of load balancers are not modelled yet with the eBPF data plane.',
  },
]

/** The settings that this model has no answer for. */
export function unmodelledSettings(settings: CalicoSettings, at: Finding['path']): Finding[] {
  return notModelled(CHECKS, settings, at)
}

/** Calico's manifest chains the bandwidth plugin, which shapes a limited pod's traffic with a token bucket on its device. */
export function unenforcedLimits({ pods, settingsPath }: Pick<ClusterView, 'pods' | 'settingsPath'>): Finding[] {
  const limited = pods.find(({ egressBitsPerSecond }) => egressBitsPerSecond !== undefined)
  if (limited === undefined) return []
  const message = `The bandwidth of pod ${limited.reference} is limited, which is modelled for Cilium’s bandwidth manager only: not for the bandwidth plugin that Calico chains.`
  return [{ code: 'not-modelled', path: settingsPath, message, fix: 'Leave the annotation out, or this variant.' }]
}
