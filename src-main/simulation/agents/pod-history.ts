import type { Finding, Lab, Workload } from '#shared/lab/index'
import { SECOND_NS } from '#shared/units/index'

import { anotherPod, placePods, type Pod } from '../kubernetes/index'
import { clusterDowntimes, firstUp } from './downtimes'
import { nodeLostTimeline, nodeMonitoring } from './node-lost'
import { TIMING } from './timing'

/** A pod that left its node for good. */
export interface PodEnd {
  readonly pod: number
  /** Index of the fault that it follows from. */
  readonly fault: number
  /** When its deletion was stored, ns. */
  readonly atNs: number
  /** Present where its controller made another one in its place. */
  readonly replacement?: { readonly pod: number; readonly boundNs: number }
}

/** The pods that a run has in the course of time. */
export interface PodHistory {
  /** Those that the lab deals out, then those that came in place of others, in order of time. */
  readonly pods: readonly Pod[]
  /** By pod, since when it has its node and until when, ns. */
  readonly spans: readonly { readonly fromNs: number; readonly untilNs: number }[]
  /** Pods that were deleted or evicted and do not come again themselves, in order of time. */
  readonly ends: readonly PodEnd[]
  /** By pod, the one that came in its place. */
  readonly successors: ReadonlyMap<number, number>
  readonly findings: readonly Finding[]
}

/** How long before a node's loss its lease may have been renewed: where in its range a lost node's timeline lies. */
const LOST_SHARE = 0.5

/** When a node is lost, and comes back, ns. */
interface Loss {
  readonly at: number
  readonly until?: number | undefined
}

/** When the node controller finds that a node is lost, ns; Infinity where it is back before. `stored` is the API server's part. */
export function notReadyNs(lab: Lab, { at, until = Infinity }: Loss): number {
  const [earliest, latest] = nodeLostTimeline(0, lab.cluster).notReadySeconds
  const noticedNs = storedNs(lab, at + (earliest + LOST_SHARE * (latest - earliest)) * SECOND_NS)
  return until < noticedNs ? Infinity : noticedNs
}

/** When the API server has stored what it is told at a time. */
export function storedNs(lab: Lab, atNs: number): number {
  return firstUp(clusterDowntimes(lab.faults, 'kube-apiserver'), atNs)
}

/**
 * A lab's pods over the time of a run. A pod of a Deployment that is deleted, or evicted from a lost node once its toleration
 * is over, is replaced by another one, which has the next free number: on the node that the workload allows, that is ready,
 * and that has the fewest pods of the workload, then the fewest at all. Where none is ready, it waits for one. Pods in their
 * node's network namespace stay as they are. Requires: a valid lab.
 */
export function podHistory(lab: Lab): PodHistory {
  const { pods, placements, findings: ofPlaces } = placePods(lab)
  const findings = [...ofPlaces, ...falseAlarms(lab)]
  if (!lab.faults.some(({ kind }) => kind === 'pod-delete' || kind === 'pod-evict' || kind === 'node-crash')) {
    return { pods, spans: pods.map(() => ({ fromNs: 0, untilNs: Infinity })), ends: [], successors: new Map(), findings }
  }
  return new HistoryBuilder(lab, pods, placements, findings).build()
}

/** A node that renews its lease less often than it may be silent is lost again and again. */
function falseAlarms({ cluster }: Lab): Finding[] {
  const { renewSeconds, graceSeconds } = nodeMonitoring(cluster)
  if (graceSeconds > renewSeconds) return []
  return [{
    code: 'out-of-range',
    path: ['spec', 'cluster', 'controllerManager', 'nodeMonitorGracePeriod'],
    message: `Nodes renew their leases every ${renewSeconds} s, and would be given up after ${graceSeconds} s without one.`,
    fix: 'Make nodeMonitorGracePeriod longer, or kubelet.nodeLeaseDurationSeconds, of which a quarter is the interval, shorter.',
  }]
}

/** Something that ends pods, at its time. */
interface Ending {
  readonly atNs: number
  readonly fault: number
  readonly ends: (pod: number) => boolean
}

