import { counted } from '../../analysis/index'
import type { WayDirection, WayFacts } from '../../contract/comparison'
import type { VariantResult } from '../../metrics/index'
import { humanDuration } from '../../units/index'
import { builtVariants, type BuiltVariant, type Compared } from '../compared'
import { costIn, hasPrograms, lookUpsOf, netfilterText, nodesOf, stagesIn, waysBetweenNodes, wayOf } from '../read-way'
import { grouped, verdictOver, type Claim, type Finding } from './claim'

/** Claims about what a packet goes through on hosts. */
export const DATAPATH_CLAIMS: readonly Claim[] = [
  {
    id: 'iptables-every-packet',
    claim: 'iptables costs every packet the whole chain.',
    check: checkFirstPackets,
    turns: 'Rules of services and policies are tried by the packet that opens a connection. The others pay for the connection’s entry and the first rules of each chain. Traffic of short connections opens many, and traffic that is not tracked (NOTRACK) pays each time.',
    toShow: 'Add a variant on iptables, such as Calico’s default, and traffic over TCP between nodes.',
  },
  {
    id: 'cilium-no-conntrack',
    claim: 'Cilium does away with connection tracking.',
    check: checkCiliumTracking,
    turns: 'Cilium tracks connections in maps of its own. The kernel’s table still sees packets wherever they pass the node’s stack: legacy host routing, the tunnel’s outer packets, the host’s own traffic.',
    toShow: 'Add a Cilium variant and two pods on different nodes.',
  },
  {
    id: 'bpf-bypasses-kernel',
    claim: 'BPF host routing bypasses the kernel.',
    check: checkBypass,
    turns: 'It bypasses netfilter and the routing of the node’s upper stack. The packet stays an skb and goes through veth or netkit, the queueing discipline and the driver. Without masquerading by BPF and kube-proxy replacement, Cilium falls back to legacy routing.',
    toShow: 'Add a Cilium variant with kubeProxyReplacement: true and bpf.masquerade: true, and two pods on different nodes.',
  },
  {
    id: 'calico-ebpf-no-iptables',
    claim: 'Calico with eBPF needs no iptables.',
    check: checkCalicoPrograms,
    turns: 'Policy and services leave iptables. What masquerades pods to the outside (natOutgoing), hairpins and host rules stay there.',
    toShow: 'Add a Calico variant with bpfEnabled: true and traffic from a pod to an external host.',
  },
  {
    id: 'clusterip-node',
    claim: 'Traffic to a ClusterIP goes through the service’s node.',
    check: checkClusterAddress,
    turns: 'The address is on no node: the client’s own node puts a backend’s in its place. A node in between there is for a NodePort or load balancer that is asked from outside.',
    toShow: 'Add a service and traffic from a pod to it.',
  },
  {
    id: 'ipvs-no-conntrack',
    claim: 'IPVS needs no iptables and no connection tracking.',
    check: checkIpvs,
    turns: 'ipvs finds the service and the backend in hash tables. Its connections are tracked by the kernel all the same, and rules that match sets masquerade.',
    toShow: 'Add a variant with kubeProxy: {mode: ipvs}, a service and traffic from a pod to it.',
  },
]

/** Ways both directions of which were walked. */
function answered(ways: readonly WayFacts[]): (WayFacts & { readonly answer: WayDirection })[] {
  return ways.flatMap((way) => (way.answer === undefined ? [] : [{ ...way, answer: way.answer }]))
}

function checkFirstPackets(compared: Compared): Finding | null {
  const found = builtVariants(compared).flatMap(({ name, facts }) =>
    answered(waysBetweenNodes(facts)).filter(({ protocol, request }) => protocol === 'tcp' && request.stages.some(({ stage }) => stage === 'nf-forward')).slice(0, 1)
      .map(({ request, answer }) => ({ name, first: costIn(request, 'netfilter'), later: costIn(answer, 'netfilter'), stages: stagesIn(request, 'netfilter') })))
  if (found.length === 0) return null
  return {
    verdict: found.some(({ first, later }) => later >= first) ? 'depends' : 'fails',
    evidence: grouped(found.map(({ name, first, later, stages }) => [
      name, `the ${stages} netfilter stages of a way cost the packet that opens the connection ${humanDuration(first)}, its answer ${humanDuration(later)}.`,
    ] as const)),
  }
}

function checkCiliumTracking(compared: Compared): Finding | null {
  const found = builtVariants(compared).flatMap(({ name, facts, result }) => {
    const [way] = facts.cni === 'cilium' ? waysBetweenNodes(facts) : []
    return way === undefined ? [] : [{ name, request: way.request, made: entriesMade(result) }]
  })
  if (found.length === 0) return null
  return {
    // Whoever looks connections up or keeps entries of them tracks them, in the kernel's table or in maps.
    verdict: verdictOver(found.map(({ request, made }) => lookUpsOf(request) === 0 && made.length === 0)),
    evidence: grouped(found.map(({ name, request, made }) => {
      const entries = made.length === 0 ? 'the run made no entries in any table' : `the run made ${made.map(([table, count]) => `${counted(count, 'entry', 'entries')} in ${table}`).join(', ')}`
      return [name, `a packet between nodes meets ${netfilterText(request)}; ${entries}.`] as const
    })),
  }
}

