import type { Lab } from '#shared/lab/record/lab'

import { makeLab } from './make-lab'

const calico = (ipPool: object, felixConfiguration: object = {}) => ({
  cni: 'calico',
  settings: { ipPool, felixConfiguration },
})
const ipip = (mode: string) => ({ ipipMode: mode, vxlanMode: 'Never' })
const vxlan = (mode: string) => ({ ipipMode: 'Never', vxlanMode: mode })
const none = { ipipMode: 'Never', vxlanMode: 'Never' }
const bpf = { bpfEnabled: true }
const summing = { featureDetectOverride: 'ChecksumOffloadBroken=true' }
const cilium = (settings: object) => ({ cni: 'cilium', settings })
const native = { routingMode: 'native', ipv4NativeRoutingCIDR: '10.244.0.0/16', bgpControlPlane: { enabled: true } }
const full = { kubeProxyReplacement: true, bpf: { masquerade: true } }
const netkit = { kubeProxyReplacement: true, bpf: { masquerade: true, datapathMode: 'netkit' } }
const encrypted = (type: string) => ({ encryption: { enabled: true, type } })

/** A variant for every mode of every plugin. */
export const DATAPATH_VARIANTS = Object.entries({
  host: { cni: 'none' },
  'calico-ipip': { cni: 'calico' },
  'calico-ipip-cross-subnet': calico(ipip('CrossSubnet')),
  'calico-vxlan': calico(vxlan('Always')),
  'calico-vxlan-cross-subnet': calico(vxlan('CrossSubnet')),
  'calico-bgp': calico(none),
  'calico-nftables-vxlan': calico(vxlan('Always'), { nftablesMode: 'Enabled' }),
  'calico-ebpf-bgp': calico(none, bpf),
  'calico-ebpf-ipip': calico(ipip('Always'), bpf),
  'calico-ebpf-vxlan': calico(vxlan('Always'), bpf),
  'calico-vxlan-summing': calico(vxlan('Always'), summing),
  'calico-ebpf-vxlan-summing': calico(vxlan('Always'), { ...bpf, ...summing }),
  'calico-wireguard': calico(none, { wireguardEnabled: true }),
  'calico-ebpf-wireguard': calico(none, { bpfEnabled: true, wireguardEnabled: true }),
  'cilium-vxlan': { cni: 'cilium' },
  'cilium-geneve': cilium({ tunnelProtocol: 'geneve' }),
  'cilium-vxlan-ebpf': cilium(full),
  'cilium-vxlan-netkit': cilium(netkit),
  'cilium-native': cilium(native),
  'cilium-native-ebpf': cilium({ ...native, ...full }),
  'cilium-native-netkit': cilium({ ...native, ...netkit }),
  'cilium-vxlan-wireguard': cilium(encrypted('wireguard')),
  'cilium-native-wireguard': cilium({ ...native, ...full, ...encrypted('wireguard') }),
  'cilium-vxlan-ipsec': cilium(encrypted('ipsec')),
  'cilium-native-ipsec': cilium({ ...native, ...encrypted('ipsec') }),
  'flannel-vxlan': { cni: 'flannel' },
  'flannel-host-gw': { cni: 'flannel', settings: { Backend: { Type: 'host-gw' } } },
}).map(([name, variant]) => ({ name, ...variant }))

/** Two racks with a node each and every kind of end; one traffic entry for each pair of ends that a path differs for. */
export function datapathLab(options: { nic?: object; traffic?: object[]; hostCosts?: boolean; manifests?: object[] } = {}): Lab {
  const entry = (name: string, from: object, to: object, kind = 'tcp-stream', more: object = {}) => ({
    name,
    kind,
    from,
    to,
    ...more,
  })
  return makeLab({
    fabric: {
      switches: [{ name: 'tor-a' }, { name: 'tor-b' }, { name: 'spine', role: 'spine' }],
      links: [{ ends: ['tor-a', 'spine'] }, { ends: ['tor-b', 'spine'] }],
    },
    nodes: [
      { name: 'node-1', nic: options.nic ?? {}, uplinks: [{ switch: 'tor-a' }] },
      { name: 'node-2', nic: options.nic ?? {}, uplinks: [{ switch: 'tor-b' }] },
    ],
    cluster: {
      manifests: options.manifests ?? [],
      workloads: [
        { name: 'client', nodes: ['node-1'] },
        { name: 'near', nodes: ['node-1'] },
        { name: 'far', nodes: ['node-2'], ports: [{ port: 8080 }] },
      ],
    },
    external: [{ name: 'outside', address: '203.0.113.10', attach: 'spine' }],
    variants: DATAPATH_VARIANTS,
    traffic: options.traffic ?? [
      entry('pod-to-pod-on-another-node', { pod: 'default/client-0' }, { pod: 'default/far-0' }),
      entry('pod-to-pod-on-another-node-udp', { pod: 'default/client-0' }, { pod: 'default/far-0' }, 'udp-stream', { payload: '1200B' }),
      entry('pod-to-pod-on-its-node', { pod: 'default/client-0' }, { pod: 'default/near-0' }),
      entry('node-to-pod-on-another-node', { node: 'node-1' }, { pod: 'default/far-0' }),
      entry('node-to-pod-on-it', { node: 'node-1' }, { pod: 'default/near-0' }),
      entry('pod-to-its-node', { pod: 'default/client-0' }, { node: 'node-1' }),
      entry('pod-to-another-node', { pod: 'default/client-0' }, { node: 'node-2' }),
      entry('pod-to-outside', { pod: 'default/client-0' }, { external: 'outside' }),
      entry('node-to-node', { node: 'node-1' }, { node: 'node-2' }),
    ],
    run: { hostCosts: options.hostCosts ?? true },
  })
}
