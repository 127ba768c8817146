import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import { addObjects, applyChange, wishedPolicies, type LabEdit, type PlainMapping, type PolicyDialect, type PolicyEnd, type PolicyPort } from '#shared/lab/index'

import { useDocumentStore } from './document'
import { asObject, asText } from './given'
import type { ObjectId, OutlineObject } from './outline'
import { useLabEdits } from './useLabEdits'

/** Kinds of things that a policy can be about. */
const END_KINDS: ReadonlySet<string> = new Set(['workload', 'namespace', 'external'])

/** Whether a thing can be an end of connections that a policy is about. */
export function isPolicyEnd(id: ObjectId): boolean {
  return END_KINDS.has(id.split(':')[0]!)
}

/** `5432, 53/UDP` as ports; undefined where a part of it is none. */
export function parsePorts(text: string): readonly PolicyPort[] | undefined {
  const parts = text.split(',').map((part) => part.trim()).filter((part) => part !== '')
  const ports = parts.map((part): PolicyPort | undefined => {
    const [, port, protocol = 'TCP'] = /^(\d+)(?:\/(tcp|udp|sctp))?$/iu.exec(part) ?? []
    const number = Number(port)
    return number >= 1 && number <= 65_535 ? { port: number, protocol: protocol.toUpperCase() as PolicyPort['protocol'] } : undefined
  })
  return ports.every((port) => port !== undefined) ? ports : undefined
}

/** Which end of connections. */
export type PolicySide = 'from' | 'to'

/** A policy that is being put together: who may connect to whom, at which ports, in whose dialect. */
export const usePolicyBuilderStore = defineStore('policy-builder', () => {
  const document = useDocumentStore()
  const edits = useLabEdits()
  const chosen = ref<Readonly<Record<PolicySide, readonly ObjectId[]>>>({ from: [], to: [] })
  const ports = ref('')
  const dialect = ref<PolicyDialect>('kubernetes')
  const action = ref<'allow' | 'deny'>('allow')
  /** Counts how often somebody asked to see it. */
  const requests = ref(0)

  /** The ends as far as the lab has them. */
  const ends = computed(() => ({ from: objectsOf(chosen.value.from), to: objectsOf(chosen.value.to) }))
  const parsedPorts = computed(() => parsePorts(ports.value))
  const wished = computed(() => {
    if (parsedPorts.value === undefined) return { problem: 'Ports are written 5432 or 53/UDP, with commas between them.' }
    const [from, to] = [ends.value.from.map(endOf), ends.value.to.map(endOf)]
    return wishedPolicies({ dialect: dialect.value, action: action.value, from, to, ports: parsedPorts.value })
  })
  /** Why there is nothing to add. */
  const problem = computed(() => ('problem' in wished.value ? wished.value.problem : undefined))
  const edit = computed((): LabEdit | undefined => {
    const lab = document.document
    if (lab === undefined || !('objects' in wished.value)) return undefined
    const { objects } = wished.value
    return addObjects(lab, objects, objects.length === 1 ? 'Add a policy' : `Add ${objects.length} policies`)
  })
  /** The objects as they would be added. */
  const objects = computed((): readonly PlainMapping[] => {
    const [insert] = edit.value?.operations ?? []
    return insert?.op === 'insert' ? (insert.values as readonly PlainMapping[]) : []
  })
  /** The lab with them. */
  const draft = computed(() => (edit.value === undefined || document.document === undefined ? undefined : applyChange(document.document, edit.value).document.text))

  function objectsOf(ids: readonly ObjectId[]): readonly OutlineObject[] {
    return ids.flatMap((id) => document.outline.byId.get(id) ?? [])
  }

  function add(side: PolicySide, id: ObjectId): void {
    if (isPolicyEnd(id) && !chosen.value[side].includes(id)) chosen.value = { ...chosen.value, [side]: [...chosen.value[side], id] }
  }

  function leaveOut(side: PolicySide, id: ObjectId): void {
    chosen.value = { ...chosen.value, [side]: chosen.value[side].filter((other) => other !== id) }
  }

  function swap(): void {
    chosen.value = { from: chosen.value.to, to: chosen.value.from }
  }

  /** Starts with two ends. */
  function begin(from: ObjectId | undefined, to: ObjectId | undefined): void {
    chosen.value = { from: from === undefined ? [] : [from], to: to === undefined ? [] : [to] }
    requests.value += 1
  }

  /** Adds the policies to the lab, as one edit, and starts anew. */
  function commit(): void {
    const made = edit.value
    if (made === undefined) return
    edits.edit(() => made)
    chosen.value = { from: [], to: [] }
    ports.value = ''
  }

  return { chosen, ends, ports, dialect, action, requests, problem, objects, draft, add, leaveOut, swap, begin, commit }
})

function endOf({ kind, name, given, element }: OutlineObject): PolicyEnd {
  if (kind === 'namespace') return { kind, name }
  if (kind === 'external') return { kind, name, address: asText(given['address']) }
  const fullName = 'name' in element ? element.name : name
  const labels = Object.fromEntries(Object.entries(asObject(given['labels'])).map(([key, value]) => [key, asText(value)]))
  return { kind: 'workload', namespace: fullName.split('/')[0]!, name: fullName.split('/').at(-1)!, labels }
}
