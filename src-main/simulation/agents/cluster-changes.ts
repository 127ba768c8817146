import type { Fault, Lab } from '#shared/lab/index'
import type { Ipv4Prefix } from '#shared/units/index'

import type { Pod } from '../kubernetes/index'
import { downtimesOf, firstUp } from './downtimes'
import { notReadyNs, storedNs, type PodEnd, type PodHistory } from './pod-history'
import { WatchDraws } from './watch-delays'

/** What a change is about. Pods and nodes by index, objects as `Kind namespace/name`. */
export type ChangeSubject =
  /** A pod on its node: its devices and routes, and that its process runs. */
  | { readonly kind: 'pod'; readonly pod: number }
  /** A pod's address and labels, as other nodes know them: members of sets, entries of ipcaches. */
  | { readonly kind: 'address'; readonly pod: number }
  /** A pod as a backend of services. */
  | { readonly kind: 'endpoint'; readonly pod: number }
  | { readonly kind: 'policy'; readonly object: string }
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'node'; readonly node: number }
  /** A block of addresses, of the node that claims it. */
  | { readonly kind: 'block'; readonly node: number; readonly block: Ipv4Prefix }

/** A change of the cluster's state. */
export interface ClusterChange {
  readonly subject: ChangeSubject
  /** Whether it is there from then on, or not. */
  readonly present: boolean
  /** When it happened; of objects, when the API server had stored it, ns. Infinity where that never came. */
  readonly atNs: number
  /** For people. */
  readonly what: string
  /** The kind of the fault that it follows from. */
  readonly cause: Fault['kind']
}

/**
 * What the faults of a lab change in the cluster's state, in order of time: pods that come and go with their endpoints,
 * policies, services, nodes that join or are lost. `seed` draws how long watches and starts of pods take.
 */
export function clusterChanges(lab: Lab, history: PodHistory, seed: number): ClusterChange[] {
  const maker = new ChangeMaker(lab, history, seed)
  return lab.faults.flatMap((fault, index) => maker.of(fault, index)).toSorted((a, b) => a.atNs - b.atNs)
}

class ChangeMaker {
  private readonly lab: Lab
  private readonly history: PodHistory
  private readonly pods: readonly Pod[]
  private readonly ends: readonly PodEnd[]
  private readonly draws: WatchDraws

  constructor(lab: Lab, history: PodHistory, seed: number) {
    const { pods, ends } = history
    this.lab = lab
    this.history = history
    this.pods = pods
    this.ends = ends
    this.draws = new WatchDraws(seed)
  }

  of(fault: Fault, index: number): ClusterChange[] {
    const cause = fault.kind
    switch (fault.kind) {
      case 'pod-add':
        return this.created(this.podNumber(fault.pod), this.stored(fault.at), cause, index)
      case 'pod-delete':
      case 'pod-evict': {
        const pod = this.podNumber(fault.pod)
        const againNs = fault.until ?? (this.comesAgain(pod) ? fault.at + fault.grace : undefined)
        const again = againNs === undefined ? [] : this.created(pod, this.stored(againNs), cause, index)
        return [...this.deleted(pod, this.stored(fault.at), fault.grace, cause, index), ...again, ...this.replaced(cause, index)]
      }
      case 'policy-add':
      case 'policy-remove':
        return this.applied({ kind: 'policy', object: fault.policy }, fault.policy, fault.kind === 'policy-add', fault)
      case 'service-add':
      case 'service-remove':
        return this.applied({ kind: 'service', service: fault.service }, `service ${fault.service}`, fault.kind === 'service-add', fault)
      case 'node-add':
        return this.joined(this.nodeNumber(fault.node), fault.at, cause, index)
      case 'node-crash':
        return this.lost(this.nodeNumber(fault.node), fault.at, fault.until, cause, index)
      default:
        return []
    }
  }

  /** An object that comes or goes, and perhaps the other way round at the fault's end. */
  private applied(subject: ChangeSubject, what: string, present: boolean, { at, until, kind: cause }: Fault): ClusterChange[] {
    const change = (atNs: number, isThere: boolean): ClusterChange => ({
      subject, present: isThere, atNs: this.stored(atNs), what: `${what} ${isThere ? 'applied' : 'removed'}`, cause,
    })
    return [change(at, present), ...(until === undefined ? [] : [change(until, !present)])]
  }

  /** The kubelet is told, makes the sandbox and the container; once it is ready, services may use it. */
  private created(pod: number, atNs: number, cause: Fault['kind'], index: number): ClusterChange[] {
    const { node, reference } = this.pods[pod]!
    const draw = this.draws.of(index, pod)
    const told = firstUp(downtimesOf(this.lab.faults, this.lab.nodes[node]!.name, 'kubelet'), atNs + draw.watchNs())
    const ready = told + draw.podStartNs()
    const stored = this.stored(ready)
    return [
      { subject: { kind: 'pod', pod }, present: true, atNs: ready, what: `pod ${reference} started`, cause },
      { subject: { kind: 'address', pod }, present: true, atNs: this.stored(told), what: `address of ${reference} known`, cause },
      { subject: { kind: 'endpoint', pod }, present: true, atNs: stored + draw.watchNs(), what: `endpoint ${reference} ready`, cause },
    ]
  }

