import type { FieldPlace } from '../../kubernetes/field-reader'
import type { CalicoEntity, CalicoRule } from './rule'
import { formatSelector } from './selector'

/** IP protocols with ports: TCP, UDP, SCTP. */
const WITH_PORTS = [6, 17, 132]
const TCP = 6
/** The two ICMP protocols and the IP version that each is of. */
const ICMP_VERSIONS = new Map([
  [1, 4],
  [58, 6],
])
const SIDES = ['source', 'destination'] as const

/** Checks what must hold between the fields of a rule (libcalico-go, lib/validator/v3, validateRule). */
export function checkRule(rule: CalicoRule, place: FieldPlace): void {
  const { protocol, ipVersion } = rule
  for (const side of SIDES) {
    checkEntity(rule[side], place.field(side))
    if (WITH_PORTS.includes(protocol ?? 0)) continue
    for (const field of ['ports', 'notPorts'] as const) {
      if (rule[side][field].length === 0) continue
      place.field(side).field(field).invalid('', 'rules that specify ports must set protocol to TCP or UDP or SCTP')
    }
  }
  if (rule.http !== undefined) {
    if (protocol !== undefined && protocol !== TCP) {
      place.field('protocol').invalid(protocol, 'rules that specify HTTP fields must set protocol to TCP or empty')
    }
    if (rule.action !== 'allow') place.field('http').invalid('', 'only valid for Allow rules')
  }
  if (rule.icmp !== undefined && !ICMP_VERSIONS.has(protocol ?? 0)) {
    place.field('icmp').invalid('', 'rules that specify ICMP fields must set protocol to ICMP')
  }
  for (const spoken of [protocol, rule.notProtocol]) {
    const version = ICMP_VERSIONS.get(spoken ?? 0)
    if (version === undefined || ipVersion === undefined || ipVersion === version) continue
    place.field('ipVersion').invalid(ipVersion, `must set ipversion to '${version}' with protocol icmp${version === 6 ? 'v6' : ''}`)
  }
  checkFamilies(rule, place)
}

/** All ranges of a rule must be of one IP version, that of the rule where it names one. */
function checkFamilies(rule: CalicoRule, place: FieldPlace): void {
  const seen = new Set<number>()
  for (const side of SIDES) {
    for (const field of ['nets', 'notNets'] as const) {
      const versions = new Set(rule[side][field].map(({ version }) => version))
      const at = place.field(side).field(field)
      if (rule.ipVersion !== undefined && [...versions].some((version) => version !== rule.ipVersion)) {
        at.invalid('', "rule IP version doesn't match CIDR version")
      }
      for (const version of versions) seen.add(version)
      if (versions.size > 0 && seen.size > 1) at.invalid('', 'rule contains both IPv4 and IPv6 CIDRs')
    }
  }
}

function checkEntity(entity: CalicoEntity, place: FieldPlace): void {
  if (entity.selector !== undefined && formatSelector(entity.selector).includes('global()')) {
    place.field('selector').invalid('global()', 'global() can only be used in an EntityRule namespaceSelector')
  }
  const namespaces = entity.namespaceSelector === undefined ? '' : formatSelector(entity.namespaceSelector)
  if (namespaces.includes('global()') && namespaces !== 'global()') {
    place.field('namespaceSelector').invalid(namespaces, 'global() cannot be combined with other selectors')
  }
  if (entity.services === undefined) return
  const services = place.field('services')
  const besides: readonly (readonly [string, boolean])[] = [
    ['NamespaceSelector', entity.namespaceSelector !== undefined],
    ['Selector/NotSelector', entity.selector !== undefined || entity.notSelector !== undefined],
    ['ServiceAccounts', entity.serviceAccounts !== undefined],
    ['Nets/NotNets', entity.nets.length + entity.notNets.length > 0],
  ]
  for (const [fields, isGiven] of besides) {
    if (isGiven) services.invalid('', `cannot specify ${fields} and Services on the same rule`)
  }
  if (entity.ports.length > 0) place.field('ports').invalid('', 'cannot specify ports with a service selector')
  if (entity.notPorts.length > 0) place.field('notPorts').invalid('', 'cannot specify notports with a service selector')
}

/** Checks what a rule may not say because of the policy that it is in (validateNetworkPolicy, validateGlobalNetworkPolicy). */
export function checkRuleOf(
  rule: CalicoRule,
  place: FieldPlace,
  direction: 'ingress' | 'egress',
  isGlobal: boolean,
): void {
  const [own, peer] = direction === 'ingress' ? (['destination', 'source'] as const) : (['source', 'destination'] as const)
  if (rule[own].services !== undefined) place.field(own).field('services').invalid('', `not allowed in ${direction} rule ${own}`)
  if (direction === 'egress' && rule.http !== undefined) place.field('http').invalid('', 'not allowed in egress rule')
  const services = rule[peer].services
  if (isGlobal && services !== undefined && (services.namespace ?? '') === '') {
    place.field(peer).field('services').field('namespace').invalid('', 'must specify a namespace')
  }
}