/** Tables of connections with the entries that a run made in them on all nodes, mean over the seeds; without those that stayed empty. */
function entriesMade({ seeds }: VariantResult): [table: string, entries: number][] {
  const tables = new Map<string, number>()
  for (const { table, made } of seeds.flatMap(({ nodes }) => nodes.flatMap(({ tracking = [] }) => tracking))) tables.set(table, (tables.get(table) ?? 0) + made)
  return [...tables].map(([table, made]): [string, number] => [table, Math.round(made / seeds.length)]).filter(([, made]) => made > 0)
}

function checkBypass(compared: Compared): Finding | null {
  const cilium = builtVariants(compared).flatMap(({ name, facts }) =>
    (facts.cni === 'cilium' ? waysBetweenNodes(facts).slice(0, 1) : []).map(({ request }) => ({ name, request, isPrograms: isHandedOver(request) })))
  const routed = cilium.filter(({ isPrograms }) => isPrograms)
  if (routed.length === 0) return null
  return {
    verdict: verdictOver(routed.map(({ request }) => kernelCosts(request).length === 0)),
    evidence: grouped([...routed, ...cilium.filter(({ isPrograms }) => !isPrograms)].map(({ name, request, isPrograms }) =>
      [name, `${isPrograms ? 'BPF' : 'legacy'} host routing: ${betweenSockets(request)}; a packet meets ${netfilterText(request)}.`] as const)),
  }
}

/** Whether programs hand the packet into the receiving pod's namespace (bpf_redirect_peer, netkit), past the node's stack and its backlog. */
function isHandedOver({ stages }: WayDirection): boolean {
  const program = stages.findLastIndex(({ stage }) => stage === 'bpf-to-container')
  return program >= 0 && stages.slice(program).every(({ stage }) => stage !== 'backlog')
}

/** What a packet between two sockets costs in programs and in the kernel's own stages. */
function betweenSockets(direction: WayDirection): string {
  const own = kernelCosts(direction)
  const sum = own.reduce((total, { costNs }) => total + costNs, 0)
  const parts = own.map(({ name, costNs }) => `${name} ${humanDuration(costNs)}`)
  return `between the sockets programs take ${humanDuration(costIn(direction, 'ebpf'))}, the kernel’s own stages ${humanDuration(sum)}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`
}

/** Groups of the kernel's own stages between sockets that cost a packet anything. */
function kernelCosts(direction: WayDirection): { readonly name: string; readonly costNs: number }[] {
  return KERNEL_GROUPS.map(([group, name]) => ({ name, costNs: costIn(direction, group) })).filter(({ costNs }) => costNs > 0)
}

const KERNEL_GROUPS = [
  ['netfilter', 'netfilter'], ['routing', 'IP'], ['veth', 'virtual devices'], ['encapsulation', 'tunnels'], ['device', 'NIC, driver and queue'],
] as const

function checkCalicoPrograms(compared: Compared): Finding | null {
  const found = builtVariants(compared).flatMap(({ name, facts }) => {
    const outside = wayOf(facts, 'outside')
    return facts.cni === 'calico' && hasPrograms(facts) && outside !== undefined ? [{ name, outside }] : []
  })
  if (found.length === 0) return null
  return {
    verdict: found.some(({ outside }) => stagesIn(outside.request, 'netfilter') > 0) ? 'fails' : 'holds',
    evidence: grouped(found.map(({ name, outside: { from, to, request } }) => [
      name, `a packet ${from} → ${to} meets ${netfilterText(request)}; it goes through ${counted(stagesIn(request, 'ebpf'), 'program')}.`,
    ] as const)),
  }
}

/** Ways of pods to a service by its name, which is to say its ClusterIP. */
function serviceWays({ facts }: BuiltVariant): WayFacts[] {
  return facts.ways.filter(({ kind, from, verdict }) => kind === 'service' && !/^(node|external)\//u.test(from) && verdict === 'delivered')
}

function checkClusterAddress(compared: Compared): Finding | null {
  const found = builtVariants(compared).flatMap((variant) => serviceWays(variant).map(({ from, to, request }) => ({ name: variant.name, from, to, nodes: nodesOf(request) })))
  if (found.length === 0) return null
  return {
    verdict: found.some(({ nodes }) => nodes.length > 2) ? 'depends' : 'fails',
    evidence: grouped(found.map(({ name, from, to, nodes }) => [
      name, `${from} → ${to} goes through ${nodes.length === 1 ? `${nodes[0]!} alone, where client and backend are` : `${nodes.join(' and ')}, from the client’s node to the backend’s`}.`,
    ] as const)),
  }
}

function checkIpvs(compared: Compared): Finding | null {
  const ipvs = builtVariants(compared).filter(({ facts: { controlPlane } }) => !('refused' in controlPlane) && controlPlane.tables.some(({ table }) => table === 'ipvs rules'))
  const found = ipvs.flatMap((variant) => serviceWays(variant).map(({ request }) => ({ name: variant.name, request })))
  if (found.length === 0) return null
  return {
    verdict: found.some(({ request }) => stagesIn(request, 'netfilter') > 0) ? 'fails' : 'holds',
    evidence: grouped(found.map(({ name, request }) => [name, `a packet to the service meets ${netfilterText(request)}.`] as const)),
  }
}
