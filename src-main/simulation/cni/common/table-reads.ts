import type { Step } from './path'

/** A table that a stage looks something up in. */
export interface TableRead {
  readonly table: string
  /** How: a hash, the longest matching prefix, rules one after another, a tree. */
  readonly lookup: 'hash' | 'longest prefix' | 'rules' | 'array'
  /** Entries that it holds at most, where something limits it; of tables of connections the node's size decides (`TrackedTable`). */
  readonly capacity?: number
  /** What it is asked. */
  readonly asks: string
  /** Set where only the first packet of a connection asks. */
  readonly firstOnly?: true
}

const FIB: TableRead = { table: 'main routing table (FIB)', lookup: 'longest prefix', asks: 'the next hop' }
const CONNTRACK: TableRead = {
  table: 'nf_conntrack',
  lookup: 'hash',
  asks: 'the connection, by addresses, protocol and ports',
}
const CALICO_CT: TableRead = {
  table: 'cali_v4_ct',
  lookup: 'hash',
  asks: 'the connection: what was decided, whether both sides agree',
}
const CALICO_ROUTES: TableRead = {
  table: 'cali_v4_routes',
  lookup: 'longest prefix',
  capacity: 262_144,
  asks: 'what an address is: workload or host, local or remote, in a pool',
}
const CALICO_IFACE: TableRead = { table: 'cali_iface', lookup: 'hash', capacity: 1000, asks: 'whether the device is ready' }
const CALICO_POLICY: TableRead = {
  table: 'cali_jump',
  lookup: 'array',
  capacity: 240_000,
  asks: 'the policy program of the device',
  firstOnly: true,
}
const CILIUM_CT: TableRead = {
  table: 'cilium_ct4_global',
  lookup: 'hash',
  asks: 'the connection, in its direction and in the other',
}
const CILIUM_IPCACHE: TableRead = {
  table: 'cilium_ipcache',
  lookup: 'longest prefix',
  capacity: 512_000,
  asks: 'the identity behind an address, and its tunnel endpoint',
}
const CILIUM_POLICY: TableRead = {
  table: 'cilium_policy_v2',
  lookup: 'longest prefix',
  capacity: 16_384,
  asks: 'whether the identity may, then whether anyone may: twice',
}
const CILIUM_LXC: TableRead = { table: 'cilium_lxc', lookup: 'hash', capacity: 65_535, asks: 'whether the address is a pod here' }
const CILIUM_SERVICES: TableRead = {
  table: 'cilium_lb4_services_v2',
  lookup: 'hash',
  capacity: 65_536,
  asks: 'whether the destination is a service',
}
const CILIUM_NAT: TableRead = {
  table: 'cilium_snat_v4_external',
  lookup: 'hash',
  asks: 'the translated address and port',
}
const SOCKETS: TableRead = { table: 'sockets (ehash, udp_table)', lookup: 'hash', asks: 'the socket' }
const rules = (chains: string, firstOnly?: true): TableRead => ({
  table: chains,
  lookup: 'rules',
  asks: 'the first rule that decides',
  ...(firstOnly && { firstOnly }),
})

