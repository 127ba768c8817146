import { ipBlockCovers, parseIpBlock, type IpBlock } from '#shared/units/index'

import type { FieldPlace, FieldReader } from '../../kubernetes/field-reader'
import { readLabelSelector, type LabelSelector } from '../../kubernetes/label-selector'
import { checkPort, checkPortNumber } from '../../kubernetes/names'
import { namespaceOf, objectTitle, readApiObject, type ApiObject, type ReadObject } from '../../kubernetes/object'

/** A NetworkPolicy of `networking.k8s.io/v1`, with its defaults filled in. */
export interface NetworkPolicy {
  readonly title: string
  readonly namespace: string
  readonly podSelector: LabelSelector
  /** Rules of the directions that it applies to; undefined for the others. */
  readonly ingress: readonly NetworkPolicyRule[] | undefined
  readonly egress: readonly NetworkPolicyRule[] | undefined
}

/** One rule: any of its peers on any of its ports. */
export interface NetworkPolicyRule {
  /** `spec.ingress[0]`. */
  readonly place: string
  /** Absent: any peer. */
  readonly peers: readonly NetworkPolicyPeer[] | undefined
  /** Absent: any port of any protocol. */
  readonly ports: readonly NetworkPolicyPort[] | undefined
}

/** Pods, or a range of addresses. */
export type NetworkPolicyPeer =
  | {
      /** Absent: all pods. */
      readonly pods: LabelSelector | undefined
      /** Absent: the policy's own namespace. */
      readonly namespaces: LabelSelector | undefined
    }
  | { readonly block: IpBlock; readonly except: readonly IpBlock[] }

/** Ports of one protocol; without a port all of them. */
export interface NetworkPolicyPort {
  readonly protocol: string
  readonly port: number | string | undefined
  readonly endPort: number | undefined
}

// In the order in which the API server lists them.
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'] as const
const DIRECTIONS = ['Egress', 'Ingress'] as const

/** A range that holds no address, for one that can't be read. */
const NOWHERE: IpBlock = { version: 4, length: 32, first: 1, last: 0 }

/** Reads a NetworkPolicy (kubernetes, pkg/apis/networking/validation, ValidateNetworkPolicySpec). */
export function readNetworkPolicy(object: ApiObject): ReadObject<NetworkPolicy> {
  return readApiObject(object, 'namespaced', (fields) =>
    fields.object('spec', (spec) => readNetworkPolicySpec(spec, object)) ?? {
      title: objectTitle(object),
      namespace: namespaceOf(object),
      podSelector: [],
      ingress: [],
      egress: undefined,
    },
  )
}

/** Reads a NetworkPolicy's spec, wherever it stands. */
export function readNetworkPolicySpec(spec: FieldReader, object: ApiObject): NetworkPolicy {
  const podSelector = spec.object('podSelector', readLabelSelector) ?? []
  const ingress = spec.objects('ingress', (rule) => readRule(rule, 'from')) ?? []
  const egress = spec.objects('egress', (rule) => readRule(rule, 'to')) ?? []
  const types = readTypes(spec)
  // Without types a policy is about ingress, and about egress where it has rules for it (SetDefaults_NetworkPolicy).
  const isAbout = (direction: (typeof DIRECTIONS)[number]): boolean =>
    types.length > 0 ? types.includes(direction) : direction === 'Ingress' || egress.length > 0
  return {
    title: objectTitle(object),
    namespace: namespaceOf(object),
    podSelector,
    ingress: isAbout('Ingress') ? ingress : undefined,
    egress: isAbout('Egress') ? egress : undefined,
  }
}

function readTypes(spec: FieldReader): readonly string[] {
  const types = spec.stringList('policyTypes') ?? []
  const place = spec.at('policyTypes')
  if (types.length > 2) {
    place.invalid(types, 'may not specify more than two policyTypes')
    return types
  }
  types.forEach((type, index) => {
    if (!DIRECTIONS.some((direction) => direction === type)) place.entry(index).unsupported(type, DIRECTIONS)
  })
  return types
}

function readRule(rule: FieldReader, side: 'from' | 'to'): NetworkPolicyRule {
  const peers = rule.objects(side, readPeer) ?? []
  const ports = rule.objects('ports', readPort) ?? []
  return {
    place: rule.place.path,
    peers: peers.length === 0 ? undefined : peers,
    ports: ports.length === 0 ? undefined : ports,
  }
}

function readPort(fields: FieldReader): NetworkPolicyPort {
  const protocol = fields.choice('protocol', PROTOCOLS) ?? 'TCP'
  const port = fields.integerOrString('port')
  const endPort = fields.integer('endPort')
  if (port !== undefined) checkPort(port, fields.at('port'))
  if (endPort !== undefined) {
    const place = fields.at('endPort')
    if (port === undefined) place.invalid(endPort, 'may not be specified when `port` is not specified')
    else if (typeof port === 'string') place.invalid(endPort, 'may not be specified when `port` is non-numeric')
    else if (endPort < port) place.invalid(endPort, 'must be greater than or equal to `port`')
    checkPortNumber(endPort, place)
  }
  return { protocol, port, endPort }
}

function readPeer(fields: FieldReader): NetworkPolicyPeer {
  const pods = fields.object('podSelector', readLabelSelector)
  const namespaces = fields.object('namespaceSelector', readLabelSelector)
  const block = fields.object('ipBlock', readIpBlock)
  if (block === undefined) {
    if (pods === undefined && namespaces === undefined) fields.place.required('must specify a peer')
    return { pods, namespaces }
  }
  if (pods !== undefined || namespaces !== undefined) {
    fields.place.forbidden('may not specify both ipBlock and another peer')
  }
  return block
}

function readIpBlock(fields: FieldReader): Extract<NetworkPolicyPeer, { readonly block: IpBlock }> {
  const cidr = fields.string('cidr') ?? ''
  const excepted = fields.stringList('except') ?? []
  if (cidr === '') {
    fields.at('cidr').required()
    return { block: NOWHERE, except: [] }
  }
  const block = readCidr(cidr, fields.at('cidr')) ?? NOWHERE
  const except = excepted.flatMap((text, index): IpBlock[] => {
    const place = fields.at('except').entry(index)
    const inner = readCidr(text, place)
    if (inner === undefined) return []
    if (!ipBlockCovers(block, inner) || inner.length <= block.length) {
      place.invalid(text, `must be a strict subset of \`cidr\``)
    }
    return [inner]
  })
  return { block, except }
}

/** Reads a range of addresses and says where it is none. */
export function readCidr(text: string, place: FieldPlace): IpBlock | undefined {
  const block = parseIpBlock(text)
  if (block === undefined) place.invalid(text, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')
  return block
}
