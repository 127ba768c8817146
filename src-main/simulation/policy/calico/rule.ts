import type { HttpPathRule, IcmpMatch } from '#shared/lookup/policy/index'
import type { IpBlock } from '#shared/units/index'

import type { FieldPlace, FieldReader } from '../../kubernetes/field-reader'
import { protocolNumber } from '../protocols'
import { readNets, readSelector } from './read-fields'
import type { Selector } from './selector'

/** A rule of a Calico policy. All it asks must hold. */
export interface CalicoRule {
  /** `spec.ingress[0]`. */
  readonly place: string
  readonly action: 'allow' | 'deny' | 'pass' | 'log'
  readonly ipVersion: 4 | 6 | undefined
  /** IP protocol numbers. */
  readonly protocol: number | undefined
  readonly notProtocol: number | undefined
  readonly icmp: IcmpMatch | undefined
  readonly notIcmp: IcmpMatch | undefined
  readonly source: CalicoEntity
  readonly destination: CalicoEntity
  readonly http: { readonly methods: readonly string[]; readonly paths: readonly HttpPathRule[] } | undefined
}

/** What a rule asks of one end. What is absent or empty is not asked. */
export interface CalicoEntity {
  readonly nets: readonly IpBlock[]
  readonly notNets: readonly IpBlock[]
  readonly selector: Selector | undefined
  readonly notSelector: Selector | undefined
  readonly namespaceSelector: Selector | undefined
  readonly serviceAccounts: { readonly names: readonly string[]; readonly selector: Selector | undefined } | undefined
  readonly services: { readonly name: string; readonly namespace: string | undefined } | undefined
  readonly ports: readonly CalicoPort[]
  readonly notPorts: readonly CalicoPort[]
}

/** A range of ports, or the port that pods declare under a name. */
export type CalicoPort = { readonly first: number; readonly last: number } | { readonly name: string }

const ANYONE: CalicoEntity = {
  nets: [],
  notNets: [],
  selector: undefined,
  notSelector: undefined,
  namespaceSelector: undefined,
  serviceAccounts: undefined,
  services: undefined,
  ports: [],
  notPorts: [],
}

const LAST_PORT = 65_535
const ACTIONS = ['Allow', 'Deny', 'Log', 'Pass'] as const

/** Reads a rule, field by field. */
export function readRule(fields: FieldReader): CalicoRule {
  const action = fields.choice('action', ACTIONS)
  if (!fields.has('action')) fields.at('action').required()
  const ipVersion = fields.integer('ipVersion')
  if (ipVersion !== undefined && ipVersion !== 4 && ipVersion !== 6) fields.at('ipVersion').invalid(ipVersion, 'must be 4 or 6')
  fields.raw('metadata')
  return {
    place: fields.place.path,
    action: ({ Allow: 'allow', Deny: 'deny', Log: 'log', Pass: 'pass' } as const)[action ?? 'Deny'],
    ipVersion: ipVersion === 4 || ipVersion === 6 ? ipVersion : undefined,
    protocol: readProtocol(fields, 'protocol'),
    notProtocol: readProtocol(fields, 'notProtocol'),
    icmp: fields.object('icmp', readIcmp),
    notIcmp: fields.object('notICMP', readIcmp),
    source: fields.object('source', readEntity) ?? ANYONE,
    destination: fields.object('destination', readEntity) ?? ANYONE,
    http: fields.object('http', readHttp),
  }
}

function readProtocol(fields: FieldReader, name: string): number | undefined {
  const given = fields.integerOrString(name)
  if (given === undefined) return undefined
  const number = protocolNumber(given)
  if (number < 0 || number > 255) {
    fields.at(name).invalid(given, 'must be TCP, UDP, ICMP, ICMPv6, SCTP, UDPLite or a number from 0 to 255')
  }
  return number
}

function readIcmp(fields: FieldReader): IcmpMatch {
  const type = fields.integer('type')
  const code = fields.integer('code')
  if (code !== undefined && type === undefined) fields.at('code').invalid(code, 'ICMP code specified without an ICMP type')
  if (type !== undefined && (type < 0 || type > 254)) fields.at('type').invalid(type, 'must be from 0 to 254')
  return { type: type ?? -1, ...(code === undefined ? {} : { code }) }
}

function readHttp(fields: FieldReader): NonNullable<CalicoRule['http']> {
  const methods = fields.stringList('methods') ?? []
  if (new Set(methods).size < methods.length) fields.at('methods').invalid(methods, 'Invalid methods (duplicates)')
  const paths = fields.objects('paths', (path): HttpPathRule => {
    const exact = path.string('exact') ?? ''
    const prefix = path.string('prefix') ?? ''
    const given = exact === '' ? prefix : exact
    if (exact !== '' && prefix !== '') path.place.invalid('', "Invalid path match. Both 'exact' and 'prefix' are set")
    else if (given === '') path.place.invalid('', "Invalid path match. Either 'exact' or 'prefix' must be set")
    else if (!given.startsWith('/') || /[? #]/u.test(given)) {
      path.place.invalid(given, 'Invalid path. (must start with `/` and not contain `?` or `#`)')
    }
    return exact === '' ? { prefix } : { exact }
  })
  return { methods, paths: paths ?? [] }
}

function readEntity(fields: FieldReader): CalicoEntity {
  const accounts = fields.object('serviceAccounts', (given) => ({
    names: given.stringList('names') ?? [],
    selector: readSelector(given, 'selector'),
  }))
  const services = fields.object('services', (given) => {
    const name = given.string('name') ?? ''
    if (name === '') given.at('name').invalid(name, 'must specify a service name')
    return { name, namespace: given.string('namespace') }
  })
  return {
    nets: readNets(fields, 'nets'),
    notNets: readNets(fields, 'notNets'),
    selector: readSelector(fields, 'selector'),
    notSelector: readSelector(fields, 'notSelector'),
    namespaceSelector: readSelector(fields, 'namespaceSelector'),
    serviceAccounts: accounts,
    services,
    ports: fields.list('ports', readPort) ?? [],
    notPorts: fields.list('notPorts', readPort) ?? [],
  }
}

/** A number, a range `first:last`, or a name. */
function readPort(value: unknown, place: FieldPlace): CalicoPort {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value : ''
  const range = /^(\d+)(?::(\d+))?$/u.exec(text)
  if (range !== null) {
    const first = Number(range[1])
    const last = Number(range[2] ?? range[1])
    if (first < 1 || last > LAST_PORT) place.invalid(value, 'port range invalid, port number must be between 1 and 65535')
    else if (first > last) place.invalid(value, 'port range invalid')
    return { first, last }
  }
  if (!/^[a-zA-Z0-9_.-]{1,128}$/u.test(text)) place.invalid(value, 'must be a port, a range of ports or the name of one')
  return { name: text }
}
