import { formatBitsPerSecond, ipv4PrefixSize, type BitsPerSecond } from '#shared/units/index'

import { nodeOfReplica, placeWorkloads } from '../placement'
import type { Finding } from '../problem'
import type { Lab } from '../record/lab'
import type { TrafficEnd } from '../record/traffic'
import { bridgeOf } from '../validate/underlay'
import { encapsulationOf } from './encapsulation'
import { LabPaths, type PathLink } from './lab-paths'

/** Bytes of addresses that a node takes at once: Calico's block of 64, Cilium's and Flannel's /24 of 256. */
const ADDRESSES_PER_NODE = { calico: 64, cilium: 256, flannel: 256, none: 0 } as const

/**
 * What is legal and will not do what it seems to: packets that no link carries, rates beyond a link, sessions that cannot
 * come up, ports that nobody listens on. For while a lab is drawn; each has its reason.
 */
export function designFindings(lab: Lab): Finding[] {
  const paths = new LabPaths(lab)
  const ends = endsOf(lab)
  return [
    ...mtuFindings(lab, paths, ends),
    ...rateFindings(lab, paths, ends),
    ...portFindings(lab),
    ...sessionFindings(lab),
    ...rangeFindings(lab),
    ...routeFindings(lab),
  ]
}

/** Where the packets of an entry of traffic begin and end, as `LabPaths` names it; undefined where several places do. */
type Ends = readonly (readonly [string, string] | undefined)[]

function endsOf(lab: Lab): Ends {
  const placements = placeWorkloads(lab)
  const places = new Map(lab.cluster.workloads.map((workload, index) => [`${workload.namespace}/${workload.name}`, placements[index]!]))
  const placeOf = ({ kind, name }: TrafficEnd): string | undefined => {
    if (kind === 'node') return name
    if (kind === 'external') return `external ${name}`
    const pod = /^(.+)-(\d+)$/u.exec(name)
    const placement = kind === 'pod' && pod !== null ? places.get(pod[1]!) : kind === 'workload' ? places.get(name) : undefined
    const node = placement === undefined ? undefined : nodeOfReplica(placement, kind === 'pod' ? Number(pod?.[2]) : 0)
    return node === undefined ? undefined : lab.nodes[node]?.name
  }
  return lab.traffic.map(({ from, to }) => {
    const [a, b] = [placeOf(from), placeOf(to)]
    return a === undefined || b === undefined || a === b ? undefined : [a, b]
  })
}

/** The largest packet that leaves a node, header by header, against what the links on its way carry. */
function mtuFindings(lab: Lab, paths: LabPaths, ends: Ends): Finding[] {
  const nodes = new Map(lab.nodes.map((node) => [node.name, node]))
  const findings = new Map<string, Finding>()
  for (const [from, to] of ends.filter((pair) => pair !== undefined)) {
    const [a, b] = [nodes.get(from), nodes.get(to)]
    const links = paths.between(from, to)
    if (a === undefined || b === undefined || links === undefined) continue
    const narrow = links.reduce((least, link) => (link.mtu < least.mtu ? link : least))
    for (const variant of lab.variants) {
      const { name, headers, acrossSubnetsOnly, podMtu } = encapsulationOf(variant)
      const used = acrossSubnetsOnly && bridgeOf(lab, a) === bridgeOf(lab, b) ? [] : headers
      const overhead = used.reduce((sum, [, bytes]) => sum + bytes, 0)
      const inner = podMtu ?? a.nic.mtu - overhead
      const most = Math.min(narrow.mtu, a.nic.mtu, b.nic.mtu)
      if (inner + overhead <= most) continue
      const sum = [`${inner} of the pod`, ...used.map(([header, bytes]) => `${bytes} ${header}`)].join(' + ')
      const where = narrow.mtu === most ? narrow.name : a.nic.mtu === most ? `the interface of ${a.name}` : `the interface of ${b.name}`
      const path = narrow.mtu === most ? [...narrow.path, 'mtu'] : ['spec', 'nodes', lab.nodes.indexOf(a.nic.mtu === most ? a : b), 'nic', 'mtu']
      const key = `${path.join('.')} ${name}`
      if (findings.has(key)) continue
      findings.set(key, {
        code: 'mtu-beyond-path', path,
        message: `${variant.name} sends up to ${inner + overhead} bytes from ${from} to ${to} (${sum}); ${where} carries ${most}.`,
        fix: `Let it carry ${inner + overhead}, or send less.`,
      })
    }
  }
  return [...findings.values()]
}

function rateFindings(lab: Lab, paths: LabPaths, ends: Ends): Finding[] {
  return lab.traffic.flatMap((entry, index): Finding[] => {
    const pair = ends[index]
    if (entry.rate === undefined || pair === undefined) return []
    const nics = pair.flatMap((name): PathLink[] => lab.nodes.flatMap((node, number) =>
      (node.name === name ? [{ name: `the interface of ${name}`, mtu: node.nic.mtu, rate: node.nic.rate, path: ['spec', 'nodes', number] }] : [])))
    const slowest = [...(paths.between(...pair) ?? []), ...nics].reduce<PathLink | undefined>((least, link) => (least === undefined || link.rate < least.rate ? link : least), undefined)
    if (slowest === undefined || entry.rate <= slowest.rate) return []
    const most = formatBitsPerSecond(slowest.rate as BitsPerSecond)
    return [{
      code: 'rate-beyond-path', path: ['spec', 'traffic', index, 'rate'],
      message: `${entry.name} is to send ${formatBitsPerSecond(entry.rate)}; ${slowest.name} carries ${most}, headers included.`,
      fix: `Send at most ${most}, or expect loss.`,
    }]
  })
}

