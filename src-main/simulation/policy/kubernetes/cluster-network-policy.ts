import type { IpBlock } from '#shared/units/index'

import type { FieldReader } from '../../kubernetes/field-reader'
import { readLabelSelector, type LabelSelector } from '../../kubernetes/label-selector'
import { checkPort, checkPortNumber } from '../../kubernetes/names'
import { objectTitle, readApiObject, type ApiObject, type ReadObject } from '../../kubernetes/object'
import { readCidr } from './network-policy'

/**
 * A policy of the cluster's administrators: AdminNetworkPolicy or BaselineAdminNetworkPolicy (v1alpha1) or
 * ClusterNetworkPolicy (v1alpha2) of `policy.networking.k8s.io`.
 */
export interface ClusterNetworkPolicy {
  readonly title: string
  readonly name: string
  readonly tier: 'Admin' | 'Baseline'
  /** Lower first. */
  readonly priority: number
  readonly subject: PodSelection
  readonly ingress: readonly ClusterRule[]
  readonly egress: readonly ClusterRule[]
}

/** Pods of namespaces. */
export interface PodSelection {
  readonly namespaces: LabelSelector
  /** Absent: all pods. */
  readonly pods: LabelSelector | undefined
}

/** One rule: any of its peers on any of its ports. */
export interface ClusterRule {
  readonly place: string
  readonly action: 'allow' | 'deny' | 'pass'
  readonly peers: readonly ClusterPeer[]
  /** Absent: any port of any protocol. */
  readonly ports: readonly ClusterPort[] | undefined
}

/** An end that a rule is about. */
export type ClusterPeer =
  | { readonly kind: 'pods'; readonly selection: PodSelection }
  | { readonly kind: 'nodes'; readonly selector: LabelSelector }
  | { readonly kind: 'networks'; readonly blocks: readonly IpBlock[] }
  | { readonly kind: 'domains'; readonly names: readonly string[] }

/** Ports of one protocol, or those that pods declare under a name. */
export type ClusterPort =
  | { readonly protocol: string; readonly first: number; readonly last: number }
  | { readonly name: string }

const LAST_PORT = 65_535
const HIGHEST_PRIORITY = 1000
const MOST_ENTRIES = 25
const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const

/** Reads a policy of any of the three kinds. */
export function readClusterNetworkPolicy(object: ApiObject): ReadObject<ClusterNetworkPolicy> {
  return readApiObject(object, 'cluster', (fields) => {
    const title = objectTitle(object)
    const { name } = object.metadata
    const nothing: ClusterNetworkPolicy = {
      title, name, tier: 'Admin', priority: 0, subject: { namespaces: [], pods: undefined }, ingress: [], egress: [],
    }
    if (!fields.has('spec')) fields.at('spec').required()
    return fields.object('spec', (spec) => ({ title, name, ...readSpec(spec, object.kind) })) ?? nothing
  })
}

function readSpec(spec: FieldReader, kind: string): Omit<ClusterNetworkPolicy, 'title' | 'name'> {
  const isNewest = kind === 'ClusterNetworkPolicy'
  const tier = isNewest ? spec.choice('tier', ['Admin', 'Baseline']) : kind === 'AdminNetworkPolicy' ? 'Admin' : 'Baseline'
  if (isNewest && !spec.has('tier')) spec.at('tier').required()
  const priority = kind === 'BaselineAdminNetworkPolicy' ? 0 : spec.integer('priority')
  if (priority === undefined) spec.at('priority').required()
  else if (priority < 0 || priority > HIGHEST_PRIORITY) {
    spec.at('priority').invalid(priority, `should be from 0 to ${HIGHEST_PRIORITY}`)
  }
  const subject = spec.object('subject', readSelection)
  if (subject === undefined) spec.at('subject').required()
  const rules = (direction: 'ingress' | 'egress'): ClusterRule[] =>
    checkCount(spec, direction, spec.objects(direction, (rule) => readRule(rule, direction, isNewest)) ?? [])
  return {
    tier: tier ?? 'Admin',
    priority: priority ?? 0,
    subject: subject ?? { namespaces: [], pods: undefined },
    ingress: rules('ingress'),
    egress: rules('egress'),
  }
}

/** Most entries of a list (kubebuilder MaxItems of the API's types). */
function checkCount<Item>(fields: FieldReader, name: string, items: Item[]): Item[] {
  if (items.length > MOST_ENTRIES) fields.at(name).tooMany(items.length, MOST_ENTRIES)
  return items
}

/** Exactly one of `namespaces` and `pods`. */
function readSelection(fields: FieldReader): PodSelection {
  const namespaces = fields.object('namespaces', readLabelSelector)
  const pods = fields.object('pods', readPods)
  if ((namespaces === undefined) === (pods === undefined)) {
    fields.place.invalid(fields.has('pods') ? 2 : 0, 'must have exactly one of namespaces and pods')
  }
  return pods ?? { namespaces: namespaces ?? [], pods: undefined }
}