/** Reads by stage, or by stage and kind where that tells them apart. */
const READS: Readonly<Record<string, readonly TableRead[]>> = {
  'nf-conntrack': [CONNTRACK],
  'nf-nat': [rules('nat chains', true)],
  'nf-nat translate': [{ ...CONNTRACK, asks: 'the translated addresses, kept with the connection' }],
  'nf-prerouting': [rules('raw and mangle PREROUTING')],
  'nf-prerouting calico': [
    rules('raw and mangle cali-PREROUTING'),
    { ...FIB, asks: 'the way back to the source (reverse path)' },
  ],
  'nf-prerouting calico-nft': [
    rules('raw and mangle cali-PREROUTING (nftables)'),
    { ...FIB, asks: 'the way back to the source (reverse path)' },
  ],
  'nf-forward': [rules('filter FORWARD')],
  'nf-forward calico': [
    rules('filter cali-FORWARD, dispatch by interface'),
    rules('cali-fw- and cali-tw- chains of the pods', true),
  ],
  'nf-forward calico-nft': [
    { table: 'cali-from-wl-dispatch, cali-to-wl-dispatch', lookup: 'hash', asks: 'the chain of the interface' },
    rules('cali-fw- and cali-tw- chains of the pods (nftables)', true),
  ],
  'nf-input': [rules('filter INPUT')],
  'nf-input calico': [
    rules('filter cali-INPUT'),
    { table: 'cali40all-hosts-net, cali40all-vxlan-net', lookup: 'hash', asks: 'whether a tunnel packet is from a node' },
  ],
  'nf-output': [rules('filter OUTPUT')],
  'nf-postrouting': [rules('mangle POSTROUTING')],
  'ip-forward': [FIB],
  'ip-local-deliver': [{ ...FIB, table: 'local routing table (FIB)', asks: 'whether the address is the host’s own' }],
  'ip-output': [{ ...FIB, asks: 'the next hop; kept with the socket', firstOnly: true }],
  'tcp-receive': [SOCKETS],
  'tcp-ack-receive': [SOCKETS],
  'udp-receive': [SOCKETS],
  'ipip-encapsulate': [{ ...FIB, asks: 'the way to the other node' }],
  'vxlan-encapsulate vxlan.calico': [{ table: 'forwarding entries of vxlan.calico', lookup: 'hash', asks: 'the node behind a MAC address' }],
  'vxlan-encapsulate flannel.1': [{ table: 'forwarding entries of flannel.1', lookup: 'hash', asks: 'the node behind a MAC address' }],
  'bridge-forward': [{ table: 'forwarding entries of the bridge', lookup: 'hash', asks: 'the port behind a MAC address' }],
  'bridge-transmit': [{ table: 'forwarding entries of the bridge', lookup: 'hash', asks: 'the port behind a MAC address' }],
  'wireguard-queue': [{ table: 'allowed addresses of the peers', lookup: 'longest prefix', asks: 'the peer' }],
  'wireguard-receive': [{ table: 'sessions by index', lookup: 'hash', asks: 'the session’s keys' }],
  'wireguard-poll': [{ table: 'allowed addresses of the peers', lookup: 'longest prefix', asks: 'whether the peer may send as the source' }],
  'esp-encrypt': [
    { table: 'IPsec policies', lookup: 'hash', asks: 'whether and how to encrypt' },
    { table: 'IPsec associations', lookup: 'hash', asks: 'the keys' },
  ],
  'esp-decrypt': [{ table: 'IPsec associations', lookup: 'hash', asks: 'the keys, by index' }],
  'bpf-from-container': [CILIUM_SERVICES, CILIUM_CT, CILIUM_IPCACHE, CILIUM_POLICY, CILIUM_LXC],
  'bpf-from-container native': [CILIUM_CT, CILIUM_IPCACHE, CILIUM_POLICY, CILIUM_LXC, FIB],
  'bpf-to-container': [CILIUM_CT, CILIUM_POLICY],
  'bpf-from-overlay': [CILIUM_LXC],
  'bpf-from-netdev nodeport': [CILIUM_SERVICES],
  'bpf-from-netdev delivery': [CILIUM_SERVICES, CILIUM_IPCACHE, CILIUM_LXC],
  'bpf-from-netdev translate': [CILIUM_SERVICES, CILIUM_NAT, CILIUM_IPCACHE, CILIUM_LXC],
  'bpf-to-netdev translate': [CILIUM_CT, CILIUM_NAT],
  'bpf-xdp': [CILIUM_SERVICES, CILIUM_CT, FIB],
  'bpf-from-host': [CILIUM_IPCACHE, CILIUM_LXC],
  'bpf-from-wireguard': [CILIUM_IPCACHE, CILIUM_LXC],
  'bpf-from-workload': [CALICO_CT, CALICO_IFACE, FIB, CALICO_POLICY],
  'bpf-from-workload stack': [CALICO_CT, CALICO_IFACE, CALICO_ROUTES, CALICO_POLICY],
  'bpf-to-workload': [CALICO_CT, CALICO_POLICY],
  'bpf-from-host-endpoint': [CALICO_CT, CALICO_IFACE, FIB],
  'bpf-from-host-endpoint tunnel': [CALICO_ROUTES],
  'bpf-from-host-endpoint stack': [CALICO_CT],
  'bpf-from-tunnel': [CALICO_CT, CALICO_IFACE, CALICO_POLICY],
}

/** The tables that a step reads, in order. */
export function tableReadsOf({ stage, kind, device }: Step): readonly TableRead[] {
  return READS[`${stage} ${kind ?? device}`] ?? READS[stage] ?? []
}
