import { expect, it } from 'vitest'

import { describeDatapaths, type DatapathPage } from '../support/datapath-docs'

const PAGES: readonly DatapathPage[] = [
  {
    file: 'host',
    title: 'The host network',
    about: 'Pods in the host network (`cni: none`): the baseline, without a plugin.',
    modes: { host: 'Host network' },
  },
  {
    file: 'calico',
    title: 'Datapaths of Calico',
    about:
      'Calico v3.32: pools without encapsulation, in IPIP or in VXLAN, always or between subnets only, on the iptables, ' +
      'nftables and eBPF data planes, and WireGuard. `CrossSubnet` takes the unencapsulated way between nodes of one subnet.',
    modes: {
      'calico-bgp': 'No encapsulation',
      'calico-ipip': 'IPIP',
      'calico-vxlan': 'VXLAN',
      'calico-nftables-vxlan': 'VXLAN on nftables',
      'calico-ebpf-bgp': 'No encapsulation on eBPF',
      'calico-ebpf-ipip': 'IPIP on eBPF',
      'calico-ebpf-vxlan': 'VXLAN on eBPF',
      'calico-wireguard': 'WireGuard',
      'calico-ebpf-wireguard': 'WireGuard on eBPF',
    },
  },
  {
    file: 'cilium',
    title: 'Datapaths of Cilium',
    about:
      'Cilium with chart 1.20: tunnels and native routing, host routing by the node’s stack or by BPF programs, veth and netkit ' +
      'devices, WireGuard and IPsec.',
    modes: {
      'cilium-vxlan': 'VXLAN, legacy host routing',
      'cilium-geneve': 'Geneve, legacy host routing',
      'cilium-vxlan-ebpf': 'VXLAN, BPF host routing',
      'cilium-vxlan-netkit': 'VXLAN, BPF host routing, netkit',
      'cilium-native': 'Native routing, legacy host routing',
      'cilium-native-ebpf': 'Native routing, BPF host routing',
      'cilium-native-netkit': 'Native routing, BPF host routing, netkit',
      'cilium-vxlan-wireguard': 'VXLAN in WireGuard',
      'cilium-native-wireguard': 'Native routing, BPF host routing, WireGuard',
      'cilium-vxlan-ipsec': 'IPsec in VXLAN',
      'cilium-native-ipsec': 'Native routing with IPsec',
    },
  },
  {
    file: 'flannel',
    title: 'Datapaths of Flannel',
    about: 'Flannel 0.28 with its VXLAN and host-gw backends, with a bridge per node.',
    modes: { 'flannel-vxlan': 'VXLAN', 'flannel-host-gw': 'host-gw' },
  },
]

it.each(PAGES)('docs/datapaths/$file.md says what the simulation runs', async (page) => {
  await expect(describeDatapaths(page)).toMatchFileSnapshot(`../../docs/datapaths/${page.file}.md`)
})
