import type { IpBlock } from '#shared/units/index'

import type { FieldReader } from '../../kubernetes/field-reader'
import type { Labels } from '../../kubernetes/label-selector'
import { namespaceOf, objectTitle, readApiObject, type ApiObject, type ReadObject } from '../../kubernetes/object'
import { checkRule, checkRuleOf } from './check-rule'
import { readNets, readSelector } from './read-fields'
import { readRule, type CalicoRule } from './rule'
import { formatSelector, type Selector } from './selector'

/** The tier that policies are in unless they say otherwise. */
export const DEFAULT_TIER = 'default'

/** A NetworkPolicy or GlobalNetworkPolicy of `projectcalico.org/v3`, staged or not, with its defaults filled in. */
export interface CalicoPolicy {
  readonly title: string
  readonly name: string
  /** Undefined for global policies. */
  readonly namespace: string | undefined
  readonly tier: string
  /** Lower first; Infinity where none is given. */
  readonly order: number
  readonly selector: Selector
  readonly namespaceSelector: Selector | undefined
  readonly serviceAccountSelector: Selector | undefined
  /** Rules of the directions that it applies to; undefined for the others. */
  readonly ingress: readonly CalicoRule[] | undefined
  readonly egress: readonly CalicoRule[] | undefined
  /** Whether it is looked at before connections are tracked, before destinations are translated, or as usual. */
  readonly stage: 'normal' | 'untracked' | 'preDNAT'
  /** Whether it is also about traffic that only passes through a host endpoint, to or from the node's pods. */
  readonly appliesOnForward: boolean
}

/** A Tier. */
export interface CalicoTier {
  readonly name: string
  /** Lower first; Infinity where none is given. */
  readonly order: number
  readonly defaultAction: 'deny' | 'pass'
}

/** A NetworkSet or GlobalNetworkSet: addresses with labels. */
export interface CalicoNetworkSet {
  readonly namespace: string | undefined
  readonly labels: Labels
  readonly blocks: readonly IpBlock[]
}

/** A HostEndpoint: an interface of a node, or all of them. */
export interface CalicoHostEndpoint {
  readonly node: string
  /** Whether it stands for all of the node's interfaces (`interfaceName: '*'`), those of tunnels among them. */
  readonly isEverywhere: boolean
  readonly labels: Labels
  readonly profiles: readonly string[]
}

const DIRECTIONS = ['Ingress', 'Egress'] as const

/** Reads a policy. */
export function readCalicoPolicy(object: ApiObject): ReadObject<CalicoPolicy> {
  const isGlobal = object.kind.includes('Global')
  return readApiObject(object, isGlobal ? 'cluster' : 'namespaced', (fields) => {
    const namespace = isGlobal ? undefined : namespaceOf(object)
    const head = { title: objectTitle(object), name: object.metadata.name, namespace }
    const read = fields.object('spec', (spec) => readPolicySpec(spec, isGlobal, object.kind.startsWith('Staged')))
    return { ...head, ...(read ?? EMPTY_POLICY) }
  })
}

const EMPTY_POLICY: Omit<CalicoPolicy, 'title' | 'name' | 'namespace'> = {
  tier: DEFAULT_TIER,
  order: Infinity,
  selector: { kind: 'all' },
  namespaceSelector: undefined,
  serviceAccountSelector: undefined,
  ingress: [],
  egress: undefined,
  stage: 'normal',
  appliesOnForward: false,
}

function readPolicySpec(
  spec: FieldReader,
  isGlobal: boolean,
  isStaged: boolean,
): Omit<CalicoPolicy, 'title' | 'name' | 'namespace'> {
  const tier = spec.string('tier') ?? ''
  const order = spec.number('order') ?? Infinity
  const selector = readSubjectSelector(spec, 'selector') ?? { kind: 'all' as const }
  const serviceAccountSelector = readSubjectSelector(spec, 'serviceAccountSelector')
  const namespaceSelector = isGlobal ? readSubjectSelector(spec, 'namespaceSelector') : undefined
  if (isStaged) spec.choice('stagedAction', ['Set', 'Delete', 'Learn', 'Ignore'])
  spec.stringList('performanceHints')
  const rules = (direction: 'ingress' | 'egress'): CalicoRule[] =>
    spec.objects(direction, (fields) => {
      const rule = readRule(fields)
      checkRule(rule, fields.place)
      checkRuleOf(rule, fields.place, direction, isGlobal)
      return rule
    }) ?? []
  const ingress = rules('ingress')
  const egress = rules('egress')
  const types = readTypes(spec, ingress.length, egress.length)
  return {
    tier: tier === '' ? DEFAULT_TIER : tier,
    order,
    selector,
    namespaceSelector,
    serviceAccountSelector,
    ingress: types.includes('Ingress') ? ingress : undefined,
    egress: types.includes('Egress') ? egress : undefined,
    stage: isGlobal ? readStage(spec, types, egress.length) : 'normal',
    appliesOnForward: isGlobal && spec.boolean('applyOnForward') === true,
  }
}