class HistoryBuilder {
  private readonly lab: Lab
  private readonly pods: Pod[]
  private readonly findings: readonly Finding[]
  private readonly allowed: ReadonlyMap<string, readonly number[]>
  private readonly workloads: ReadonlyMap<string, Workload>
  private readonly boundNs: number[]
  private readonly endNs: number[]
  private readonly ends: PodEnd[] = []
  private readonly successors = new Map<number, number>()
  private readonly made = new Map<string, number>()

  constructor(lab: Lab, pods: readonly Pod[], placements: readonly { readonly nodes: readonly number[] }[], findings: readonly Finding[]) {
    this.lab = lab
    this.findings = findings
    this.pods = [...pods]
    const { workloads } = lab.cluster
    const reference = (index: number): string => `${workloads[index]!.namespace}/${workloads[index]!.name}`
    this.allowed = new Map(placements.map(({ nodes }, index) => [reference(index), nodes]))
    this.workloads = new Map(workloads.map((workload, index) => [reference(index), workload]))
    this.boundNs = pods.map((pod) => this.firstBoundNs(pod))
    this.endNs = pods.map(() => Infinity)
  }

  build(): PodHistory {
    const endings = [...this.deletions(), ...this.evictions()].toSorted((a, b) => a.atNs - b.atNs)
    for (const { atNs, fault, ends } of endings) {
      if (atNs > this.lab.run.duration) break
      for (let pod = 0, count = this.pods.length; pod < count; pod++) {
        if (this.boundNs[pod]! <= atNs && this.endNs[pod] === Infinity && ends(pod)) this.end(pod, atNs, fault)
      }
    }
    const spans = this.boundNs.map((fromNs, pod) => ({ fromNs, untilNs: this.endNs[pod]! }))
    return { pods: this.pods, spans, ends: this.ends, successors: this.successors, findings: this.findings }
  }

  /** Since when a pod that the lab deals out has its node. */
  private firstBoundNs({ reference, node }: Pod): number {
    const { name } = this.lab.nodes[node]!
    const added = this.lab.faults.find(
      (fault) => (fault.kind === 'pod-add' && fault.pod === reference) || (fault.kind === 'node-add' && fault.node === name),
    )
    return added === undefined ? 0 : storedNs(this.lab, added.at)
  }

  private deletions(): Ending[] {
    return this.lab.faults.flatMap((fault, index): Ending[] => {
      if ((fault.kind !== 'pod-delete' && fault.kind !== 'pod-evict') || fault.until !== undefined) return []
      return [{ atNs: storedNs(this.lab, fault.at), fault: index, ends: (pod) => this.pods[pod]!.reference === fault.pod && this.isReplaced(pod) }]
    })
  }

  /** Lost nodes get their taints in turn; pods leave them when they have tolerated it long enough, unless the node is back. */
  private evictions(): Ending[] {
    let freeNs = 0
    return this.losses().flatMap(({ fault, node, lostNs, untilNs }) => {
      const rate = this.evictionRate(lostNs)
      if (rate === 0) return []
      const taintedNs = Math.max(lostNs, freeNs)
      freeNs = taintedNs + SECOND_NS / rate
      const tolerances = new Set([...this.workloads.values()].map(toleranceNs))
      return [...tolerances].flatMap((tolerance): Ending[] => {
        const atNs = storedNs(this.lab, taintedNs + tolerance)
        if (atNs >= untilNs) return []
        const ends = (pod: number): boolean => {
          const { node: own, workload } = this.pods[pod]!
          return own === node && toleranceNs(this.workloads.get(workload)!) === tolerance && this.isReplaced(pod)
        }
        return [{ atNs, fault, ends }]
      })
    })
  }

  /** Nodes that the controller gives up, in order of time. */
  private losses(): { readonly fault: number; readonly node: number; readonly lostNs: number; readonly untilNs: number }[] {
    return this.lab.faults
      .flatMap((fault, index) => {
        const lostNs = fault.kind === 'node-crash' ? notReadyNs(this.lab, fault) : Infinity
        if (fault.kind !== 'node-crash' || lostNs === Infinity) return []
        return [{ fault: index, node: this.nodeNumber(fault.node), lostNs, untilNs: fault.until ?? Infinity }]
      })
      .toSorted((a, b) => a.lostNs - b.lostNs)
  }

