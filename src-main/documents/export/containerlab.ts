import { buildTopology } from '#main/simulation/topology/index'
import type { Lab, Variant } from '#shared/lab/index'
import { formatIpv4Address, nthIpv4Address } from '#shared/units/index'

import { FRR_DAEMONS, frrConfig, type FabricSwitch } from './frr-config'
import { clusterName, exportKind, kindFile, kindNodes } from './kind-config'
import type { LabExport } from './lab-export'
import { labelNames } from './label-names'
import { TOOLS_IMAGE } from './traffic-tools'

/** FRRouting, as its project publishes it. */
const ROUTER_IMAGE = 'quay.io/frrouting/frr:9.1.0'

/** A link of the topology, between an element's port and another's. */
interface Wire {
  readonly ends: readonly [string, string]
  readonly mtu: number
}

/**
 * A topology for containerlab: switches are containers with FRRouting, which bridge their nodes and speak BGP with each
 * other without addresses of their own (RFC 5549); nodes are those of a kind cluster, reached on their second interface.
 */
export function exportContainerlab(made: LabExport, lab: Lab, variants: readonly Variant[]): void {
  const { topology } = buildTopology(lab)
  exportKind(made, lab, variants)
  const [variant] = variants
  if (variants.length > 1) made.warn('approximated', ['spec', 'variants'], `The topology starts ${kindFile(lab, variant!)}, the first; choose one variant to have it start another.`)
  const fabric = fabricOf(lab, topology)
  const switches = lab.fabric.switches.map((_, index) => fabricSwitch(fabric, index))
  const cluster = { kind: 'k8s-kind', ...(variant === undefined ? {} : { 'startup-config': kindFile(lab, variant) }) }
  made.addYaml(`${clusterName(lab)}.clab.yml`, {
    name: clusterName(lab),
    topology: {
      nodes: Object.fromEntries([
        ...switches.map((each) => [each.name, routerNode(each)] as const),
        [clusterName(lab), cluster] as const,
        ...lab.nodes.map((_, index) => machine(made, fabric, index)),
        ...lab.external.map((_, index) => outsideHost(fabric, lab.nodes.length + index)),
      ]),
      links: fabric.wires.map(({ ends, mtu }) => ({ endpoints: ends, mtu })),
    },
  })
  made.addText('daemons', FRR_DAEMONS)
  for (const each of switches) made.addText(`${each.name}/frr.conf`, frrConfig(each))
  warnOfLinks(made, lab)
}

/** A lab's network under the names that containers have. */
interface Fabric {
  readonly lab: Lab
  readonly topology: BuiltTopology
  /** Names of the containers of switches, and of nodes and then hosts outside, in the lab's order. */
  readonly switchNames: readonly string[]
  readonly hostNames: readonly string[]
  readonly wires: readonly Wire[]
  readonly ports: Ports
}

type BuiltTopology = ReturnType<typeof buildTopology>['topology']

function fabricOf(lab: Lab, topology: BuiltTopology): Fabric {
  const switches = lab.fabric.switches.map(({ name }) => name)
  const kind = kindNodes(lab)
  const nodeNames = lab.nodes.map((node) => kind.find((each) => each.node === node)!.container)
  const [, ...others] = labelNames([clusterName(lab), ...switches, ...lab.external.map(({ name }) => name)])
  const switchNames = others.slice(0, switches.length)
  const hostNames = [...nodeNames, ...others.slice(switches.length)]
  const switchName = (name: string): string => switchNames[switches.indexOf(name)]!
  const ports = new Ports()
  const wire = (a: string, b: string, mtu: number): Wire => ({ ends: [ports.take(a, b), ports.take(b, a)], mtu })
  const wires = [
    ...lab.fabric.links.map(({ ends: [a, b], mtu }) => wire(switchName(a), switchName(b), mtu)),
    ...lab.nodes.flatMap(({ uplinks }, index) => uplinks.map((uplink) => wire(hostNames[index]!, switchName(uplink.switch), uplink.mtu))),
    ...lab.external.map(({ attach, mtu }, index) => wire(hostNames[lab.nodes.length + index]!, switchName(attach), mtu)),
  ]
  return { lab, topology, switchNames, hostNames, wires, ports }
}

/** A node, whose container kind makes: the topology wires it and gives it addresses. */
function machine(made: LabExport, { lab, topology, hostNames }: Fabric, index: number): [string, object] {
  const { uplinks } = lab.nodes[index]!
  const { address, subnet, others = [] } = topology.hosts[index]!
  const further = uplinks.filter((uplink, number) => number > 0 && uplink.address === undefined)
  if (further.length > 0) {
    made.warn('not-exported', ['spec', 'nodes', index, 'uplinks'], 'Interfaces of uplinks after the first have no address: bonds and equal routes are yours to set up.')
  }
  const exec = [...hostSetUp([{ address, subnet }, ...others]), ...routesOf(index, topology)]
  return [hostNames[index]!, { kind: 'ext-container', exec }]
}

