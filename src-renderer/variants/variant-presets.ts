import type { CniName, PlainMapping } from '#shared/lab/index'

/** A variant that is offered ready-made. */
export interface VariantPreset {
  readonly label: string
  /** What is special about it, in a few words. */
  readonly hint: string
  readonly name: string
  readonly cni: CniName
  readonly settings?: PlainMapping
}

/**
 * The variants offered for adding: the modes of each plugin that people choose between, complete for pods of a range.
 * Routes to other nodes' pods alone, without a tunnel or BGP, end at the subnet; hints say so.
 */
export function variantPresets(podCidr: string): readonly VariantPreset[] {
  const native = { routingMode: 'native', ipv4NativeRoutingCIDR: podCidr }
  const natively = { ...native, autoDirectNodeRoutes: true }
  const ebpfHost = { kubeProxyReplacement: true, bpf: { masquerade: true } }
  const vxlan = { ipPool: { ipipMode: 'Never', vxlanMode: 'Always' } }
  return [
    { label: 'Host network', hint: 'No plugin: the baseline', name: 'host', cni: 'none' },
    preset('Calico IPIP', 'IP in IP between all nodes', 'calico', { ipPool: { ipipMode: 'Always', vxlanMode: 'Never' } }),
    preset('Calico VXLAN', 'VXLAN between all nodes', 'calico', vxlan),
    preset('Calico CrossSubnet', 'IPIP across subnets', 'calico', { ipPool: { ipipMode: 'CrossSubnet', vxlanMode: 'Never' } }),
    preset('Calico plain', 'BGP routes within one subnet', 'calico', { ipPool: { ipipMode: 'Never', vxlanMode: 'Never' } }),
    preset('Calico eBPF', 'eBPF datapath, VXLAN', 'calico', { ...vxlan, felixConfiguration: { bpfEnabled: true } }),
    preset('Calico WireGuard', 'Encrypted between nodes', 'calico', { ...vxlan, felixConfiguration: { wireguardEnabled: true } }),
    preset('Cilium VXLAN', 'VXLAN tunnels, eBPF datapath', 'cilium', { routingMode: 'tunnel', tunnelProtocol: 'vxlan' }),
    preset('Cilium Geneve', 'Geneve tunnels', 'cilium', { routingMode: 'tunnel', tunnelProtocol: 'geneve' }),
    preset('Cilium native', 'Routes within one subnet', 'cilium', natively),
    preset('Cilium BGP', 'Native, routes told to ToRs', 'cilium', { ...native, bgpControlPlane: { enabled: true } }),
    preset('Cilium eBPF host', 'Native, no kube-proxy', 'cilium', { ...natively, ...ebpfHost }),
    preset('Cilium WireGuard', 'Encrypted between nodes', 'cilium', { encryption: { enabled: true, type: 'wireguard' } }),
    preset('Flannel VXLAN', 'VXLAN between all nodes', 'flannel', { Backend: { Type: 'vxlan' } }),
    preset('Flannel host-gw', 'Routes within one subnet', 'flannel', { Backend: { Type: 'host-gw' } }),
  ]
}

/** A preset that is named after its label. */
function preset(label: string, hint: string, cni: CniName, settings: PlainMapping): VariantPreset {
  return { label, hint, name: label.toLowerCase().replaceAll(' ', '-'), cni, settings }
}

/** What plugins are called. */
export const CNI_LABELS: Readonly<Record<CniName, string>> = {
  none: 'Host network',
  calico: 'Calico',
  cilium: 'Cilium',
  flannel: 'Flannel',
}

/** What a plugin is called, by the name that a file gives. */
export function cniLabel(cni: string): string {
  return (CNI_LABELS as Readonly<Record<string, string>>)[cni] ?? cni
}
