import type { CiliumSettings, Finding } from '#shared/lab/index'

import { notModelled, type SettingCheck } from '../common/settings'

const CHECKS: readonly SettingCheck<CiliumSettings>[] = [
  {
    path: ['routingMode'],
    refuses: ({ routingMode }) => routingMode !== 'tunnel',
    message: "Cilium's native routing is not modelled yet.",
  },
  {
    path: ['tunnelProtocol'],
    refuses: ({ tunnelProtocol }) => tunnelProtocol !== 'vxlan',
    message: 'Geneve is not modelled yet.',
  },
  {
    path: ['kubeProxyReplacement'],
    refuses: ({ kubeProxyReplacement }) => kubeProxyReplacement,
    message: "Cilium's kube-proxy replacement is not modelled yet.",
  },
  {
    path: ['bpf', 'masquerade'],
    refuses: ({ bpf }) => bpf.masquerade,
    message: 'BPF masquerading, and the BPF host routing that comes with it, is not modelled yet.',
  },
  {
    path: ['bpf', 'datapathMode'],
    refuses: ({ bpf }) => bpf.datapathMode.startsWith('netkit'),
    message: 'netkit devices are not modelled yet.',
  },
  {
    path: ['endpointRoutes', 'enabled'],
    refuses: ({ endpointRoutes }) => endpointRoutes.enabled,
    message: 'Endpoint routes are not modelled yet.',
  },
  {
    path: ['encryption', 'enabled'],
    refuses: ({ encryption }) => encryption.enabled,
    message: 'Encryption is not modelled yet.',
  },
  {
    path: ['bandwidthManager', 'enabled'],
    refuses: ({ bandwidthManager }) => bandwidthManager.enabled,
    message: 'The bandwidth manager is not modelled yet.',
  },
  {
    path: ['hostFirewall', 'enabled'],
    refuses: ({ hostFirewall }) => hostFirewall.enabled,
    message: 'The host firewall is not modelled yet.',
  },
  {
    path: ['enableIPv4Masquerade'],
    refuses: ({ enableIPv4Masquerade }) => !enableIPv4Masquerade,
    message: 'Pods without masquerading are not modelled yet.',
  },
]

/** The settings that this model has no answer for. */
export function unmodelledSettings(settings: CiliumSettings, at: Finding['path']): Finding[] {
  return notModelled(CHECKS, settings, at)
}
