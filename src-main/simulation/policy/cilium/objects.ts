import type { IpBlock } from '#shared/units/index'

import type { FieldReader } from '../../kubernetes/field-reader'
import type { Labels, LabelSelector } from '../../kubernetes/label-selector'
import { namespaceOf, objectTitle, readApiObject, type ApiObject, type ReadObject } from '../../kubernetes/object'
import { readBlock } from './cidr'
import { readRule, type CiliumRule } from './rule'
import { readEndpointSelector } from './selector'

/** A CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy of `cilium.io/v2`: one or more specs. */
export interface CiliumPolicy {
  readonly title: string
  /** Undefined for clusterwide policies. */
  readonly namespace: string | undefined
  readonly specs: readonly CiliumSpec[]
}

/** One spec of a policy. */
export interface CiliumSpec {
  /** Pods that it applies to; undefined where it is about nodes. */
  readonly subject: LabelSelector | undefined
  readonly ingress: CiliumDirection
  readonly egress: CiliumDirection
}

/** A spec's rules in one direction. */
export interface CiliumDirection {
  readonly allow: readonly CiliumRule[]
  readonly deny: readonly CiliumRule[]
  /** Whether what no rule allows is denied. */
  readonly defaultDeny: boolean
}

/** A CiliumCIDRGroup. */
export interface CiliumCidrGroup {
  readonly name: string
  readonly labels: Labels
  readonly blocks: readonly IpBlock[]
}

/** Reads a policy (cilium/cilium, pkg/policy/api/rule_validation.go). */
export function readCiliumPolicy(object: ApiObject): ReadObject<CiliumPolicy> {
  const isClusterwide = object.kind === 'CiliumClusterwideNetworkPolicy'
  return readApiObject(object, isClusterwide ? 'cluster' : 'namespaced', (fields) => {
    const read = (given: FieldReader): CiliumSpec => readSpec(given, isClusterwide)
    const spec = fields.object('spec', read)
    const specs = fields.objects('specs', read) ?? []
    if (spec === undefined && specs.length === 0) fields.at('spec').required('one of spec and specs')
    return {
      title: objectTitle(object),
      namespace: isClusterwide ? undefined : namespaceOf(object),
      specs: spec === undefined ? specs : [spec, ...specs],
    }
  })
}

function readSpec(fields: FieldReader, isClusterwide: boolean): CiliumSpec {
  const subject = fields.object('endpointSelector', readEndpointSelector)
  const nodes = fields.object('nodeSelector', readEndpointSelector)
  if (subject === undefined && nodes === undefined) {
    fields.place.invalid('', 'rule must have one of EndpointSelector or NodeSelector')
  } else if (subject !== undefined && nodes !== undefined) {
    fields.place.invalid('', 'rule cannot have both EndpointSelector and NodeSelector')
  } else if (nodes !== undefined && !isClusterwide) {
    fields.at('nodeSelector').invalid('', 'Invalid CiliumNetworkPolicy spec: rule cannot have NodeSelector')
  }
  for (const known of ['labels', 'description', 'log']) fields.raw(known)
  const given = fields.object('enableDefaultDeny', (direction) => ({
    ingress: direction.boolean('ingress'),
    egress: direction.boolean('egress'),
  }))
  const ingress = readDirection(fields, 'ingress', given?.ingress)
  const egress = readDirection(fields, 'egress', given?.egress)
  if (nodes !== undefined && [...ingress.allow, ...egress.allow].some(asksOfRequests)) {
    fields.place.invalid('', 'host policies do not support L7 rules yet')
  }
  return { subject, ingress, egress }
}

function asksOfRequests({ ports }: CiliumRule): boolean {
  return ports?.some(({ request }) => request !== undefined) ?? false
}

function readDirection(
  fields: FieldReader,
  direction: 'ingress' | 'egress',
  defaultDeny: boolean | undefined,
): CiliumDirection {
  const allow = fields.objects(direction, (rule) => readRule(rule, direction)) ?? []
  const deny = fields.objects(`${direction}Deny`, (rule) => readRule(rule, direction)) ?? []
  return { allow, deny, defaultDeny: defaultDeny ?? allow.length + deny.length > 0 }
}

/** Reads a CiliumCIDRGroup. */
export function readCidrGroup(object: ApiObject): ReadObject<CiliumCidrGroup> {
  return readApiObject(object, 'cluster', (fields) => ({
    name: object.metadata.name,
    labels: object.metadata.labels ?? {},
    blocks:
      fields.object('spec', (spec) => (spec.list('externalCIDRs', readBlock) ?? []).flat()) ?? [],
  }))
}
