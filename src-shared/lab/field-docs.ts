import type { DocumentPath } from './document-path'

/**
 * What each field of a lab means, by its path with `*` for an entry of a list: what it is, its unit, what decides its
 * default. The one source for help beside fields and while the text is written.
 */
const FIELD_DOCS: Readonly<Record<string, string>> = {
  apiVersion: 'The version of the format. Newer versions of the app read older files.',
  kind: 'Always Lab.',
  metadata: 'What the lab is called and what it is about.',
  'metadata.name': 'The name of the lab, as title and in reports.',
  'metadata.description': 'What the lab is for, in a sentence or two.',
  'spec.fabric': 'The network between the nodes: racks, switches and the links between switches.',
  'spec.fabric.racks': 'Racks group switches and nodes; they have no effect on packets.',
  'spec.fabric.switches': 'Switches. Each queues at its output ports and forwards whole frames (store and forward).',
  'spec.fabric.switches.*.role': 'A tor bridges its nodes in one subnet and routes to the rest; a spine only routes.',
  'spec.fabric.switches.*.rack': 'The rack it stands in.',
  'spec.fabric.switches.*.asn': 'Its autonomous system number in BGP, 1 to 4294967295 (RFC 6793). 64512–65534 are private (RFC 6996).',
  'spec.fabric.switches.*.bfd': 'Bidirectional forwarding detection (RFC 5880) with switches and nodes that have it too: a silent link is noticed after multiplier × interval.',
  'spec.fabric.links': 'Links between switches. A second link between the same two is an equal-cost path.',
  'spec.fabric.links.*.ends': 'The two things it joins, by name.',
  'spec.nodes': 'Kubernetes nodes.',
  'spec.nodes.*.rack': 'The rack it stands in. A new node is linked to that rack’s switch.',
  'spec.nodes.*.address': 'Its address with the length of its subnet, as 10.1.0.11/24. Left out: the next free one of its switch’s subnet.',
  'spec.nodes.*.asn': 'Its AS number in BGP, where the plugin speaks BGP to switches. Left out: the plugin’s own (Calico: 64512).',
  'spec.nodes.*.cpu.cores': 'Cores that packets and applications compete for.',
  'spec.nodes.*.cpu.ghz': 'Clock of the cores. Costs measured on another clock are scaled by it.',
  'spec.nodes.*.nic.rate': 'Line rate of the network interface, such as 25Gbit.',
  'spec.nodes.*.nic.mtu': 'Largest IP packet that the interface sends, in bytes. Tunnels leave less for pods: 20 less for IPIP, 50 for VXLAN over IPv4.',
  'spec.nodes.*.nic.queues': 'Receive queues. A flow is hashed to one (RSS), and each is bound to a core.',
  'spec.nodes.*.nic.offloads.tso': 'The interface cuts long trains into segments, so that the stack is passed once per train.',
  'spec.nodes.*.nic.offloads.gro': 'The kernel joins segments of a flow on receipt, so that the stack is passed once per train.',
  'spec.nodes.*.nic.offloads.tunnel': 'TSO and checksums also work inside UDP tunnels and IPIP.',
  'spec.nodes.*.uplinks': 'Links to switches; each takes every field of a link. A second one is another path.',
  'spec.nodes.*.uplinks.*.switch': 'The switch it leads to.',
  'spec.nodes.*.labels': 'Labels of the node, for selectors.',
  'spec.nodes.*.taints': 'Taints keep pods away that name no nodes (NoSchedule, NoExecute).',
  'spec.nodes.*.podBlocks': 'Blocks of pod addresses that the node already has, as 10.244.1.0/26.',
  'spec.cluster': 'Kubernetes: addresses, namespaces, workloads and objects.',
  'spec.cluster.podCIDR': 'The range that addresses of pods come from. It must not overlap the service range or the nodes’ subnets.',
  'spec.cluster.serviceCIDR': 'The range that addresses of services come from.',
  'spec.cluster.namespaces': 'Namespaces with their labels. The namespace default is always there.',
  'spec.cluster.workloads': 'Groups of equal pods. Replica i of the workload web is the pod web-i.',
  'spec.cluster.workloads.*.namespace': 'The namespace of its pods.',
  'spec.cluster.workloads.*.labels': 'Labels of its pods, which services and policies select by.',
  'spec.cluster.workloads.*.replicas': 'How many pods. They are dealt out over its nodes in turn.',
  'spec.cluster.workloads.*.nodes': 'Nodes that its pods are kept to. Left out: any node without a taint.',
  'spec.cluster.workloads.*.ports': 'Ports that its pods listen on.',
  'spec.cluster.manifests': 'Kubernetes, Calico and Cilium objects, inline, or {file: path inside the lab’s folder}.',
  'spec.external': 'Hosts outside the cluster.',
  'spec.external.*.address': 'Its IPv4 address.',
  'spec.external.*.attach': 'The switch it is linked to.',
  'spec.variants': 'Network plugins with their settings. A run simulates each on the same lab.',
  'spec.variants.*.cni': 'The plugin: none (host network), calico, cilium or flannel.',
  'spec.variants.*.settings': 'Settings by the plugin’s own names. Left out: those of a fresh install.',
  'spec.traffic': 'Who talks to whom.',
  'spec.traffic.*.kind': 'tcp-stream and udp-stream send one way; tcp-rr, tcp-crr, udp-rr and http wait for answers; icmp pings.',
  'spec.traffic.*.from': 'Who sends: {pod: namespace/name}, {workload}, {node} or {external}.',
  'spec.traffic.*.to':
    'Who receives: as from, or {service: namespace/name, port}, which is asked at its own address inside the cluster, and at the first address that nodes announce for it (load balancer, external IP) from {external}. {node, port} with a service’s node port asks the service there.',
  'spec.traffic.*.pattern': 'Who sends to whom where the ends are several: in-turn, permutation, incast (all to the first) or all-to-all.',
  'spec.traffic.*.streams': 'How many connections or flows at once: of each sender, or where each has several receivers to each.',
  'spec.traffic.*.requestRate': 'Requests a second of each sender. Left out: each follows the answer to the one before.',
  'spec.traffic.*.load': 'Share of the sender’s link that the payload of answers fills, up to 1; in place of a rate.',
  'spec.traffic.*.arrivals': 'How datagrams or requests are spaced: constant or poisson.',
  'spec.traffic.*.timeout': 'How long to wait for the answer to a datagram.',
  'spec.traffic.*.reverse': 'The receiving end sends, as with iperf3 -R.',
  'spec.traffic.*.sendfile': 'Writes are not copied, as with sendfile or MSG_ZEROCOPY.',
  'spec.traffic.*.rate': 'How fast it sends, such as 500Mbit. Left out: as fast as it can.',
  'spec.traffic.*.payload': 'Bytes of application data in a packet or write.',
  'spec.traffic.*.request': 'Bytes of a request: 200B, or for http and tcp-rr exponential 1kB, pareto 1kB 1.2, web-search or data-mining.',
  'spec.traffic.*.response': 'Bytes of a response; as request.',
  'spec.traffic.*.congestion': 'The sender’s congestion control.',
  'spec.traffic.*.ecn': 'The sender asks for explicit congestion notification, as DCTCP always does.',
  'spec.traffic.*.start': 'When it starts, from the beginning of the run.',
  'spec.traffic.*.stop': 'When it stops. Left out: at the end of the run.',
  'spec.faults': 'What breaks, and when.',
  'spec.run.duration': 'Simulated time of a run.',
  'spec.run.warmup': 'The time at the beginning that is simulated and not measured, for connections to reach their speed.',
  'spec.run.seeds': 'Runs of each variant with other random numbers. Intervals of confidence need several.',
  'spec.run.hostCosts': 'Off: packets cost no CPU time, and only links and windows bound them.',
  'spec.view': 'How the lab is drawn. Nothing that a run depends on.',
}

/** Fields that every link has, wherever it is written. */
const LINK_DOCS: Readonly<Record<string, string>> = {
  rate: 'Its rate in each direction, such as 100Gbit.',
  delay: 'Propagation one way, such as 5us. Light in fibre takes about 5 µs a kilometre.',
  mtu: 'Largest IP packet that it carries, in bytes.',
  queue: 'Room for waiting packets at each sending end: bytes as 1MB, or packets as 100p.',
  loss: 'Share of packets that are lost on the wire, 0 to 1.',
  framing: 'Bytes on the wire beyond the IP packet: 38 for Ethernet with preamble, checksum and gap.',
}

/** What the field at a path means; undefined where there is nothing to say beyond its name. */
export function fieldDoc(path: DocumentPath): string | undefined {
  const key = path.map((step) => (typeof step === 'number' ? '*' : step)).join('.')
  const own = FIELD_DOCS[key]
  if (own !== undefined) return own
  const isLink = /^spec\.(fabric\.links\.\*|nodes\.\*\.uplinks\.\*|external\.\*)\.\w+$/u.test(key)
  return isLink ? LINK_DOCS[String(path.at(-1))] : undefined
}