  /** Services leave it out once its deletion is stored; its process ends when the kubelet told it and its grace is over. */
  private deleted(pod: number, atNs: number, graceNs: number, cause: Fault['kind'], index: number): ClusterChange[] {
    const { node, reference } = this.pods[pod]!
    const draw = this.draws.of(index, pod)
    const endpoint = atNs + draw.watchNs()
    const told = firstUp(downtimesOf(this.lab.faults, this.lab.nodes[node]!.name, 'kubelet'), atNs + draw.watchNs())
    const ended = told + graceNs
    return [
      { subject: { kind: 'endpoint', pod }, present: false, atNs: endpoint, what: `endpoint ${reference} removed`, cause },
      { subject: { kind: 'pod', pod }, present: false, atNs: ended, what: `pod ${reference} ended`, cause },
      { subject: { kind: 'address', pod }, present: false, atNs: this.stored(ended), what: `address of ${reference} free`, cause },
    ]
  }

  /** Pods that controllers make in place of those that a fault ended. */
  private replaced(cause: Fault['kind'], index: number): ClusterChange[] {
    return this.ends.flatMap(({ fault, replacement }) =>
      fault === index && replacement !== undefined ? this.created(replacement.pod, replacement.boundNs, cause, index) : [])
  }

  /** Whether a pod's controller makes the same pod again when it is gone. */
  private comesAgain(pod: number): boolean {
    const { workload } = this.pods[pod]!
    const kind = this.lab.cluster.workloads.find(({ namespace, name }) => `${namespace}/${name}` === workload)?.kind
    return kind === 'StatefulSet' || kind === 'DaemonSet'
  }

  /** A node registers; its pods start. */
  private joined(node: number, atNs: number, cause: Fault['kind'], index: number): ClusterChange[] {
    const registered: ClusterChange = {
      subject: { kind: 'node', node }, present: true, atNs: this.stored(atNs), what: `node ${this.lab.nodes[node]!.name} registered`, cause,
    }
    const later = new Set(this.history.successors.values())
    const dealt = this.podsOn(node).filter((pod) => !later.has(pod))
    return [registered, ...dealt.flatMap((pod) => this.created(pod, this.stored(atNs), cause, index))]
  }

  /**
   * A node that is silent for the grace period is not ready: services leave its pods out until it is back. Pods that were
   * evicted meanwhile are gone, and others in their place.
   */
  private lost(node: number, atNs: number, untilNs: number | undefined, cause: Fault['kind'], index: number): ClusterChange[] {
    const noticed = notReadyNs(this.lab, { at: atNs, until: untilNs })
    if (noticed === Infinity) return []
    const evicted = this.ends.filter(({ fault }) => fault === index)
    const change = (pod: number, present: boolean, at: number): ClusterChange => {
      const { reference } = this.pods[pod]!
      return {
        subject: { kind: 'endpoint', pod }, present, atNs: at + this.draws.of(index, pod).watchNs(),
        what: `endpoint ${reference} ${present ? 'ready' : 'removed'}`, cause,
      }
    }
    const isThere = (pod: number): boolean => {
      const { fromNs, untilNs: goneNs } = this.history.spans[pod]!
      return fromNs <= noticed && noticed <= goneNs
    }
    const endpoints = this.podsOn(node).filter(isThere).flatMap((pod) => {
      const isBack = untilNs !== undefined && !evicted.some((end) => end.pod === pod)
      return [change(pod, false, noticed), ...(isBack ? [change(pod, true, this.stored(untilNs + this.draws.of(index, pod).podStartNs()))] : [])]
    })
    return [...endpoints, ...evicted.flatMap((end) => this.evicted(end, cause)), ...this.replaced(cause, index)]
  }

  /** The API server knows the pod no more; its node, where it is back, ends it. */
  private evicted({ pod, atNs }: PodEnd, cause: Fault['kind']): ClusterChange[] {
    const { reference } = this.pods[pod]!
    return [
      { subject: { kind: 'pod', pod }, present: false, atNs, what: `pod ${reference} evicted`, cause },
      { subject: { kind: 'address', pod }, present: false, atNs: this.stored(atNs), what: `address of ${reference} free`, cause },
    ]
  }

  /** When the API server has stored what it is told at a time. */
  private stored(atNs: number): number {
    return storedNs(this.lab, atNs)
  }

  private podsOn(node: number): number[] {
    return this.pods.flatMap((pod, index) => (pod.node === node && !pod.hostNetwork ? [index] : []))
  }

  private podNumber(reference: string): number {
    return found(this.pods.findIndex((pod) => pod.reference === reference), reference)
  }

  private nodeNumber(name: string): number {
    return found(this.lab.nodes.findIndex((node) => node.name === name), name)
  }
}

function found(index: number, name: string): number {
  if (index < 0) throw new Error(`The lab is not validated: nothing is named ${name}`)
  return index
}