function portFindings({ traffic, cluster }: Lab): Finding[] {
  const workloads = new Map(cluster.workloads.map((workload) => [`${workload.namespace}/${workload.name}`, workload]))
  return traffic.flatMap(({ to: { kind, name, port }, name: entry }, index): Finding[] => {
    const workload = workloads.get(kind === 'pod' ? name.replace(/-\d+$/u, '') : kind === 'workload' ? name : '')
    const open = workload?.ports.map((each) => each.port) ?? []
    if (port === undefined || workload === undefined || open.length === 0 || open.includes(port)) return []
    return [{
      code: 'port-not-open', path: ['spec', 'traffic', index, 'to', 'port'],
      message: `${entry} goes to port ${port}; the pods of ${workload.name} say that they listen on ${open.join(', ')}.`,
      fix: `Send to ${open[0]!}, or add the port to the workload.`,
    }]
  })
}

/** BGP drops routes that carry its own AS (RFC 4271, 9.1.2): leaves with one AS in common do not learn each other's. */
function sessionFindings({ fabric }: Lab): Finding[] {
  const asnOf = new Map(fabric.switches.map(({ name, asn }) => [name, asn]))
  const leaves = fabric.switches.flatMap((item, index) => (item.role === 'tor' && item.asn !== undefined ? [{ ...item, index }] : []))
  const shared = leaves.flatMap(({ asn, name, index }, place): Finding[] => {
    const other = leaves.slice(0, place).find((leaf) => leaf.asn === asn)
    return other === undefined ? [] : [{
      code: 'as-conflict', path: ['spec', 'fabric', 'switches', index, 'asn'],
      message: `${name} has the AS ${asn} of ${other.name}: BGP drops routes with its own AS, so neither learns the other’s.`,
      fix: 'Give it an AS of its own.',
    }]
  })
  // Where no two neighbours have one, numbers say nothing about sessions.
  const isMeant = fabric.links.some(({ ends }) => ends.every((end) => asnOf.get(end) !== undefined))
  const silent = !isMeant ? [] : fabric.links.flatMap(({ ends: [a, b] }): Finding[] => {
    const [known, unknown] = asnOf.get(a) === undefined ? [b, a] : [a, b]
    const index = fabric.switches.findIndex(({ name }) => name === unknown)
    if (asnOf.get(known) === undefined || index < 0 || asnOf.get(unknown) !== undefined) return []
    return [{
      code: 'as-conflict', path: ['spec', 'fabric', 'switches', index],
      message: `${unknown} has no AS and ${known} has ${asnOf.get(known)}: there is no BGP session between them.`, fix: 'Give it an AS.',
    }]
  })
  return [...shared, ...new Map(silent.map((finding) => [finding.path.join('.'), finding])).values()]
}

function rangeFindings({ cluster, nodes, variants }: Lab): Finding[] {
  const size = ipv4PrefixSize(cluster.podCIDR)
  return [...new Set(variants.map(({ cni }) => cni))].flatMap((cni): Finding[] => {
    const wanted = nodes.length * ADDRESSES_PER_NODE[cni]
    return wanted <= size ? [] : [{
      code: 'cidr-too-small', path: ['spec', 'cluster', 'podCIDR'],
      message: `${nodes.length} nodes of ${ADDRESSES_PER_NODE[cni]} addresses each, as ${cni} takes them, are ${wanted}; the pod CIDR has ${size}.`,
      fix: 'Use a shorter prefix.',
    }]
  })
}

/** Native routing brings pods of other subnets only what somebody routes to: direct node routes end at the subnet. */
function routeFindings(lab: Lab): Finding[] {
  const subnets = new Set(lab.nodes.map((node) => bridgeOf(lab, node)))
  if (subnets.size < 2) return []
  return lab.variants.flatMap((variant, index): Finding[] => {
    const isDirect = variant.cni === 'cilium' && variant.settings.routingMode === 'native'
    const isHostGw = variant.cni === 'flannel' && variant.settings.Backend.Type === 'host-gw'
    if (!isDirect && !isHostGw) return []
    const speaks = lab.fabric.switches.some(({ asn }) => asn !== undefined) && isDirect
    return speaks ? [] : [{
      code: 'no-route-back', path: ['spec', 'variants', index],
      message: `${variant.name} routes to pods by their nodes’ addresses, which reach no further than a subnet; the nodes are in ${subnets.size}.`,
      fix: 'Put the nodes in one subnet, use a tunnel, or have the switches learn the routes by BGP.',
    }]
  })
}
