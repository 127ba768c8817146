import type { KernelTraits } from './kernel-traits'
import type { TableVariant } from './measurement-table'

/** Takes pods' addresses in labs of testbeds; Cilium's native routing wants to be told. */
export const POD_CIDR = '10.244.0.0/16'

/** A variant as a lab file has it. */
export interface LabVariant {
  readonly name: string
  readonly cni: TableVariant['cni']
  readonly settings?: object
}

/** The settings that make a plugin what a row of a table says it was, on a kernel of such traits. */
export function labVariant(variant: TableVariant, traits: KernelTraits): LabVariant {
  const name = 'measured'
  switch (variant.cni) {
    case 'none':
      return { name, cni: 'none' }
    case 'calico':
      return { name, cni: 'calico', settings: calicoSettings(variant, traits) }
    case 'cilium':
      return { name, cni: 'cilium', settings: ciliumSettings(variant) }
    case 'flannel':
      return { name, cni: 'flannel', settings: { Backend: { Type: variant.backend } } }
  }
}

function calicoSettings(
  { dataplane, encapsulation, encryption }: Extract<TableVariant, { cni: 'calico' }>,
  { vxlanSumsInSoftware }: KernelTraits,
): object {
  const isNftables = dataplane === 'nftables'
  return {
    ipPool: {
      ipipMode: encapsulation === 'ipip' ? 'Always' : 'Never',
      vxlanMode: encapsulation === 'vxlan' ? 'Always' : 'Never',
    },
    felixConfiguration: {
      ...(dataplane === 'ebpf' && { bpfEnabled: true }),
      ...(isNftables && { nftablesMode: 'Enabled' }),
      ...(encryption === 'wireguard' && { wireguardEnabled: true }),
      ...(vxlanSumsInSoftware && { featureDetectOverride: 'ChecksumOffloadBroken=true' }),
    },
    ...(isNftables && { kubeProxy: { mode: 'nftables' } }),
  }
}

function ciliumSettings(variant: Extract<TableVariant, { cni: 'cilium' }>): object {
  const { tunnel, hostRouting, kubeProxyReplacement, encryption } = variant
  const isBpf = hostRouting === 'bpf'
  return {
    ...(tunnel === 'disabled'
      ? { routingMode: 'native', ipv4NativeRoutingCIDR: POD_CIDR, autoDirectNodeRoutes: true }
      : { routingMode: 'tunnel', tunnelProtocol: tunnel }),
    // BPF host routing needs the kube-proxy replacement and BPF masquerading (Cilium, tuning guide).
    kubeProxyReplacement: kubeProxyReplacement || isBpf,
    bpf: { masquerade: isBpf, hostLegacyRouting: !isBpf },
    ...(encryption !== 'none' && { encryption: { enabled: true, type: encryption } }),
  }
}
