import { canFail, referenceOf } from '#renderer/stores/edits/new-fault'
import type { Outline } from '#renderer/stores/outline'
import type { SelectOption } from '#renderer/ui/index'

/** Links that can fail: between switches, and nodes' uplinks; one entry where several join the same two. */
export function linkOptions(outline: Outline): readonly SelectOption[] {
  const names = new Map(outline.links.filter(canFail).map(({ endNames }) => [linkValue(endNames), endNames.join(' – ')]))
  return [...names].map(([value, label]) => ({ value, label }))
}

/** Two ends as a value of a list, whichever comes first. */
export function linkValue(ends: readonly unknown[]): string {
  return JSON.stringify(ends.map(String).toSorted())
}

/** The ends that a value of the list stands for, in the order of the lab's link. */
export function endsOfLink(outline: Outline, value: string): readonly string[] {
  return outline.links.find(({ endNames }) => linkValue(endNames) === value)?.endNames ?? (JSON.parse(value) as string[])
}

/** Nodes, as a list to choose from. */
export function nodeOptions(outline: Outline): readonly SelectOption[] {
  return outline.nodes.map(({ name }) => ({ value: name, label: name }))
}

/** Who a node can have a BGP session with: other nodes, and switches. */
export function peerOptions(outline: Outline, node: string): readonly SelectOption[] {
  return [
    ...outline.nodes.filter(({ name }) => name !== node).map(({ name }) => ({ value: name, label: name, group: 'Nodes' })),
    ...outline.switches.map(({ name }) => ({ value: name, label: name, group: 'Switches' })),
  ]
}

/** Pods of one workload that are offered; of a larger one, its first. */
const MOST_PODS = 100

/** Pods, as a list to choose from. */
export function podOptions({ workloads }: Outline): readonly SelectOption[] {
  return workloads.flatMap(({ namespace, name, replicas }) =>
    Array.from({ length: Math.min(replicas, MOST_PODS) }, (_, index) => {
      const value = `${namespace}/${name}-${index}`
      return { value, label: value.replace(/^default\//u, '') }
    }))
}

/** Policies or services of the manifests, as faults name them. */
export function objectOptions(outline: Outline, kind: 'policy' | 'service'): readonly SelectOption[] {
  const objects = kind === 'policy' ? outline.policies : outline.services
  return objects.map((object) => ({ value: referenceOf(object), label: object.name }))
}