function outsideHost({ topology, hostNames }: Fabric, host: number): [string, object] {
  const { address, subnet } = topology.hosts[host]!
  const exec = [...hostSetUp([{ address, subnet }]), 'ip route replace default dev eth1']
  return [hostNames[host]!, { kind: 'linux', image: TOOLS_IMAGE, exec }]
}

/** Numbers of elements' ports, in the order that links come: eth1, eth2, … */
class Ports {
  private readonly counts = new Map<string, number>()
  private readonly peers = new Map<string, string[]>()

  /** The next port of an element, which a link to `peer` takes. */
  take(element: string, peer: string): string {
    const number = (this.counts.get(element) ?? 0) + 1
    this.counts.set(element, number)
    this.peers.set(element, [...(this.peers.get(element) ?? []), peer])
    return `${element}:eth${number}`
  }

  /** The ports of an element that lead to others that `isOne` accepts. */
  towards(element: string, isOne: (peer: string) => boolean): string[] {
    return (this.peers.get(element) ?? []).flatMap((peer, index) => (isOne(peer) ? [`eth${index + 1}`] : []))
  }
}

/** What a switch bridges and whom it routes to. */
function fabricSwitch({ lab, topology, switchNames, hostNames, ports }: Fabric, index: number): FabricSwitch {
  const { name: given, role, asn } = lab.fabric.switches[index]!
  const name = switchNames[index]!
  const nodeNames = hostNames.slice(0, lab.nodes.length)
  const homed = lab.nodes.flatMap(({ uplinks: [first] }, host) => (first?.switch === given ? [host] : []))
  const outside = lab.external.flatMap(({ attach }, host) => (attach === given ? [lab.nodes.length + host] : []))
  const routed = role === 'spine' ? [...homed, ...outside] : outside
  return {
    name,
    asn: asn ?? FIRST_PRIVATE_ASN + index,
    nodeSystem: asn === undefined ? undefined : homed.some((host) => lab.nodes[host]!.asn === asn) ? 'internal' : 'external',
    subnet: role === 'tor' && homed.length > 0 ? topology.hosts[homed[0]!]!.subnet : undefined,
    fabricPorts: ports.towards(name, (peer) => switchNames.includes(peer)),
    nodePorts: ports.towards(name, (peer) => nodeNames.includes(peer)),
    hosts: routed.map((host) => ({ address: topology.hosts[host]!.address, port: ports.towards(name, (peer) => peer === hostNames[host])[0]! })),
  }
}

/** Autonomous systems that anybody may use (RFC 6996), for switches without one. */
const FIRST_PRIVATE_ASN = 4_200_000_000

function routerNode({ name, subnet, nodePorts, hosts }: FabricSwitch): object {
  const bridge = [
    'ip link add br0 type bridge',
    ...nodePorts.map((port) => `ip link set ${port} master br0`),
    'ip link set br0 up',
  ]
  return {
    kind: 'linux',
    image: ROUTER_IMAGE,
    binds: [`${name}/frr.conf:/etc/frr/frr.conf`, 'daemons:/etc/frr/daemons'],
    exec: [
      'sysctl -w net.ipv4.ip_forward=1',
      ...(subnet === undefined ? [] : [...bridge, `ip addr add ${formatIpv4Address(nthIpv4Address(subnet, 1))}/${subnet.length} dev br0`]),
      ...hosts.map(({ address, port }) => `ip route replace ${formatIpv4Address(address)}/32 dev ${port}`),
    ],
  }
}

type Interface = Pick<BuiltTopology['hosts'][number], 'address' | 'subnet'>

function hostSetUp(interfaces: readonly Interface[]): string[] {
  return interfaces.map(({ address, subnet }, index) => `ip addr add ${formatIpv4Address(address)}/${subnet.length} dev eth${index + 1}`)
}

/** A node's ways to the fabric's other subnets; its default route stays kind's, by which it fetches images. */
function routesOf(node: number, topology: BuiltTopology): string[] {
  const { subnet } = topology.hosts[node]!
  const texts = topology.hosts.map((host) => `${formatIpv4Address(host.subnet.network)}/${host.subnet.length}`)
  const own = texts[node]
  const way = subnet.length === 32 ? 'dev eth1' : `via ${formatIpv4Address(nthIpv4Address(subnet, 1))}`
  return [...new Set(texts)].filter((text) => text !== own).map((text) => `ip route replace ${text} ${way}`)
}

function warnOfLinks(made: LabExport, { fabric, nodes }: Lab): void {
  if (fabric.links.length > 0) {
    made.warn('not-exported', ['spec', 'fabric', 'links'], 'Links are veth pairs, as fast as the machine: rate, delay and loss are set by containerlab tools netem, queues not at all.')
  }
  if (nodes.length > 0) {
    made.warn('not-exported', ['spec', 'nodes'], 'Nodes share the machine’s cores, and have no NIC: cores, clock, queues and offloads are those of the machine.')
    made.warn('approximated', ['spec', 'nodes'], 'kind’s nodes know each other by eth0; tell the plugin to use eth1 (Calico nodeAddressAutodetectionV4, Cilium devices, Flannel --iface).')
  }
}
