import type { DropReason } from './drop-reasons'

/** Data planes that count drops in places of their own. */
export const COUNTING_DATA_PLANES = ['calico-iptables', 'calico-nftables', 'calico-ebpf', 'cilium'] as const

/** A data plane that counts drops in places of its own. */
export type CountingDataPlane = (typeof COUNTING_DATA_PLANES)[number]

/** Where a real node or switch counts each drop, as an operator would look it up, whatever its data plane. */
export const DROP_COUNTERS: Readonly<Record<DropReason, string>> = {
  'queue-full': 'switch: output drops of the port',
  'qdisc-full': 'tc -s qdisc: dropped',
  'link-loss': 'none: the frame never arrives',
  'rx-ring-full': 'ethtool -S: rx_missed, rx_out_of_buffer',
  'backlog-full': '/proc/net/softnet_stat column 2; ip -s link: dropped of tunnel devices',
  'udp-receive-buffer': 'nstat: UdpRcvbufErrors',
  'tcp-receive-buffer': 'nstat: TcpExtTCPRcvQDrop',
  'ttl-expired': 'nstat: IpInHdrErrors; ICMP time exceeded',
  'packet-too-big': 'nstat: IpFragFails; ICMP fragmentation needed',
  'no-route': 'nstat: IpInNoRoutes, IpOutNoRoutes',
  'no-socket': 'nstat: UdpNoPorts, TcpOutRsts',
  'early-drop': 'tc -s qdisc: early, drop_overlimit',
  'flow-limit': 'tc -s qdisc: flows_plimit',
  'shared-buffer-full': 'switch: buffer drops of the port',
  'frame-corrupted': 'ethtool -S: rx_crc_errors',
  'fragment-timeout': 'nstat: IpReasmTimeout',
  'fragment-memory': 'nstat: IpReasmFails',
  'link-down': 'none on a silent link; ip -s link: carrier errors, tx dropped',
  'host-down': 'none: the host is off',
  filtered: 'none on the nodes: the sender\'s tunnel device counts it, the receiver\'s does not',
  'policy-deny': "Calico: iptables -vnL of the rule's chain (cali-pi-*, cali-po-*), bpf counters: by policy; Cilium: drop reason 181",
  'policy-default-deny': 'Calico: iptables -vnL, the DROP at the end of the tier in cali-tw-*, cali-fw-*; Cilium: drop reason 133',
  'no-local-endpoint': 'iptables -vnL KUBE-EXTERNAL-SERVICES (kube-proxy: sync_proxy_rules_no_local_endpoints_total); Cilium: drop reason 158',
  'conntrack-full': 'dmesg: nf_conntrack: table full, dropping packet; conntrack -S: drop, early_drop; nf_conntrack_count = nf_conntrack_max',
  'nat-ports-exhausted': 'Linux: conntrack -S: insert_failed, drop; Cilium: drop reason 167 (No mapping for NAT masquerade)',
  'edt-horizon': 'cilium_drop_count_total, cilium-dbg monitor --type drop: reason 162, EDT horizon',
  'no-pod': 'Calico: nstat IpInNoRoutes (blackhole route of the block); Cilium: drop reason 151',
  'no-connection': "none of its own: the program at the pod's device denies it (Calico with bpfLogLevel Debug: CT mid-flow miss)",
  'reverse-path': 'Linux: nstat TcpExtIPReversePathFilter, dmesg: martian source; switch: drops of unicast reverse-path verification',
  'unknown-host': 'Calico: iptables -vnL cali-INPUT, Drop IPIP (or VXLAN) packets from non-Calico hosts',
  'unknown-vni': 'dropwatch: SKB_DROP_REASON_VXLAN_VNI_NOT_FOUND; no counter of a device',
  'hairpin-off': "none: /sys/class/net/veth*/brport/hairpin_mode says whether ports send back (bridge link: hairpin off)",
  'ipsec-no-policy': 'nstat XfrmOutPolBlock (/proc/net/xfrm_stat): the policy that keeps packets from leaving in plain text; cilium-dbg encrypt status: Errors',
  'ipsec-no-state': 'nstat XfrmInNoStates (/proc/net/xfrm_stat); cilium-dbg encrypt status: Errors',
  'ipsec-wrong-key': 'nstat XfrmInStateProtoError (/proc/net/xfrm_stat); cilium-dbg encrypt status: Errors',
  'service-loop': 'iptables -vnL cali-cidr-block: the rule of the range (nft list chain ip calico filter-cali-cidr-block)',
}

const BY_DATA_PLANE: Readonly<Record<CountingDataPlane, Partial<Record<DropReason, string>>>> = {
  'calico-iptables': {
    'policy-deny': "iptables -vnL of the rule's chain: cali-pi-* for what enters a pod, cali-po-* for what leaves one",
    'policy-default-deny': 'iptables -vnL cali-tw-* (to the pod) or cali-fw-* (from it): the DROP at the end of the tier',
    'no-pod': 'nstat: IpInNoRoutes (blackhole route of the block)',
    'unknown-host': 'iptables -vnL cali-INPUT: Drop IPIP (or VXLAN) packets from non-Calico hosts',
  },
  'calico-nftables': {
    'policy-deny': "nft list table ip calico: the rule's chain, cali-pi-* for what enters a pod, cali-po-* for what leaves one",
    'policy-default-deny': 'nft list table ip calico: the drop at the end of the tier in cali-tw-* (to the pod) or cali-fw-* (from it)',
    'no-pod': 'nstat: IpInNoRoutes (blackhole route of the block)',
    'unknown-host': 'nft list table ip calico: filter-cali-INPUT, Drop IPIP (or VXLAN) packets from non-Calico hosts',
  },
  'calico-ebpf': {
    'policy-deny': "calico-node -bpf counters dump: Dropped by policy, of the pod's interface and direction",
    'policy-default-deny': "calico-node -bpf counters dump: Dropped by policy, of the pod's interface and direction",
    'no-pod': 'calico-node -bpf counters dump: Dropped by unknown route',
    'unknown-host': 'calico-node -bpf counters dump: Dropped by unauthorized source, of the node’s interface',
  },
  cilium: {
    'policy-deny': 'cilium_drop_count_total, cilium-dbg monitor --type drop: reason 181, Policy denied by denylist',
    'policy-default-deny': 'cilium_drop_count_total, cilium-dbg monitor --type drop: reason 133, Policy denied',
    'no-pod': 'cilium_drop_count_total: reason 151, Stale or unroutable IP',
  },
}

/** Where a drop is counted under a data plane; undefined: under any. */
export function dropCounter(reason: DropReason, dataPlane: CountingDataPlane | undefined): string {
  return (dataPlane && BY_DATA_PLANE[dataPlane][reason]) ?? DROP_COUNTERS[reason]
}
