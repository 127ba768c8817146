import { isObject } from '#main/simulation/kubernetes/field-reader'

import { fieldOf, listOf, textOf, type ClusterImport } from './cluster-import'
import type { Values } from './sources'

/** A link to a switch as a lab file has it. */
export interface ImportedUplink {
  readonly switch: string
  readonly mtu?: number
}

/** A fabric as a lab file has it, and what hangs on it. */
export interface ImportedFabric {
  readonly switches: readonly { readonly name: string; readonly role: 'tor' | 'spine' }[]
  readonly links: readonly { readonly ends: readonly [string, string]; readonly mtu?: number }[]
  /** Per machine, in the topology's order: its links to switches, and its address where the topology gives it one. */
  readonly machines: ReadonlyMap<string, { readonly uplinks: readonly ImportedUplink[]; readonly address?: string }>
}

/** Kinds of containerlab's nodes that are machines and no switches or routers (containerlab.dev/manual/kinds). */
const MACHINES = ['linux', 'k8s-kind', 'ext-container', 'generic_vm', 'vr-n9kv-host', 'host']
/** Images of routers that run as plain containers. */
const ROUTER_IMAGE = /(?:^|[/-])(?:frr|frrouting|bird|gobgp|quagga|vyos|openbgpd)/u
/** Links with one end in the topology. */
const SINGLE_ENDED = ['host', 'mgmt-net', 'macvlan', 'vxlan', 'vxlan-stitch', 'dummy']
/** `ip address add 10.0.0.2/24 dev eth1`, as nodes run it when they start. */
const GIVES_ADDRESS = /^ip (?:-4 )?a(?:ddr(?:ess)?)? (?:add|replace) ([\d.]+\/\d+) dev eth[1-9]/u
/** Names of switches that no machine hangs on. */
const IS_SPINE = /spine|core|super/iu

interface Node {
  readonly kind: string
  readonly isMachine: boolean
  readonly address?: string
}

/** The fabric that containerlab topologies describe; undefined where there are none. */
export function importFabric(topologies: readonly Values[], cluster: ClusterImport): ImportedFabric | undefined {
  if (topologies.length === 0) return undefined
  const nodes = new Map(topologies.flatMap((topology) => nodesOf(topology)))
  const links = topologies.flatMap((topology) => listOf(topology, 'topology', 'links')).flatMap((link) => linkOf(link, nodes, cluster))
  const machines = new Map<string, { uplinks: ImportedUplink[]; address?: string }>()
  const areWired = Array.from(nodes.values()).some(({ kind }) => kind === 'ext-container')
  for (const [name, { isMachine, address, kind }] of nodes) {
    // A kind cluster's own entry stands for its containers, which have entries where they are wired.
    if (isMachine && !(areWired && kind === 'k8s-kind')) machines.set(name, { uplinks: [], ...(address === undefined ? {} : { address }) })
  }
  const fabric: { ends: [string, string]; mtu?: number }[] = []
  for (const { ends, mtu } of links) {
    const [a, b] = ends
    const given = mtu === undefined ? {} : { mtu }
    const [machine, other] = machines.has(a) ? [a, b] : [b, a]
    if (machines.has(machine) && !machines.has(other)) machines.get(machine)!.uplinks.push({ switch: other, ...given })
    else fabric.push({ ends, ...given })
  }
  const leaves = new Set(Array.from(machines.values(), ({ uplinks }) => uplinks.map((uplink) => uplink.switch)).flat())
  const switches = Array.from(nodes).flatMap(([name, { isMachine }]) => {
    if (isMachine) return []
    const role = leaves.has(name) || !(leaves.size > 0 || IS_SPINE.test(name)) ? ('tor' as const) : ('spine' as const)
    return [{ name, role }]
  })
  return { switches, links: fabric, machines }
}

function nodesOf(file: Values): [string, Node][] {
  const topology = file['topology']
  const nodes = fieldOf(topology, 'nodes')
  const usual = textOf(topology, 'defaults', 'kind')
  return Object.entries(isObject(nodes) ? nodes : {}).map(([name, node]) => {
    const group = textOf(node, 'group')
    const kind = textOf(node, 'kind') ?? (group === undefined ? undefined : textOf(topology, 'groups', group, 'kind')) ?? usual ?? ''
    const image = textOf(node, 'image') ?? textOf(topology, 'kinds', kind, 'image') ?? ''
    const address = listOf(node, 'exec').map((line) => GIVES_ADDRESS.exec(String(line))?.[1]).find((found) => found !== undefined)
    return [name, { kind, isMachine: MACHINES.includes(kind) && !ROUTER_IMAGE.test(image), ...(address === undefined ? {} : { address }) }]
  })
}

/** A link in either notation: `endpoints: ["a:eth1", "b:eth1"]`, or with an object for each end. */
function linkOf(
  link: unknown,
  nodes: ReadonlyMap<string, Node>,
  cluster: ClusterImport,
): { readonly ends: [string, string]; readonly mtu?: number }[] {
  const type = textOf(link, 'type')
  const ends = listOf(link, 'endpoints').map((end) => (typeof end === 'string' ? end.split(':', 1)[0]! : (textOf(end, 'node') ?? '')))
  const shown = ends.length === 0 ? `of type ${type ?? 'unknown'}` : ends.join(' – ')
  if (type !== undefined && SINGLE_ENDED.includes(type)) {
    cluster.leaveOut(`link ${shown}`, `a link of type ${type} leads out of the topology`)
    return []
  }
  const [a, b] = ends
  if (ends.length !== 2 || a === undefined || b === undefined || a === b || !nodes.has(a) || !nodes.has(b)) {
    cluster.leaveOut(`link ${shown}`, 'its two ends are not two nodes of the topology')
    return []
  }
  const mtu = fieldOf(link, 'mtu')
  return [{ ends: [a, b], ...(typeof mtu === 'number' ? { mtu } : {}) }]
}