  /**
   * How many nodes a second the controller evicts when it looks at a time. It keeps its hands off where many nodes are silent at
   * once (node_lifecycle_controller.go, ComputeZoneState): it takes its time in large clusters, and evicts none in others.
   */
  private evictionRate(atNs: number): number {
    const count = this.lab.nodes.length
    const silent = this.lab.nodes.filter((_, node) => !this.isReady(node, atNs)).length
    if (silent === count) return 0
    const { evictionsPerSecond, unhealthyZone: { leastNodes, share, largeClusterNodes, largeClusterEvictionsPerSecond } } = TIMING.kubernetes
    if (silent < leastNodes || silent / count < share) return evictionsPerSecond
    return count > largeClusterNodes ? largeClusterEvictionsPerSecond : 0
  }

  private isReplaced(pod: number): boolean {
    const { workload, hostNetwork } = this.pods[pod]!
    return !hostNetwork && (this.workloads.get(workload)?.kind ?? 'Deployment') === 'Deployment'
  }

  private end(pod: number, atNs: number, fault: number): void {
    this.endNs[pod] = atNs
    const place = this.schedule(pod, atNs)
    if (place === undefined || place.boundNs > this.lab.run.duration) {
      this.ends.push({ pod, fault, atNs })
      return
    }
    const replacement = this.pods.length
    const { workload } = this.pods[pod]!
    const number = this.made.get(workload) ?? this.workloads.get(workload)!.replicas
    this.made.set(workload, number + 1)
    this.pods.push(anotherPod(this.pods[pod]!, `${workload}-${number}`, place.node, place.boundNs))
    this.boundNs.push(place.boundNs)
    this.endNs.push(Infinity)
    this.successors.set(pod, replacement)
    this.ends.push({ pod, fault, atNs, replacement: { pod: replacement, boundNs: place.boundNs } })
  }

  /** The node that a pod in place of another gets, and when: at once, or when one of its workload's nodes is ready. */
  private schedule(pod: number, atNs: number): { readonly node: number; readonly boundNs: number } | undefined {
    const { workload } = this.pods[pod]!
    for (const boundNs of [atNs, ...this.arrivals().filter((time) => time > atNs)]) {
      const ready = this.allowed.get(workload)!.filter((node) => this.isReady(node, boundNs))
      if (ready.length === 0) continue
      const [own, all] = this.podCounts(workload, boundNs)
      const least = ready.reduce((best, node) => ((own[node]! - own[best]! || all[node]! - all[best]!) < 0 ? node : best))
      return { node: least, boundNs }
    }
    return undefined
  }

  /** How many pods of a workload, and how many at all, each node has at a time. */
  private podCounts(workload: string, atNs: number): readonly [Int32Array, Int32Array] {
    const [own, all] = [new Int32Array(this.lab.nodes.length), new Int32Array(this.lab.nodes.length)]
    this.pods.forEach((pod, index) => {
      if (atNs < this.boundNs[index]! || atNs >= this.endNs[index]!) return
      all[pod.node]!++
      if (pod.workload === workload) own[pod.node]!++
    })
    return [own, all]
  }

  /** When nodes join or come back, in order. */
  private arrivals(): number[] {
    return this.lab.faults
      .flatMap((fault) => {
        const atNs = fault.kind === 'node-add' ? fault.at : fault.kind === 'node-crash' ? fault.until : undefined
        return atNs === undefined ? [] : [storedNs(this.lab, atNs)]
      })
      .toSorted((a, b) => a - b)
  }

  /** Whether the scheduler takes a node to be ready: it has joined, and the controller has not found it lost. */
  private isReady(node: number, atNs: number): boolean {
    const { name } = this.lab.nodes[node]!
    return !this.lab.faults.some((fault) => {
      if (fault.kind === 'node-add') return fault.node === name && atNs < storedNs(this.lab, fault.at)
      if (fault.kind !== 'node-crash' || fault.node !== name) return false
      return notReadyNs(this.lab, fault) <= atNs && atNs < storedNs(this.lab, fault.until ?? Infinity)
    })
  }

  private nodeNumber(name: string): number {
    return this.lab.nodes.findIndex((node) => node.name === name)
  }
}

/** How long a workload's pods stay with a node that is lost, ns. */
function toleranceNs({ tolerationSeconds = TIMING.kubernetes.unreachableTolerationSeconds }: Workload): number {
  return tolerationSeconds * SECOND_NS
}
