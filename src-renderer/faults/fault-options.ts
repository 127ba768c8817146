import { canFail } from '#renderer/stores/edits/new-fault'
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
