import type { WayFacts, WayKind } from '#shared/contract/comparison'
import type { Lab, Traffic, TrafficEnd } from '#shared/lab/index'

import { placePods, type Pod } from '../kubernetes/index'
import { buildTopology, shareSubnet } from '../topology/index'

/** A connection whose way is looked at. */
export interface ChosenEnds extends Pick<WayFacts, 'kind' | 'from' | 'to' | 'protocol' | 'traffic'> {
  /** Port that is asked; the server's own first where absent. */
  readonly port?: number
}

/** An end by its reference, and the node it is on: −1 where it is on none, or on any. */
interface PlacedEnd {
  readonly reference: string
  readonly node: number
  readonly isPod: boolean
}

/** Among so many pods two are looked for that no traffic connects. */
const PODS_TRIED = 100

/** A connection of each kind that a lab has: the first that its traffic opens, or else the first two pods that could open one. */
export function chosenEnds(lab: Lab): ChosenEnds[] {
  const { hosts } = buildTopology(lab).topology
  const { pods } = placePods(lab)
  const kindOf = (from: PlacedEnd, to: PlacedEnd): WayKind | undefined => {
    if (to.reference.startsWith('service/')) return 'service'
    if (from.isPod && !to.isPod) return to.node < 0 ? 'outside' : undefined
    if (!from.isPod || !to.isPod) return undefined
    if (from.node === to.node) return 'one-node'
    return shareSubnet(hosts[from.node]!, hosts[to.node]!) ? 'one-subnet' : 'two-subnets'
  }
  const chosen = new Map<WayKind, ChosenEnds>()
  for (const traffic of lab.traffic) {
    for (const from of endsOf(lab, pods, traffic.from)) {
      for (const to of endsOf(lab, pods, traffic.to)) {
        const kind = from.reference === to.reference ? undefined : kindOf(from, to)
        if (kind === undefined || chosen.has(kind)) continue
        const { port } = traffic.to
        chosen.set(kind, { kind, from: from.reference, to: to.reference, protocol: protocolOf(traffic), traffic: traffic.name, ...(port !== undefined && { port }) })
      }
    }
  }
  for (const [from, to] of podPairs(pods)) {
    const kind = kindOf(from, to)!
    if (!chosen.has(kind)) chosen.set(kind, { kind, from: from.reference, to: to.reference, protocol: 'tcp' })
  }
  return [...chosen.values()]
}

function protocolOf({ kind }: Traffic): ChosenEnds['protocol'] {
  return kind === 'icmp' ? 'icmp' : kind.startsWith('udp') ? 'udp' : 'tcp'
}

/** The ends that a traffic entry names; of a workload the first pod of each node. */
function endsOf({ nodes }: Lab, pods: readonly Pod[], { kind, name }: TrafficEnd): PlacedEnd[] {
  switch (kind) {
    case 'pod':
      return pods.filter(({ reference }) => reference === name).slice(0, 1).map(placed)
    case 'workload':
      return onePerNode(pods.filter(({ workload }) => workload === name)).map(placed)
    case 'node':
      return [{ reference: `node/${name}`, node: nodes.findIndex((node) => node.name === name), isPod: false }]
    case 'external':
      return [{ reference: `external/${name}`, node: -1, isPod: false }]
    case 'service':
      return [{ reference: `service/${name}`, node: -1, isPod: false }]
  }
}

function placed({ reference, node, hostNetwork }: Pod): PlacedEnd {
  return { reference, node, isPod: !hostNetwork }
}

function onePerNode(pods: readonly Pod[]): Pod[] {
  const first = new Map<number, Pod>()
  for (const pod of pods) if (!first.has(pod.node)) first.set(pod.node, pod)
  return [...first.values()]
}

/** The first pods with each other, those in the host network apart. */
function podPairs(pods: readonly Pod[]): [PlacedEnd, PlacedEnd][] {
  const ends = pods.slice(0, PODS_TRIED).filter(({ hostNetwork }) => !hostNetwork).map(placed)
  return ends.flatMap((from, index) => ends.slice(index + 1).map((to): [PlacedEnd, PlacedEnd] => [from, to]))
}