/** Reads a selector of what a policy applies to, where `global()` has no meaning. */
function readSubjectSelector(spec: FieldReader, name: string): Selector | undefined {
  const selector = readSelector(spec, name)
  if (selector !== undefined && formatSelector(selector).includes('global()')) {
    spec.at(name).invalid('global()', 'global() can only be used in an EntityRule namespaceSelector')
  }
  return selector
}

/** Without types: egress where there are rules for it, ingress unless there are rules for egress only. */
function readTypes(spec: FieldReader, ingressRules: number, egressRules: number): readonly string[] {
  const types = spec.stringList('types') ?? []
  types.forEach((type, index) => {
    const place = spec.at('types').entry(index)
    if (!DIRECTIONS.some((direction) => direction === type)) place.unsupported(type, DIRECTIONS)
    else if (types.indexOf(type) < index) place.invalid(type, `'${type}' type specified more than once`)
  })
  if (types.length > 0) return types
  if (egressRules === 0) return ['Ingress']
  return ingressRules === 0 ? ['Egress'] : ['Ingress', 'Egress']
}

function readStage(spec: FieldReader, types: readonly string[], egressRules: number): CalicoPolicy['stage'] {
  const untracked = spec.boolean('doNotTrack') ?? false
  const preDnat = spec.boolean('preDNAT') ?? false
  const forward = spec.boolean('applyOnForward') ?? false
  if (untracked && preDnat) {
    spec.at('preDNAT').invalid(true, 'PreDNAT and DoNotTrack cannot both be true, for a given PolicySpec')
  }
  if (preDnat && egressRules > 0) spec.at('egress').invalid(egressRules, 'PreDNAT PolicySpec cannot have any Egress rules')
  if (preDnat && types.includes('Egress')) spec.at('types').invalid('Egress', "PreDNAT PolicySpec cannot have 'egress' Type")
  if ((untracked || preDnat) && !forward) {
    spec
      .at('applyOnForward')
      .invalid(false, 'ApplyOnForward must be true if either PreDNAT or DoNotTrack is true, for a given PolicySpec')
  }
  return untracked ? 'untracked' : preDnat ? 'preDNAT' : 'normal'
}

/** Reads a Tier. */
export function readTier(object: ApiObject): ReadObject<CalicoTier> {
  return readApiObject(object, 'cluster', (fields) => {
    const spec = fields.object('spec', (given) => ({
      order: given.number('order') ?? Infinity,
      action: given.choice('defaultAction', ['Deny', 'Pass']),
    }))
    const defaultAction = spec?.action === 'Pass' ? 'pass' : 'deny'
    return { name: object.metadata.name, order: spec?.order ?? Infinity, defaultAction }
  })
}

/** Reads a NetworkSet or GlobalNetworkSet. */
export function readNetworkSet(object: ApiObject): ReadObject<CalicoNetworkSet> {
  const isGlobal = object.kind.includes('Global')
  return readApiObject(object, isGlobal ? 'cluster' : 'namespaced', (fields) => ({
    namespace: isGlobal ? undefined : namespaceOf(object),
    labels: object.metadata.labels ?? {},
    blocks: fields.object('spec', (spec) => readNets(spec, 'nets')) ?? [],
  }))
}

/** Reads a HostEndpoint. */
export function readHostEndpoint(object: ApiObject): ReadObject<CalicoHostEndpoint> {
  return readApiObject(object, 'cluster', (fields) => {
    const spec = fields.object('spec', (given) => {
      const node = given.string('node') ?? ''
      const name = given.string('interfaceName') ?? ''
      const addresses = readNets(given, 'expectedIPs')
      if (name === '' && addresses.length === 0) {
        given.at('interfaceName').invalid(name, 'no interface or expected IPs have been specified')
      }
      if (node === '') given.at('node').invalid(node, 'no node has been specified')
      given.objects('ports', (port) => {
        for (const known of ['name', 'port', 'protocol']) port.raw(known)
      })
      return { node, isEverywhere: name === '*', profiles: given.stringList('profiles') ?? [] }
    })
    return { node: '', isEverywhere: false, profiles: [], ...spec, labels: object.metadata.labels ?? {} }
  })
}
