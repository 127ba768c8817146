import { wholeExpression, type CiliumHttpRule, type RequestMatch } from '#shared/lookup/policy/index'

import type { FieldReader } from '../../kubernetes/field-reader'
import { portNameProblems } from '../../kubernetes/names'
import { readDnsName } from './dns-name'

/** One entry of `toPorts`: ports, and what is asked of requests on them. */
export interface CiliumPortRule {
  readonly ports: readonly CiliumPort[]
  readonly request: RequestMatch | undefined
}

/** Ports of a protocol. */
export interface CiliumPort {
  /** Number, 0 for all, or name. */
  readonly port: number | string
  /** Last port of a range. */
  readonly endPort: number | undefined
  /** `ANY` stands for TCP, UDP and SCTP. */
  readonly protocol: string
}

const MOST_PORTS = 40
const LAST_PORT = 65_535
const PROTOCOLS = ['TCP', 'UDP', 'SCTP', 'ICMP', 'ICMPV6', 'VRRP', 'IGMP', 'ANY']

/** Reads an entry of `toPorts` (pkg/policy/api/rule_validation.go, PortRule.sanitize). */
export function readPortRule(fields: FieldReader, direction: 'ingress' | 'egress'): CiliumPortRule {
  const rules = fields.object('rules', readRequests)
  const isDns = rules?.kind === 'dns'
  const ports = fields.objects('ports', (port) => readPort(port, isDns)) ?? []
  checkProxy(fields, direction, rules !== undefined)
  if (ports.length > MOST_PORTS) fields.at('ports').invalid(ports.length, `too many ports, the max is ${MOST_PORTS}`)
  if (rules !== undefined) {
    const place = fields.at('rules')
    if (isDns && direction === 'ingress') place.invalid('', 'DNS rules are not allowed on ingress')
    if (isDns && ports.length === 0) place.invalid('', 'Port 53 must be specified for DNS rules')
    const other = ports.find(({ protocol }) => protocol !== 'TCP')
    if (!isDns && other !== undefined) {
      place.invalid('', `L7 rules can only apply to TCP (not ${other.protocol}) except for DNS rules`)
    }
    if (ports.some(({ port }) => port === 0)) place.invalid('', 'L7 rules can not be used when a port is 0')
  }
  return { ports, request: rules }
}

/** Checks what an entry says about Envoy: TLS, names that clients ask for, a listener of one's own. */
function checkProxy(fields: FieldReader, direction: 'ingress' | 'egress', hasRules: boolean): void {
  const names = fields.stringList('serverNames') ?? []
  const place = fields.at('serverNames')
  if (names.length > 0 && hasRules && !fields.has('terminatingTLS')) {
    place.invalid(names, 'ServerNames are not allowed with L7 rules without TLS termination')
  }
  names.forEach((name, index) => {
    if (name === '') place.entry(index).invalid(name, 'Empty server name is not allowed')
  })
  fields.raw('originatingTLS')
  if (!fields.has('listener')) return
  if (direction === 'ingress') fields.at('listener').invalid('', 'Listener is not allowed on ingress')
  if (hasRules) fields.at('listener').invalid('', 'Listener is not allowed with L7 rules')
}

function readPort(fields: FieldReader, isDns: boolean): CiliumPort {
  const text = fields.string('port') ?? ''
  const endPort = fields.integer('endPort')
  const protocol = (fields.string('protocol') ?? 'ANY').toUpperCase()
  const place = fields.at('port')
  if (!PROTOCOLS.includes(protocol)) fields.at('protocol').invalid(protocol, 'unknown protocol')
  if (text === '') place.required('Port must be specified')
  const isNumber = /^\d+$/u.test(text)
  const port = isNumber ? Number(text) : text.toLowerCase()
  if (isNumber && Number(text) > LAST_PORT) place.invalid(text, 'Unable to parse port: value out of range')
  if (!isNumber && text !== '' && portNameProblems(text.toLowerCase()).length > 0) {
    place.invalid(text, 'Unable to parse port: must be a number or an IANA service name')
  }
  if (endPort !== undefined && (endPort < 0 || endPort > LAST_PORT)) {
    fields.at('endPort').invalid(endPort, 'must be from 0 to 65535')
  }
  if (isDns && typeof port === 'number' && (endPort ?? 0) > port) {
    fields.at('endPort').invalid(endPort, 'DNS rules do not support port ranges')
  }
  return { port, endPort, protocol }
}

/** Reads what is asked of requests; undefined where nothing is. Rules of protocols that are not known match no request. */
function readRequests(fields: FieldReader): RequestMatch | undefined {
  const http = fields.objects('http', readHttp)
  const dns = fields.objects('dns', readDnsName)
  const kafka = fields.list('kafka', () => undefined)
  const proto = fields.string('l7proto')
  const generic = fields.list('l7', () => undefined)
  if (generic !== undefined && proto === undefined) {
    fields.at('l7').invalid('', "'l7' may only be specified when a 'l7proto' is also specified")
  }
  const kinds = [http, dns, kafka, proto].filter((kind) => kind !== undefined)
  if (kinds.length > 1) fields.place.invalid('', 'multiple L7 protocol rule types specified in single rule')
  if (http !== undefined && http.length > 0) return { kind: 'cilium-http', anyOf: http }
  if (dns !== undefined && dns.length > 0) return { kind: 'dns', patterns: dns }
  return (kafka?.length ?? 0) > 0 || proto !== undefined ? { kind: 'cilium-http', anyOf: [] } : undefined
}

function readHttp(fields: FieldReader): CiliumHttpRule {
  const [method, path, host] = (['method', 'path', 'host'] as const).map((name) => {
    const source = fields.string(name)
    if (source !== undefined && wholeExpression(source) === undefined) fields.at(name).invalid(source, 'must be a regular expression')
    return source
  })
  const plain = (fields.stringList('headers') ?? []).map((header) => {
    const [name = '', ...value] = header.split(' ')
    return { name: name.replace(/:$/u, ''), ...(value.length === 0 ? {} : { value: value.join(' ') }) }
  })
  const matches = fields.objects('headerMatches', (match) => {
    const name = match.string('name') ?? ''
    const value = match.string('value')
    match.raw('secret')
    // With an action for the case that it differs, a header is put right or logged, and the rule matches all the same.
    const isPutRight = match.choice('mismatch', ['LOG', 'ADD', 'DELETE', 'REPLACE']) !== undefined
    return isPutRight ? undefined : { name, ...(value === undefined ? {} : { value }) }
  })
  return {
    ...(method === undefined ? {} : { method }),
    ...(path === undefined ? {} : { path }),
    ...(host === undefined ? {} : { host }),
    headers: [...plain, ...(matches ?? []).filter((match) => match !== undefined)],
  }
}
