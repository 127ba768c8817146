import { parsePodName } from '../mentions'
import { nodeOfReplica, placeWorkloads, type PodPlacement } from '../placement'
import type { Report } from '../problem'
import type { Lab } from '../record/lab'
import type { TrafficEnd } from '../record/traffic'
import type { Check, Content } from './content'

/** Links lead somewhere else, switches are linked, and there is a way between the ends of traffic. */
export const checkConnections: Check = (content, report) => {
  const { lab, isWhole } = content
  lab.fabric.links.forEach(({ ends }, index) => {
    if (ends[0] === ends[1])
      report('self-link', ['spec', 'fabric', 'links', index, 'ends'], `The link leads from ${ends[0]} to itself.`)
  })
  if (!isWhole(['spec', 'fabric']) || !isWhole(['spec', 'nodes']) || !isWhole(['spec', 'external'])) return
  const linked = linkedNames(lab)
  // A misspelt end is reported as such; what it was meant to link is not known.
  const known = new Set([...lab.fabric.switches, ...lab.nodes].map(({ name }) => name))
  if ([...linked].some((name) => !known.has(name))) return

  lab.fabric.switches.forEach(({ name }, index) => {
    if (!linked.has(name))
      report('unlinked-switch', ['spec', 'fabric', 'switches', index], `Nothing is linked to switch ${name}.`)
  })
  if (isWhole(['spec', 'cluster', 'workloads'])) checkTraffic(content, report)
}

/** The names at the ends of links, apart from those of nodes at uplinks. */
function linkedNames(lab: Lab): Set<string> {
  return new Set([
    ...lab.fabric.links.flatMap(({ ends }) => (ends[0] === ends[1] ? [] : ends)),
    ...lab.nodes.flatMap(({ uplinks }) => uplinks.map((uplink) => uplink.switch)),
    ...lab.external.map(({ attach }) => attach),
  ])
}

function checkTraffic({ lab }: Content, report: Report): void {
  const groups = connectedGroups(lab)
  const hostsOf = hostFinder(lab)
  lab.traffic.forEach(({ name, from, to }, index) => {
    const [senders, receivers] = [from, to].map((end) =>
      hostsOf(end).filter((host) => groups.has(host)),
    )
    const apart = firstApart(senders!, receivers!, groups)
    if (apart === undefined) return
    const [sender, receiver] = apart.map((host) => host.replace(':', ' '))
    report(
      'no-path',
      ['spec', 'traffic', index],
      `The traffic ${name} has no way from ${sender} to ${receiver}.`,
      'Link them.',
    )
  })
}

/** The first sender that a receiver is not connected to, and the first such receiver. */
function firstApart(
  senders: readonly string[],
  receivers: readonly string[],
  groups: ReadonlyMap<string, string>,
): readonly [string, string] | undefined {
  // One receiver stands for all of its group: entries name thousands, and groups are few.
  const receiverOf = new Map<string | undefined, string>()
  for (const receiver of receivers) {
    const group = groups.get(receiver)
    if (!receiverOf.has(group)) receiverOf.set(group, receiver)
  }
  for (const sender of senders) {
    for (const [group, receiver] of receiverOf) if (group !== groups.get(sender)) return [sender, receiver]
  }
  return undefined
}

/** Finds the hosts that an end of traffic stands for, as `node:name` or `external:name`; none where it names nothing. */
function hostFinder(lab: Lab): (end: TrafficEnd) => string[] {
  const placements = placeWorkloads(lab)
  const workloads = new Map(lab.cluster.workloads.map(({ namespace, name }, index) => [`${namespace}/${name}`, index]))
  return (end) => hostsOf(lab, placements, workloads, end)
}

function hostsOf(
  lab: Lab,
  placements: readonly PodPlacement[],
  workloads: ReadonlyMap<string, number>,
  end: TrafficEnd,
): string[] {
  const nodeName = (number: number | undefined): string[] =>
    number === undefined ? [] : [`node:${lab.nodes[number]!.name}`]
  const workload = (name: string): number => workloads.get(name) ?? -1
  switch (end.kind) {
    case 'node':
    case 'external':
      return [`${end.kind}:${end.name}`]
    case 'pod': {
      const pod = parsePodName(end.name)
      const placement = placements[workload(pod?.workload ?? '')]
      return pod === undefined || placement === undefined ? [] : nodeName(nodeOfReplica(placement, pod.index))
    }
    case 'workload': {
      const index = workload(end.name)
      const placement = placements[index]
      if (placement === undefined) return []
      const used = Math.min(lab.cluster.workloads[index]!.replicas, placement.nodes.length)
      const replicas = Array.from({ length: used }, (_, replica) => nodeOfReplica(placement, replica))
      return replicas.flatMap(nodeName)
    }
    case 'service':
      return []
  }
}

/** For each switch, node and external host the name of one that stands for all it is connected to. */
function connectedGroups(lab: Lab): Map<string, string> {
  const parents = new Map<string, string>()
  const rootOf = (name: string): string => {
    let root = name
    for (let parent = parents.get(root); parent !== undefined && parent !== root; parent = parents.get(root))
      root = parent
    parents.set(name, root)
    return root
  }
  const join = (a: string, b: string): void => void parents.set(rootOf(a), rootOf(b))
  const switches = new Set(lab.fabric.switches.map(({ name }) => name))
  const end = (name: string): string => (switches.has(name) ? `switch:${name}` : `node:${name}`)
  for (const { ends } of lab.fabric.links) join(end(ends[0]), end(ends[1]))
  for (const node of lab.nodes) for (const uplink of node.uplinks) join(`node:${node.name}`, `switch:${uplink.switch}`)
  for (const { name, attach } of lab.external) join(`external:${name}`, `switch:${attach}`)
  const hosts = [...lab.nodes.map(({ name }) => `node:${name}`), ...lab.external.map(({ name }) => `external:${name}`)]
  return new Map(hosts.map((host) => [host, rootOf(host)]))
}
