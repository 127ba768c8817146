/**
 * The closed set of stages: the steps of a packet's way through a host that cost CPU time. What each does and may drop is
 * told here once; what it costs is data (`resources/calibration`); in which order a plugin runs them is the plugin's
 * (`src-main/simulation/cni`). Engines charge by id, traces and charts show the name and the sentence.
 */

import { stage, type StageInfo } from './stage-info'

/** All stages. The order is the numbering that plans use; append, don't reorder. */
export const STAGES = [
  stage(
    'app-send', 'process', 'application',
    'The application calls send(): system call entry, copy from user memory into the socket.',
  ),
  stage(
    'app-receive', 'process', 'application',
    'The application calls recv(): system call entry, copy from the socket into user memory.',
  ),
  stage(
    'wake-up', 'softirq', 'application',
    'The scheduler is asked to run the thread that waits for the socket (try_to_wake_up).',
  ),
  stage('context-switch', 'process', 'application', 'The core switches to the woken thread.'),
  stage('tcp-transmit', 'inherit', 'socket', 'tcp_write_xmit: builds the segment train, headers, timers, accounting.'),
  stage(
    'tcp-receive', 'softirq', 'socket',
    'tcp_v4_rcv: socket lookup, sequence check, queueing, acknowledgement logic.',
    ['tcp-receive-buffer', 'no-socket'],
  ),
  stage(
    'tcp-ack-receive', 'softirq', 'socket',
    'tcp_ack: takes an acknowledgement, frees sent segments, moves the congestion window.',
  ),
  stage('udp-transmit', 'process', 'socket', 'udp_sendmsg: builds the datagram and its headers.'),
  stage(
    'udp-receive', 'softirq', 'socket',
    'udp_rcv: socket lookup and queueing.',
    ['udp-receive-buffer', 'no-socket'],
  ),
  stage('ip-output', 'inherit', 'routing', 'ip_queue_xmit: route of the socket, IP header, neighbour.'),
  stage(
    'ip-local-deliver', 'softirq', 'routing',
    'ip_rcv and ip_local_deliver: header checks and hand-over to the transport.',
    ['reverse-path'],
  ),
  stage(
    'veth-transmit', 'inherit', 'veth',
    'veth_xmit: the packet changes network namespace and joins the backlog of the same core.',
    ['backlog-full'],
  ),
  stage(
    'backlog', 'softirq', 'veth',
    'process_backlog and __netif_receive_skb: the packet enters the receiving side of the virtual device.',
  ),
  stage(
    'nf-prerouting', 'softirq', 'netfilter',
    'PREROUTING: raw and mangle chains (Calico: cali-PREROUTING with its reverse-path check).',
  ),
  stage(
    'nf-conntrack', 'softirq', 'netfilter',
    'nf_conntrack_in: finds the connection; a first packet makes an entry.',
    ['conntrack-full', 'no-socket'],
  ),
  stage(
    'nf-nat', 'softirq', 'netfilter',
    'nat chains; consulted for the first packet of a connection only.',
    ['nat-ports-exhausted'],
  ),
  stage(
    'nf-input', 'softirq', 'netfilter',
    'INPUT chains (Calico: cali-INPUT accepts tunnels from known hosts only).',
    ['no-local-endpoint', 'unknown-host'],
  ),
  stage(
    'nf-forward', 'softirq', 'netfilter',
    'FORWARD chains (Calico: dispatch to the workload’s chains; established connections are accepted by the first rule).',
    ['service-loop'],
  ),
  stage('nf-output', 'inherit', 'netfilter', 'OUTPUT chains.'),
  stage('nf-postrouting', 'inherit', 'netfilter', 'POSTROUTING chains.'),
  stage(
    'ip-forward', 'softirq', 'routing',
    'Route lookup in the FIB and ip_forward: TTL − 1, neighbour.',
    ['ttl-expired', 'no-route', 'packet-too-big', 'reverse-path'],
  ),
  stage('ipip-encapsulate', 'softirq', 'encapsulation', 'ipip_tunnel_xmit: pushes the outer IPv4 header (protocol 4).'),
  stage(
    'ipip-decapsulate', 'softirq', 'encapsulation',
    'ipip_rcv: takes the outer IPv4 header off; the packet joins the tunnel’s GRO cell.',
    ['backlog-full'],
  ),
  stage(
    'vxlan-encapsulate', 'softirq', 'encapsulation',
    'vxlan_xmit: pushes Ethernet, VXLAN, UDP and outer IPv4 headers.',
  ),
  stage(
    'vxlan-decapsulate', 'softirq', 'encapsulation',
    'vxlan_rcv: takes the outer headers off; the packet joins the tunnel’s GRO cell.',
    ['backlog-full', 'unknown-vni'],
  ),
  stage(
    'bpf-from-container', 'softirq', 'ebpf',
    'cil_from_container: connection tracking, ipcache, egress policy, endpoint lookup.',
  ),
  stage('bpf-to-overlay', 'softirq', 'ebpf', 'cil_to_overlay on the tunnel device.'),
  stage('bpf-to-netdev', 'inherit', 'ebpf', 'cil_to_netdev on the native device.', ['nat-ports-exhausted']),
  stage('bpf-from-netdev', 'softirq', 'ebpf', 'cil_from_netdev on the native device.', ['no-socket']),
  stage('bpf-from-overlay', 'softirq', 'ebpf', 'cil_from_overlay: identity from the tunnel key, endpoint lookup.'),
  stage(
    'bpf-to-container', 'softirq', 'ebpf',
    'Destination policy: connection tracking, ingress policy, delivery to the pod’s device.',
  ),
  stage(
    'gro-cell', 'softirq', 'encapsulation',
    'gro_cell_poll: the decapsulated packet enters the stack again, merged with its neighbours where it was not before.',
  ),
  stage('qdisc', 'inherit', 'device', '__dev_queue_xmit: the queueing discipline of the NIC queue.', ['qdisc-full']),
  stage(
    'gso-segment', 'inherit', 'device',
    'Segmentation in software where the NIC cannot do it for this encapsulation.',
  ),
  stage(
    'nic-transmit', 'inherit', 'device',
    'Driver transmit: descriptors, doorbell, and the completion that frees the packet.',
  ),
  stage(
    'nic-receive', 'napi', 'device',
    'Interrupt and NAPI poll: descriptors, buffer, the packet’s metadata.',
    ['rx-ring-full'],
  ),
  stage('gro', 'napi', 'device', 'napi_gro_receive: merges segments of one connection into one large packet.'),
  stage(
    'loopback-transmit', 'inherit', 'device',
    'loopback_xmit: the packet leaves its socket’s account and joins the backlog of the same core.',
    ['backlog-full'],
  ),
  stage(
    'bpf-from-host', 'inherit', 'ebpf',
    'cil_from_host on cilium_host: identity and endpoint of what the node sends to pods.',
  ),
  stage('bpf-to-host', 'softirq', 'ebpf', 'cil_to_host: what pods send to the node enters its stack.'),
  stage(
    'interrupt', 'napi', 'device',
    'The NIC interrupts the core: handler, napi_schedule, start and end of the poll.',
  ),
  stage(
    'geneve-encapsulate', 'softirq', 'encapsulation',
    'geneve_xmit: pushes Geneve with its options, UDP and outer IPv4 headers.',
  ),
  stage(
    'geneve-decapsulate', 'softirq', 'encapsulation',
    'geneve_udp_encap_recv: takes the outer headers off; the packet joins the tunnel’s GRO cell.',
    ['backlog-full'],
  ),
  stage(
    'wireguard-queue', 'inherit', 'encapsulation',
    'wg_xmit: finds the peer by the destination and stages the packet for a worker of another core.',
  ),
  stage(
    'wireguard-encrypt', 'process', 'encapsulation',
    'wg_packet_encrypt_worker: ChaCha20-Poly1305 over the padded packet.',
    ['backlog-full'],
  ),
  stage(
    'wireguard-transmit', 'process', 'encapsulation',
    'wg_packet_tx_worker: one for a peer, sends encrypted packets in order through the UDP socket.',
  ),
  stage(
    'wireguard-receive', 'napi', 'encapsulation',
    'wg_receive: finds the session and queues the packet for a worker of another core.',
  ),
  stage(
    'wireguard-decrypt', 'process', 'encapsulation',
    'wg_packet_decrypt_worker: checks the tag and decrypts.',
    ['backlog-full'],
  ),
  stage(
    'wireguard-poll', 'softirq', 'encapsulation',
    'wg_packet_rx_poll: one for a peer, checks counter and allowed addresses in order and hands packets to GRO.',
  ),
  stage(
    'esp-encrypt', 'inherit', 'encapsulation',
    'xfrm_output and esp_output: finds the security association, AES-GCM over packet and trailer, outer IPv4 header.',
    ['ipsec-no-policy'],
  ),
  stage(
    'esp-decrypt', 'softirq', 'encapsulation',
    'xfrm_input and esp_input: finds the association, checks the replay window, decrypts; the packet joins a GRO cell.',
    ['backlog-full', 'ipsec-no-state', 'ipsec-wrong-key'],
  ),
  stage(
    'bridge-forward', 'softirq', 'veth',
    'br_handle_frame: the bridge finds the port of the destination’s MAC address, or hands the frame to the node’s stack.',
    ['hairpin-off'],
  ),
  stage(
    'bridge-transmit', 'softirq', 'veth',
    'br_dev_xmit: the node’s stack sends into the bridge, which finds the port.',
  ),
  stage(
    'netkit-transmit', 'inherit', 'veth',
    'netkit_xmit: changes the namespace and runs the program of the device in the context of the sender.',
  ),
  stage(
    'bpf-from-workload', 'softirq', 'ebpf',
    'Calico’s tc program on what a pod sends: source check, connection tracking, policy of new connections, route.',
  ),
  stage(
    'bpf-to-workload', 'softirq', 'ebpf',
    'Calico’s tc program on what goes to a pod: connection tracking, policy of new connections.',
  ),
  stage(
    'bpf-from-host-endpoint', 'softirq', 'ebpf',
    'Calico’s tc program on what arrives at the node’s interface: tunnel check, connection tracking, route, redirect.',
    ['unknown-host'],
  ),
  stage(
    'bpf-to-host-endpoint', 'inherit', 'ebpf',
    'Calico’s tc program on what leaves the node’s interface: passes what carries the bypass mark.',
  ),
  stage(
    'bpf-from-tunnel', 'softirq', 'ebpf',
    'Calico’s tc program behind the tunnel: connection tracking, policy of new connections, redirect to the pod.',
  ),
  stage(
    'bpf-from-wireguard', 'softirq', 'ebpf',
    'cil_from_wireguard on cilium_wg0: marks what was decrypted, endpoint lookup.',
  ),
  stage(
    'app-connect', 'process', 'application',
    'The application calls socket() and connect(): socket, route, port, SYN.',
  ),
  stage(
    'app-accept', 'process', 'application',
    'The application calls accept(): takes the new connection, makes its file.',
  ),
  stage(
    'app-close', 'process', 'application',
    'The application calls close(): FIN, the socket’s file and memory are freed.',
  ),
  stage(
    'icmp-transmit', 'inherit', 'socket',
    'Builds an echo request (ping_v4_sendmsg) or answer (icmp_reply) and its checksum.',
  ),
  stage(
    'icmp-receive', 'softirq', 'socket',
    'icmp_rcv: takes an echo request, or hands an answer to the socket of ping.',
    ['udp-receive-buffer'],
  ),
  stage(
    'nf-policy', 'softirq', 'netfilter',
    'Felix’s chains of the policies that select the pod: rules tried until one decides, for a connection’s first packet.',
    ['policy-deny', 'policy-default-deny'],
  ),
  stage(
    'bpf-policy', 'softirq', 'ebpf',
    'Calico’s policy program of the pod: rules tried until one decides, for a connection’s first packet.',
    ['policy-deny', 'policy-default-deny'],
  ),
  stage(
    'checksum-transmit', 'inherit', 'device',
    'skb_checksum_help: the sum over a packet in a tunnel that the NIC cannot look into.',
  ),
  stage(
    'checksum-receive', 'softirq', 'device',
    '__skb_checksum_complete: checks the sum over a packet in a tunnel that the NIC could not look into.',
  ),
  stage(
    'nf-service', 'inherit', 'netfilter',
    'kube-proxy’s chains: rules tried until one names the service’s backend, for a connection’s first packet.',
  ),
  stage(
    'bpf-service', 'softirq', 'ebpf',
    'The program’s service map: backend of a new connection, address of a known one.',
  ),
  stage(
    'bpf-connect', 'process', 'ebpf',
    'The program at connect(): the service map names the backend, the socket gets its address.',
  ),
  stage(
    'bpf-xdp', 'napi', 'ebpf',
    'cil_xdp_entry in the driver’s poll, before the packet is the stack’s: service, translation, and out of the interface again (XDP_TX).',
  ),
  stage(
    'nf-cold', 'inherit', 'netfilter',
    'What netfilter takes longer on a core that has slept deep: rules, their counters and connections come from memory again.',
  ),
] as const satisfies readonly StageInfo[]

/** A stage by name. */
export type StageId = (typeof STAGES)[number]['id']

/** The number plans use for a stage. */
export function stageNumber(id: StageId): number {
  return STAGES.findIndex((candidate) => candidate.id === id)
}
