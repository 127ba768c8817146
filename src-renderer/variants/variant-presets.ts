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

/** The variants offered for adding: those that the simulation models. */
export const VARIANT_PRESETS: readonly VariantPreset[] = [
  { label: 'Host network', hint: 'No plugin: the baseline', name: 'host', cni: 'none' },
  {
    label: 'Calico IPIP',
    hint: 'IP in IP between all nodes',
    name: 'calico-ipip',
    cni: 'calico',
    settings: { ipPool: { ipipMode: 'Always', vxlanMode: 'Never' } },
  },
  {
    label: 'Cilium VXLAN',
    hint: 'VXLAN tunnels, eBPF datapath',
    name: 'cilium-vxlan',
    cni: 'cilium',
    settings: { routingMode: 'tunnel', tunnelProtocol: 'vxlan' },
  },
]

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
