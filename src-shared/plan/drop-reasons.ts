/**
 * Every reason for which a packet can end other than by delivery. A packet ends in exactly one counter. The order is the
 * numbering that engines use; append, don't reorder.
 */
export const DROP_REASONS = [
  /** The egress queue of a switch or router port was full (drop-tail). */
  'queue-full',
  /** The qdisc of a host's NIC queue was full (`tc -s qdisc`: dropped). */
  'qdisc-full',
  /** Lost on the wire by the link's loss rate. */
  'link-loss',
  /** The NIC's receive ring was full (`ethtool -S`: rx_missed). */
  'rx-ring-full',
  /** A core's backlog or GRO-cell queue held netdev_max_backlog packets (`/proc/net/softnet_stat`, column 2). */
  'backlog-full',
  /** The UDP socket's receive buffer was full (`nstat`: UdpRcvbufErrors). */
  'udp-receive-buffer',
  /** The TCP socket's receive buffer was full (`nstat`: TCPRcvQDrop). */
  'tcp-receive-buffer',
  /** TTL reached zero at a router (`nstat`: IpInHdrErrors). */
  'ttl-expired',
  /** Larger than the next link's MTU with DF set (`nstat`: IpFragFails). */
  'packet-too-big',
  /** No route at a switch or host (`nstat`: IpInNoRoutes). */
  'no-route',
  /** Arrived for a socket that is closed or was never opened (`nstat`: UdpNoPorts, TcpExtTCPReqQFullDrop and kin). */
  'no-socket',
  /** Dropped early by an active discipline: RED, CoDel, FQ-CoDel (`tc -s qdisc`: early, drop_overlimit apart). */
  'early-drop',
  /** One flow's share of a fair queue was full (`tc -s qdisc`: flows_plimit). */
  'flow-limit',
  /** The memory that a switch's ports share left this port no more room. */
  'shared-buffer-full',
  /** Arrived damaged: the frame check sequence was wrong (`ethtool -S`: rx_crc_errors). */
  'frame-corrupted',
  /** A fragment whose datagram was not complete in 30 s (`nstat`: IpReasmTimeout). */
  'fragment-timeout',
  /** A fragment for which the host had no memory left (`nstat`: IpReasmFails). */
  'fragment-memory',
  /** The link was down or silent, or the network parted. */
  'link-down',
  /** To or from a host that is down. */
  'host-down',
  /** Something in front of the host drops the protocol or port: a security group, a firewall. */
  'filtered',
  /** A rule of a network policy denies the connection (Calico: the rule's counter; Cilium: drop reason 181). */
  'policy-deny',
  /** A network policy isolates the pod, and nothing allows the connection (Calico: end of tier; Cilium: drop reason 133). */
  'policy-default-deny',
  /** A service with local traffic only has no endpoint on the node (iptables: KUBE-EXTERNAL-SERVICES; Cilium: drop reason 158). */
  'no-local-endpoint',
  /** The kernel tracks as many connections as it may (`dmesg`: nf_conntrack: table full, dropping packet). */
  'conntrack-full',
  /** No port of the node's address is free towards the destination (`conntrack -S`: insert_failed; Cilium: drop reason 167). */
  'nat-ports-exhausted',
  /** The pod is not there yet, or no more: its block's blackhole route (Calico), stale address (Cilium: drop reason 151). */
  'no-pod',
  /** Its pod's limit would let it leave more than two seconds from now (Cilium's bandwidth manager: drop reason 162). */
  'edt-horizon',
  /** In the middle of a TCP connection that the node does not remember (Calico's eBPF data plane, whose map gave its entry up). */
  'no-connection',
  /** The route back to the source leaves by another interface than the packet came by (`nstat`: TcpExtIPReversePathFilter). */
  'reverse-path',
  /** A tunnel's packet from an address that is no node's (Calico: cali-INPUT, Drop … from non-Calico hosts). */
  'unknown-host',
  /** A VXLAN packet of a network that the node has no device for (dropwatch: SKB_DROP_REASON_VXLAN_VNI_NOT_FOUND). */
  'unknown-vni',
  /** A bridge would have to send the frame out of the port that it came by, whose hairpin_mode is 0 (net/bridge/br_forward.c: no counter). */
  'hairpin-off',
  /** To an address of a service range that no service has (Calico's `serviceLoopPrevention`: the rule in cali-cidr-block). */
  'service-loop',
  /** IPsec: the node has no policy left for the key that it would have to send with (`/proc/net/xfrm_stat`: XfrmOutPolBlock). */
  'ipsec-no-policy',
  /** IPsec: the node has no state with the packet's security parameter index (XfrmInNoStates). */
  'ipsec-no-state',
  /** IPsec: the state has another key, so that the integrity check fails (XfrmInStateProtoError). */
  'ipsec-wrong-key',
] as const

/** A drop reason by name. */
export type DropReason = (typeof DROP_REASONS)[number]

/** The number engines use for a drop reason. */
export function dropReasonId(reason: DropReason): number {
  return DROP_REASONS.indexOf(reason)
}