function readPods(fields: FieldReader): PodSelection {
  return {
    namespaces: fields.object('namespaceSelector', readLabelSelector) ?? [],
    pods: fields.object('podSelector', readLabelSelector) ?? [],
  }
}

function readRule(rule: FieldReader, direction: 'ingress' | 'egress', isNewest: boolean): ClusterRule {
  rule.string('name')
  const verb = rule.choice('action', [isNewest ? 'Accept' : 'Allow', 'Deny', 'Pass'])
  if (!rule.has('action')) rule.at('action').required()
  const side = direction === 'ingress' ? 'from' : 'to'
  const peers = rule.objects(side, (peer) => readPeer(peer, direction)) ?? []
  if (peers.length === 0) rule.at(side).invalid(0, 'should have at least 1 items')
  checkCount(rule, side, peers)
  const ports = isNewest ? rule.objects('protocols', readProtocol) : rule.objects('ports', readPort)
  const action = verb === 'Deny' ? 'deny' : verb === 'Pass' ? 'pass' : 'allow'
  if (action !== 'allow' && peers.some(({ kind }) => kind === 'domains')) {
    rule.at(side).invalid(verb, 'domainNames may only be used with Accept')
  }
  return {
    place: rule.place.path,
    action,
    peers,
    ports: ports === undefined || ports.length === 0 ? undefined : checkCount(rule, 'ports', ports.flat()),
  }
}

function readPeer(fields: FieldReader, direction: 'ingress' | 'egress'): ClusterPeer {
  const found: ClusterPeer[] = []
  const namespaces = fields.object('namespaces', readLabelSelector)
  if (namespaces !== undefined) found.push({ kind: 'pods', selection: { namespaces, pods: undefined } })
  const pods = fields.object('pods', readPods)
  if (pods !== undefined) found.push({ kind: 'pods', selection: pods })
  if (direction === 'egress') {
    const nodes = fields.object('nodes', readLabelSelector)
    if (nodes !== undefined) found.push({ kind: 'nodes', selector: nodes })
    const networks = fields.stringList('networks')
    const place = fields.at('networks')
    const blocks = networks?.flatMap((text, index) => readCidr(text, place.entry(index)) ?? [])
    if (blocks !== undefined) found.push({ kind: 'networks', blocks })
    const names = fields.stringList('domainNames')
    if (names !== undefined) found.push({ kind: 'domains', names })
  }
  if (found.length !== 1) fields.place.invalid(found.length, 'must have exactly one kind of peer')
  return found[0] ?? { kind: 'networks', blocks: [] }
}

/** A port of v1alpha1: `portNumber`, `portRange` or `namedPort`. */
function readPort(fields: FieldReader): ClusterPort[] {
  const ports: (ClusterPort | undefined)[] = [
    fields.object('portNumber', (number) => {
      const port = readNumber(number, 'port')
      return { protocol: number.choice('protocol', PROTOCOLS) ?? 'TCP', first: port, last: port }
    }),
    fields.object('portRange', (range) => ({
      protocol: range.choice('protocol', PROTOCOLS) ?? 'TCP',
      ...readRange(range),
    })),
    readName(fields, 'namedPort'),
  ]
  return ports.filter((port) => port !== undefined)
}

/** A protocol of v1alpha2: `tcp`, `udp` or `sctp` with or without a port, or `destinationNamedPort`. */
function readProtocol(fields: FieldReader): ClusterPort[] {
  const ports: (ClusterPort | undefined)[] = PROTOCOLS.map((protocol) =>
    fields.object(protocol.toLowerCase(), (spoken) => ({
      protocol,
      ...(spoken.object('destinationPort', readDestinationPort) ?? { first: 0, last: LAST_PORT }),
    })),
  )
  ports.push(readName(fields, 'destinationNamedPort'))
  return ports.filter((port) => port !== undefined)
}

function readDestinationPort(fields: FieldReader): { first: number; last: number } {
  const range = fields.object('range', readRange)
  if (range !== undefined) return range
  const number = readNumber(fields, 'number')
  return { first: number, last: number }
}

function readRange(fields: FieldReader): { first: number; last: number } {
  const first = readNumber(fields, 'start')
  const last = readNumber(fields, 'end')
  if (last < first) fields.at('end').invalid(last, 'must be at least start')
  return { first, last }
}

function readNumber(fields: FieldReader, name: string): number {
  const number = fields.integer(name)
  if (number === undefined) fields.at(name).required()
  else checkPortNumber(number, fields.at(name))
  return number ?? 0
}

function readName(fields: FieldReader, field: string): ClusterPort | undefined {
  const name = fields.string(field)
  if (name === undefined) return undefined
  checkPort(name, fields.at(field))
  return { name }
}
