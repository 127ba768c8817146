import type { DropReason } from './drop-reasons'

/** Where a real node or switch counts each drop, as an operator would look it up. */
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
}
