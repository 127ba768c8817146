import { targetOf, type FaultTarget } from '#renderer/stores/edits/new-fault'
import type { IconName } from '#renderer/ui/index'
import { FAULT_LABELS, type FaultKind } from '#shared/lab/index'

/** Kinds of faults that are offered together. */
export interface FaultGroup {
  readonly name: string
  readonly kinds: readonly FaultKind[]
}

/** The icon of each kind. */
export const FAULT_ICONS: Readonly<Record<FaultKind, IconName>> = {
  'link-down': 'linkCut',
  'link-silent': 'linkSilent',
  'link-flap': 'linkFlap',
  'link-loss': 'linkLoss',
  'link-delay': 'clock',
  'link-rate': 'gauge',
  'link-mtu': 'width',
  'node-crash': 'power',
  partition: 'partition',
  'agent-kill': 'stop',
  'session-reset': 'refresh',
  filter: 'filter',
  'node-add': 'node',
  'pod-add': 'workload',
  'pod-delete': 'workloadOff',
  'pod-evict': 'exit',
  'policy-add': 'policy',
  'policy-remove': 'policyOff',
  'service-add': 'service',
  'service-remove': 'serviceOff',
  'ebpf-enable': 'settings',
  'ipsec-key': 'lock',
}

/** Agents are on nodes, and filters before them: what a kind hits does not tell them from nodes. */
const GROUP_OF_KIND: Readonly<Partial<Record<FaultKind, string>>> = {
  'agent-kill': 'Agents and sessions', 'session-reset': 'Agents and sessions', 'ebpf-enable': 'Agents and sessions', filter: 'Network filters',
}
const GROUP_OF_TARGET: Readonly<Record<FaultTarget, string>> = {
  link: 'Links', node: 'Nodes', nodes: 'Nodes', pod: 'Pods', policy: 'Policies and services', service: 'Policies and services',
  cluster: 'Agents and sessions',
}

/** The group that a kind is offered in. */
export function groupOf(kind: FaultKind): string {
  return GROUP_OF_KIND[kind] ?? GROUP_OF_TARGET[targetOf(kind)]
}

/** All kinds, by group: links first, as they break most. */
export const FAULT_GROUPS: readonly FaultGroup[] = ['Links', 'Nodes', 'Agents and sessions', 'Network filters', 'Pods', 'Policies and services']
  .map((name) => ({ name, kinds: (Object.keys(FAULT_LABELS) as FaultKind[]).filter((kind) => groupOf(kind) === name) }))

/** Why a lab can't have a fault of a kind: what it lacks. */
export function whatLacks(kind: FaultKind): string {
  const target = targetOf(kind)
  if (kind === 'session-reset') return 'needs a node and a peer'
  return `no ${target === 'nodes' ? 'node' : target} in the lab`
}

/** The icon of a fault, whatever its file calls its kind. */
export function faultIcon(kind: string): IconName {
  return Object.hasOwn(FAULT_ICONS, kind) ? FAULT_ICONS[kind as FaultKind] : 'fault'
}
