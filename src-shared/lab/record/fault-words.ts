import type { z } from '../schema-library'
import { faultSchema, type Fault } from './fault'

/** What can break. */
export type FaultKind = Fault['kind']

/** A field that some kind of fault has. */
export type FaultField = Exclude<Fault extends infer One ? (One extends Fault ? keyof One : never) : never, 'kind'>

/** What each kind is called, in the order in which they are offered. */
export const FAULT_LABELS: Readonly<Record<FaultKind, string>> = {
  'link-down': 'Link down',
  'link-silent': 'Link silent',
  'link-flap': 'Link flaps',
  'link-loss': 'Link loses packets',
  'link-delay': 'Link delay',
  'link-rate': 'Link rate',
  'link-mtu': 'Link MTU',
  'node-crash': 'Node crashes',
  partition: 'Partition',
  'agent-kill': 'Agent ends',
  'session-reset': 'BGP session reset',
  filter: 'Packets filtered',
  'node-add': 'Node joins',
  'pod-add': 'Pod created',
  'pod-delete': 'Pod deleted',
  'pod-evict': 'Pod evicted',
  'policy-add': 'Policy applied',
  'policy-remove': 'Policy removed',
  'service-add': 'Service created',
  'service-remove': 'Service removed',
  'ebpf-enable': 'eBPF enabled',
  'ipsec-key': 'IPsec key replaced',
}

/** What a kind of fault says besides its name. */
export interface FaultShape {
  /** In the order of its record. */
  readonly fields: readonly FaultField[]
  /** Those of them that have to be there. */
  readonly required: ReadonlySet<FaultField>
}

/** The shape of every kind, as the schema has it. */
export const FAULT_SHAPES: Readonly<Record<FaultKind, FaultShape>> = shapesOf()

function shapesOf(): Record<FaultKind, FaultShape> {
  const shapes = faultSchema.options.map(({ shape: { kind, ...rest } }) => {
    const fields = Object.entries<z.ZodType>(rest)
    const required = fields.filter(([, schema]) => !schema.safeParse(undefined).success)
    return [kind.value, { fields: fields.map(([name]) => name), required: new Set(required.map(([name]) => name)) }]
  })
  return Object.fromEntries(shapes) as Record<FaultKind, FaultShape>
}

/** What a kind is called, by the name that a file gives. */
export function faultLabel(kind: unknown): string {
  return typeof kind === 'string' ? ((FAULT_LABELS as Readonly<Record<string, string>>)[kind] ?? kind) : 'Fault'
}

/** What a fault hits, in words: `tor-a – spine-1`, `node-1`, `node-1, bird`, `default/web-0`. Empty where it does not say. */
export function faultSubject(fault: Readonly<Record<string, unknown>>): string {
  const { link, nodes, node, agent, peer, protocol, port, pod, policy, service, id } = fault
  if (Array.isArray(link)) return link.join(' – ')
  if (Array.isArray(nodes)) return nodes.join(', ')
  const object = [pod, policy, service].find((each) => typeof each === 'string')
  if (typeof object === 'string') return object
  if (typeof id === 'number') return `id ${id}`
  if (typeof node !== 'string') return ''
  const about = typeof peer === 'string' ? [`${node} – ${peer}`] : [node]
  for (const more of [agent, protocol, port]) if (typeof more === 'string' || typeof more === 'number') about.push(String(more))
  return about.join(', ')
}

/** A fault in words: `Link down: tor-a – spine-1`. */
export function faultTitle(fault: Readonly<Record<string, unknown>>): string {
  return [faultLabel(fault['kind']), faultSubject(fault)].filter(Boolean).join(': ')
}
