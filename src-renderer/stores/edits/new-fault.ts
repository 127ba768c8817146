import {
  addFault, FAULT_SHAPES, type FaultField, type FaultKind, type LabDocument, type LabEdit, type PlainMapping, type PlainValue,
} from '#shared/lab/index'
import { runSchema } from '#shared/lab/record/run'
import { formatNanos, nanos } from '#shared/units/index'

import { asName, asObject, type Given } from '../given'
import type { LinkOutline, ObjectId, ObjectKind, Outline, OutlineObject, PolicyOutline, ServiceOutline, WorkloadOutline } from '../outline'

/** What a fault is about, which decides what has to be picked for it. */
export type FaultTarget = 'link' | 'node' | 'nodes' | 'pod' | 'policy' | 'service' | 'cluster'

/** What a new fault says where nothing else is known: agents, protocols and amounts that are common. */
const STARTING: Readonly<Partial<Record<FaultField, PlainValue>>> = {
  loss: 0.01,
  delay: '10ms',
  rate: '1Gbit',
  mtu: 1400,
  agent: 'bird',
  protocol: 'udp',
  id: 4,
}

const TARGETS: readonly FaultTarget[] = ['link', 'nodes', 'node', 'pod', 'policy', 'service']

/** What usually breaks of things that can. */
const USUAL: Readonly<Partial<Record<ObjectKind, FaultKind>>> = {
  link: 'link-down', uplink: 'link-down', node: 'node-crash', workload: 'pod-delete', service: 'service-remove', policy: 'policy-remove',
}

/** The kind of fault that a thing usually has; undefined for what does not break. */
export function usualFault({ kind }: OutlineObject): FaultKind | undefined {
  return USUAL[kind]
}

/** What kinds of fault hit. */
export function targetOf(kind: FaultKind): FaultTarget {
  const { fields } = FAULT_SHAPES[kind]
  return TARGETS.find((target) => fields.includes(target as FaultField)) ?? 'cluster'
}

/**
 * A new fault of a kind, complete: it hits what is selected where that fits, else the first that the lab has, from a
 * third of the run to two thirds. Undefined where the lab has nothing that it could hit.
 */
export function newFault(
  outline: Outline,
  kind: FaultKind,
  selected: readonly OutlineObject[],
): ((document: LabDocument) => LabEdit) | undefined {
  const target = targetFields(outline, kind, selected)
  if (target === undefined) return undefined
  const third = rounded(durationOf(outline) / 3)
  const times: PlainMapping = { at: timeText(third), ...(FAULT_SHAPES[kind].fields.includes('until') && { until: timeText(2 * third) }) }
  const fault = { ...times, kind, ...target, ...startingFields(kind, third) }
  return (document) => addFault(document, fault)
}

/** The record of a fault that becomes one of another kind: what both have stays, what is missing gets a start. */
export function ofOtherKind(outline: Outline, given: Given, kind: FaultKind): PlainMapping {
  const { fields, required } = FAULT_SHAPES[kind]
  const kept = Object.fromEntries(Object.entries(given).filter(([key]) => fields.includes(key as FaultField))) as PlainMapping
  const duration = durationOf(outline)
  const until = required.has('until') && kept['until'] === undefined ? { until: timeText(duration) } : {}
  const named = namedNode(given)
  const target = targetFields(outline, kind, named === undefined ? [] : outline.nodes.filter(({ name }) => name === named))
  const start = startingFields(kind, rounded(duration / 10))
  return { at: kept['at'], ...until, kind, ...target, ...start, ...kept }
}

/** The node that a fault is about, or the first of its nodes. */
function namedNode(given: Given): string | undefined {
  const [first] = Array.isArray(given['nodes']) ? (given['nodes'] as unknown[]) : []
  return asName(given['node']) ?? asName(first)
}

/** The fields that say what a fault hits: of what is selected, else of the first that fits. */
export function targetFields(outline: Outline, kind: FaultKind, selected: readonly OutlineObject[]): PlainMapping | undefined {
  const ids = new Set<ObjectId>(selected.map(({ id }) => id))
  const nodes = outline.nodes.filter(({ id }) => ids.has(id))
  switch (targetOf(kind)) {
    case 'link': {
      const links = outline.links.filter(canFail)
      const link = links.find(({ id }) => ids.has(id)) ?? links.find(({ ends }) => ends.some((end) => ids.has(end))) ?? links[0]
      return link && { link: [...link.endNames] }
    }
    case 'nodes': {
      const names = (nodes.length > 0 ? nodes : outline.nodes.slice(0, 1)).map(({ name }) => name)
      return names.length === 0 ? undefined : { nodes: names }
    }
    case 'node': {
      const node = (nodes[0] ?? outline.nodes[0])?.name
      if (node === undefined) return undefined
      if (!FAULT_SHAPES[kind].fields.includes('peer')) return { node }
      const peer = [...outline.nodes, ...outline.switches].find(({ name }) => name !== node)?.name
      return peer === undefined ? undefined : { node, peer }
    }
    case 'pod': {
      const workload = outline.workloads.find(({ id }) => ids.has(id)) ?? outline.workloads[0]
      return workload && { pod: podOf(workload) }
    }
    case 'policy':
    case 'service': {
      const objects: readonly (PolicyOutline | ServiceOutline)[] = targetOf(kind) === 'policy' ? outline.policies : outline.services
      const object = objects.find(({ id }) => ids.has(id)) ?? objects[0]
      return object && { [object.kind]: referenceOf(object) }
    }
    case 'cluster':
      return outline.nodes.length === 0 ? undefined : {}
  }
}

function startingFields(kind: FaultKind, lastsNs: number): PlainMapping {
  const { required } = FAULT_SHAPES[kind]
  const starting: Readonly<Partial<Record<FaultField, PlainValue>>> = { ...STARTING, period: timeText(Math.max(2, rounded(lastsNs / 4))) }
  return Object.fromEntries([...required].flatMap((field) => (starting[field] === undefined ? [] : [[field, starting[field]]])))
}

/** The first pod of a workload, as faults name it. */
export function podOf({ namespace, name }: WorkloadOutline): string {
  return `${namespace}/${name}-0`
}

/** A service, or a policy with its kind before it, as faults name them. */
export function referenceOf(object: PolicyOutline | ServiceOutline): string {
  const { kind, name, namespace } = object
  return `${kind === 'policy' ? `${object.dialect} ` : ''}${namespace === undefined ? '' : `${namespace}/`}${name}`
}

/** Whether a fault can name a link: between switches, or a node's uplink. */
export function canFail({ kind }: LinkOutline): boolean {
  return kind !== 'attachment'
}

/** How a lab is run, as the file gives it. */
export function runOf({ lab }: Outline): Given {
  return asObject(asObject(lab.given['spec'])['run'])
}

/** How long a run lasts, ns; a fresh one's where the file is faulty. */
function durationOf(outline: Outline): number {
  const read = runSchema.safeParse(runOf(outline))
  return read.success ? read.data.duration : runSchema.parse({}).duration
}

/** To two digits, so that times read well. */
function rounded(timeNs: number): number {
  return Math.round(Number(timeNs.toPrecision(2)))
}

function timeText(timeNs: number): string {
  return formatNanos(nanos(timeNs))
}
