import type { SelectOption } from '#renderer/ui/index'
import type { CniName, DocumentPath } from '#shared/lab/index'

/** A setting of a plugin that has a field of its own; all others are edited in the file. */
export interface SettingField {
  readonly label: string
  /** Where it is in the variant's settings: the plugin's own names. */
  readonly path: DocumentPath
  readonly kind: 'choice' | 'switch' | 'whole' | 'prefix'
  /** For choices. */
  readonly options: readonly SelectOption[]
  /** The plugin's own name for it, and what the label leaves out. */
  readonly hint: string
}

/** Settings that belong together. */
export interface SettingGroup {
  readonly name: string
  readonly fields: readonly SettingField[]
}

function field(kind: SettingField['kind'], label: string, path: string, about = '', values: readonly string[] = []): SettingField {
  return {
    label,
    path: path.split('.'),
    kind,
    options: values.map((value) => ({ value, label: value })),
    hint: about === '' ? path : `${path}: ${about}`,
  }
}

function choice(label: string, path: string, ...values: readonly string[]): SettingField {
  return field('choice', label, path, '', values)
}

function onOff(label: string, path: string, about?: string): SettingField {
  return field('switch', label, path, about)
}

function whole(label: string, path: string, about?: string): SettingField {
  return field('whole', label, path, about)
}

const kubeProxy = choice('kube-proxy', 'kubeProxy.mode', 'iptables', 'ipvs', 'nftables')

/** The settings with fields, by plugin, in the order they are shown. */
const groups: Readonly<Record<CniName, readonly SettingGroup[]>> = {
  none: [{ name: 'Services', fields: [kubeProxy] }],
  calico: [
    {
      name: 'Encapsulation',
      fields: [
        choice('IPIP', 'ipPool.ipipMode', 'Always', 'CrossSubnet', 'Never'),
        choice('VXLAN', 'ipPool.vxlanMode', 'Always', 'CrossSubnet', 'Never'),
        whole('IPIP MTU', 'felixConfiguration.ipipMTU', '0 detects it'),
        whole('VXLAN MTU', 'felixConfiguration.vxlanMTU', '0 detects it'),
      ],
    },
    {
      name: 'Dataplane',
      fields: [
        onOff('eBPF', 'felixConfiguration.bpfEnabled'),
        choice('nftables', 'felixConfiguration.nftablesMode', 'Auto', 'Enabled', 'Disabled'),
      ],
    },
    { name: 'Encryption', fields: [onOff('WireGuard', 'felixConfiguration.wireguardEnabled')] },
    {
      name: 'Addresses',
      fields: [
        whole('Block size', 'ipPool.blockSize', 'prefix length of a node’s block'),
        onOff('NAT outgoing', 'ipPool.natOutgoing'),
      ],
    },
    { name: 'Services', fields: [kubeProxy] },
  ],
  cilium: [
    {
      name: 'Routing',
      fields: [
        choice('Mode', 'routingMode', 'tunnel', 'native'),
        choice('Tunnel', 'tunnelProtocol', 'vxlan', 'geneve'),
        onOff('Direct routes', 'autoDirectNodeRoutes', 'native mode’s routes to nodes of the same subnet'),
        field('prefix', 'Native CIDR', 'ipv4NativeRoutingCIDR', 'reached without a tunnel or masquerading, in native mode'),
        onOff('BGP', 'bgpControlPlane.enabled', 'tells ToRs the way to pods'),
        whole('MTU', 'MTU', '0 detects it'),
      ],
    },
    {
      name: 'Dataplane',
      fields: [
        onOff('Legacy routing', 'bpf.hostLegacyRouting', 'through the kernel’s own stack'),
        choice('Datapath', 'bpf.datapathMode', 'veth', 'netkit', 'netkit-l2', 'auto'),
        onOff('BPF masquerade', 'bpf.masquerade'),
      ],
    },
    {
      name: 'Encryption',
      fields: [
        onOff('Encryption', 'encryption.enabled'),
        choice('Type', 'encryption.type', 'wireguard', 'ipsec', 'ztunnel'),
      ],
    },
    {
      name: 'Services',
      fields: [onOff('Replace kube-proxy', 'kubeProxyReplacement'), kubeProxy, choice('Balancing', 'loadBalancer.mode', 'snat', 'dsr', 'hybrid')],
    },
  ],
  flannel: [
    { name: 'Backend', fields: [choice('Type', 'Backend.Type', 'vxlan', 'host-gw')] },
    { name: 'Services', fields: [kubeProxy, onOff('Hairpin mode', 'delegate.hairpinMode')] },
  ],
}

/** The settings of a plugin that have fields, in their groups; none for a plugin that is not known. */
export function settingGroups(cni: string): readonly SettingGroup[] {
  return (groups as Readonly<Record<string, readonly SettingGroup[]>>)[cni] ?? []
}
