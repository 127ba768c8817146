import type { IpBlock } from '#shared/units/index'

import type { FieldPlace, FieldReader } from '../../kubernetes/field-reader'
import type { LabelSelector } from '../../kubernetes/label-selector'
import { readBlock, readCidrRule, type CidrRule } from './cidr'
import { readDnsName } from './dns-name'
import { readIcmpRule, type CiliumIcmp } from './icmp'
import { readPortRule, type CiliumPortRule } from './port-rule'
import { readEndpointSelector } from './selector'

/** Classes of peers without an identity of their own (pkg/policy/api/entity.go). */
export const ENTITIES = [
  'all', 'world', 'world-ipv4', 'world-ipv6', 'cluster', 'host', 'remote-node', 'kube-apiserver', 'init', 'ingress',
  'health', 'unmanaged', 'none',
] as const

/** A class of peers. */
export type Entity = (typeof ENTITIES)[number]

/** A rule: any of its peers on any of its ports. */
export interface CiliumRule {
  /** `spec.ingress[0]`. */
  readonly place: string
  /** Absent: any peer. A list that is there and empty selects nobody. */
  readonly peers: CiliumPeers | undefined
  /** Absent: any port of any protocol. */
  readonly ports: readonly CiliumPortRule[] | undefined
  /** Absent: not about ICMP in particular. */
  readonly icmp: readonly CiliumIcmp[] | undefined
  /** What every rule that selects the same pods asks of peers given by labels (`fromRequires`, gone in Cilium 1.19). */
  readonly requires: readonly LabelSelector[]
}

/** Peers of a rule: only one kind has entries. */
export interface CiliumPeers {
  readonly endpoints: readonly LabelSelector[]
  readonly blocks: readonly IpBlock[]
  readonly ranges: readonly CidrRule[]
  readonly entities: readonly Entity[]
  readonly names: readonly string[]
  readonly services: readonly CiliumServicePeer[]
}

/** Services whose endpoints are peers: by name, or by labels. */
export interface CiliumServicePeer {
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly selector: LabelSelector | undefined
}

/** Reads a rule of a direction. */
export function readRule(fields: FieldReader, direction: 'ingress' | 'egress'): CiliumRule {
  const toPorts = fields.objects('toPorts', (port) => readPortRule(port, direction)) ?? []
  const icmp = fields.objects('icmps', readIcmpRule)?.flat() ?? []
  if (toPorts.length > 0 && icmp.length > 0) {
    fields.at('icmps').invalid('', 'The ICMPs block may only be present without ToPorts. Define a separate rule to use ToPorts.')
  }
  fields.raw('authentication')
  const requires = fields.objects(direction === 'ingress' ? 'fromRequires' : 'toRequires', readEndpointSelector) ?? []
  return {
    place: fields.place.path,
    requires,
    peers: readPeers(fields, direction),
    ports: toPorts.length > 0 ? toPorts : undefined,
    icmp: icmp.length > 0 ? icmp : undefined,
  }
}

function readPeers(fields: FieldReader, direction: 'ingress' | 'egress'): CiliumPeers | undefined {
  const side = direction === 'ingress' ? 'from' : 'to'
  const peers = {
    endpoints: fields.objects(`${side}Endpoints`, readEndpointSelector),
    blocks: fields.list(`${side}CIDR`, readBlock)?.flat(),
    ranges: fields.objects(`${side}CIDRSet`, readCidrRule)?.flatMap((rule) => rule ?? []),
    entities: fields.list(`${side}Entities`, readEntity)?.flatMap((entity) => entity ?? []),
    names: direction === 'egress' ? fields.objects('toFQDNs', readDnsName) : undefined,
    services: direction === 'egress' ? fields.objects('toServices', readService) : undefined,
  }
  const nodes = fields.objects(`${side}Nodes`, readEndpointSelector)
  if (nodes !== undefined) fields.at(`${side}Nodes`).invalid('', 'FromNodes/ToNodes rules can only be applied when the "enable-node-selector-labels" flag is set')
  const groups = fields.raw(`${side}Groups`)
  if (groups !== undefined) fields.at(`${side}Groups`).invalid('', 'groups of a cloud provider are not known here')
  checkKinds(fields, side, Object.values(peers).map((list) => list?.length ?? 0))
  if (Object.values(peers).every((list) => list === undefined)) return undefined
  return {
    endpoints: peers.endpoints ?? [],
    blocks: peers.blocks ?? [],
    ranges: peers.ranges ?? [],
    entities: peers.entities ?? [],
    names: peers.names ?? [],
    services: peers.services ?? [],
  }
}

function checkKinds(fields: FieldReader, side: string, lengths: readonly number[]): void {
  if (lengths.filter((length) => length > 0).length <= 1) return
  fields.place.invalid('', `Combining different kinds of ${side === 'from' ? 'sources' : 'destinations'} is not supported yet`)
}

function readEntity(value: unknown, place: FieldPlace): Entity | undefined {
  const entity = ENTITIES.find((known) => known === value)
  if (entity === undefined) place.unsupported(value, ENTITIES)
  return entity
}

function readService(fields: FieldReader): CiliumServicePeer {
  const named = fields.object('k8sService', (service) => ({
    name: service.string('serviceName'),
    namespace: service.string('namespace'),
  }))
  const selected = fields.object('k8sServiceSelector', (service) => ({
    selector: service.object('selector', readEndpointSelector),
    namespace: service.string('namespace'),
  }))
  return { namespace: named?.namespace ?? selected?.namespace, name: named?.name, selector: selected?.selector }
}
