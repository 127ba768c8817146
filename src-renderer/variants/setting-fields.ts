import type { CniName, DocumentPath } from '#shared/lab/index'
import type { SelectOption } from '#renderer/ui/index'

/** A setting of a plugin that has a field of its own; all others are edited in the file. */
export interface SettingField {
  readonly label: string
  /** Where it is in the variant's settings: the plugin's own names. */
  readonly path: DocumentPath
  readonly kind: 'choice' | 'switch' | 'whole'
  readonly options?: readonly SelectOption[]
  readonly hint?: string
  readonly group: string
}

const choice = (...values: readonly string[]): readonly SelectOption[] => values.map((value) => ({ value, label: value }))

const kubeProxy: SettingField = {
  group: 'Services', label: 'kube-proxy', path: ['kubeProxy', 'mode'], kind: 'choice',
  options: choice('iptables', 'ipvs', 'nftables'), hint: 'kubeProxy.mode',
}

/** The settings with fields, by plugin, in the order they are shown. */
export const SETTING_FIELDS: Readonly<Record<CniName, readonly SettingField[]>> = {
  none: [kubeProxy],
  calico: [
    { group: 'Encapsulation', label: 'IPIP', path: ['ipPool', 'ipipMode'], kind: 'choice', options: choice('Always', 'CrossSubnet', 'Never'), hint: 'ipPool.ipipMode' },
    { group: 'Encapsulation', label: 'VXLAN', path: ['ipPool', 'vxlanMode'], kind: 'choice', options: choice('Always', 'CrossSubnet', 'Never'), hint: 'ipPool.vxlanMode' },
    { group: 'Encapsulation', label: 'IPIP MTU', path: ['felixConfiguration', 'ipipMTU'], kind: 'whole', hint: 'felixConfiguration.ipipMTU; 0 detects it' },
    { group: 'Dataplane', label: 'eBPF', path: ['felixConfiguration', 'bpfEnabled'], kind: 'switch', hint: 'felixConfiguration.bpfEnabled' },
    { group: 'Dataplane', label: 'nftables', path: ['felixConfiguration', 'nftablesMode'], kind: 'choice', options: choice('Auto', 'Enabled', 'Disabled'), hint: 'felixConfiguration.nftablesMode' },
    { group: 'Encryption', label: 'WireGuard', path: ['felixConfiguration', 'wireguardEnabled'], kind: 'switch', hint: 'felixConfiguration.wireguardEnabled' },
    { group: 'Addresses', label: 'Block size', path: ['ipPool', 'blockSize'], kind: 'whole', hint: 'ipPool.blockSize: prefix length of a node’s block' },
    { group: 'Addresses', label: 'NAT outgoing', path: ['ipPool', 'natOutgoing'], kind: 'switch', hint: 'ipPool.natOutgoing' },
    kubeProxy,
  ],
  cilium: [
    { group: 'Routing', label: 'Mode', path: ['routingMode'], kind: 'choice', options: choice('tunnel', 'native'), hint: 'routingMode' },
    { group: 'Routing', label: 'Tunnel', path: ['tunnelProtocol'], kind: 'choice', options: choice('vxlan', 'geneve'), hint: 'tunnelProtocol' },
    { group: 'Routing', label: 'Direct routes', path: ['autoDirectNodeRoutes'], kind: 'switch', hint: 'autoDirectNodeRoutes' },
    { group: 'Routing', label: 'MTU', path: ['MTU'], kind: 'whole', hint: 'MTU; 0 detects it' },
    { group: 'Dataplane', label: 'Legacy routing', path: ['bpf', 'hostLegacyRouting'], kind: 'switch', hint: 'bpf.hostLegacyRouting: through the kernel’s own stack' },
    { group: 'Dataplane', label: 'Datapath', path: ['bpf', 'datapathMode'], kind: 'choice', options: choice('veth', 'netkit', 'netkit-l2', 'auto'), hint: 'bpf.datapathMode' },
    { group: 'Dataplane', label: 'BPF masquerade', path: ['bpf', 'masquerade'], kind: 'switch', hint: 'bpf.masquerade' },
    { group: 'Encryption', label: 'Encryption', path: ['encryption', 'enabled'], kind: 'switch', hint: 'encryption.enabled' },
    { group: 'Encryption', label: 'Type', path: ['encryption', 'type'], kind: 'choice', options: choice('wireguard', 'ipsec', 'ztunnel'), hint: 'encryption.type' },
    { group: 'Services', label: 'Replace kube-proxy', path: ['kubeProxyReplacement'], kind: 'switch', hint: 'kubeProxyReplacement' },
    kubeProxy,
  ],
  flannel: [
    { group: 'Backend', label: 'Type', path: ['Backend', 'Type'], kind: 'choice', options: choice('vxlan', 'host-gw'), hint: 'Backend.Type' },
    kubeProxy,
  ],
}

/** The settings of a plugin in their groups. */
export function settingGroups(cni: string): readonly { readonly name: string; readonly fields: readonly SettingField[] }[] {
  const fields = (SETTING_FIELDS as Readonly<Record<string, readonly SettingField[]>>)[cni] ?? []
  const names = [...new Set(fields.map(({ group }) => group))]
  return names.map((name) => ({ name, fields: fields.filter(({ group }) => group === name) }))
}
