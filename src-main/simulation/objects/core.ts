import { parseIpv4Address } from '#shared/units/index'

import type { FieldReader } from '../kubernetes/field-reader'
import { checkLabels, checkPort, checkPortNumber, dnsLabelProblems } from '../kubernetes/names'
import { readApiObject, type ApiObject, type ReadObject } from '../kubernetes/object'

// In the order in which the API server lists them.
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'] as const
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'] as const
const POLICIES = ['Cluster', 'Local'] as const
const AFFINITIES = ['ClientIP', 'None'] as const
const DISTRIBUTIONS = ['PreferClose', 'PreferSameNode', 'PreferSameZone'] as const
/** Longest time that a client's backend is remembered, a day. */
const LONGEST_AFFINITY = 86_400

/** Fields of a Service that say nothing here, or that the reader of services takes as they are. */
const OTHER_FIELDS = [
  'clusterIPs', 'externalName', 'healthCheckNodePort', 'ipFamilies', 'ipFamilyPolicy', 'loadBalancerClass',
  'loadBalancerSourceRanges', 'publishNotReadyAddresses', 'allocateLoadBalancerNodePorts', 'topologyKeys',
]

/** Checks a Service (kubernetes, pkg/apis/core/validation, ValidateService). */
export function readService(object: ApiObject): ReadObject<void> {
  return readApiObject(object, 'namespaced', (fields) => {
    fields.object('spec', readSpec)
  })
}

function readSpec(spec: FieldReader): void {
  for (const name of OTHER_FIELDS) spec.raw(name)
  const type = spec.choice('type', TYPES) ?? 'ClusterIP'
  const clusterIP = spec.string('clusterIP') ?? ''
  const isHeadless = clusterIP === 'None'
  if (clusterIP !== '' && !isHeadless && !parseIpv4Address(clusterIP).ok && !clusterIP.includes(':')) {
    spec.at('clusterIP').invalid(clusterIP, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')
  }
  if (isHeadless && (type === 'NodePort' || type === 'LoadBalancer')) {
    spec.at('clusterIPs').entry(0).invalid('None', `may not be set to 'None' for ${type} services`)
  }
  const labels = spec.strings('selector')
  if (labels !== undefined) checkLabels(labels, spec.at('selector'))
  readPorts(spec, type, isHeadless)
  spec.stringList('externalIPs')?.forEach((text, index) => {
    const place = spec.at('externalIPs').entry(index)
    if (!parseIpv4Address(text).ok && !text.includes(':')) {
      place.invalid(text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')
    }
  })
  spec.string('loadBalancerIP')
  spec.choice('externalTrafficPolicy', POLICIES)
  spec.choice('internalTrafficPolicy', POLICIES)
  spec.choice('trafficDistribution', DISTRIBUTIONS)
  readAffinity(spec)
}

function readAffinity(spec: FieldReader): void {
  spec.choice('sessionAffinity', AFFINITIES)
  spec.object('sessionAffinityConfig', (config) => {
    config.object('clientIP', (client) => {
      const seconds = client.integer('timeoutSeconds')
      if (seconds !== undefined && (seconds < 1 || seconds > LONGEST_AFFINITY)) {
        client.at('timeoutSeconds').invalid(seconds, `must be greater than 0 and less than or equal to ${LONGEST_AFFINITY}`)
      }
    })
  })
}

function readPorts(spec: FieldReader, type: (typeof TYPES)[number], isHeadless: boolean): void {
  const ports = spec.objects('ports', readPort) ?? []
  if (ports.length === 0 && !isHeadless && type !== 'ExternalName') spec.at('ports').required()
  const names = new Set<string>()
  const numbers = new Set<string>()
  ports.forEach(({ name, port, protocol, nodePort }, index) => {
    const place = spec.at('ports').entry(index)
    if (ports.length > 1 && name === undefined) place.field('name').required()
    if (name !== undefined && names.has(name)) place.field('name').duplicate(name)
    if (name !== undefined) names.add(name)
    if (numbers.has(`${protocol} ${port}`)) place.duplicate({ port, protocol })
    numbers.add(`${protocol} ${port}`)
    if (nodePort !== undefined && nodePort !== 0 && (type === 'ClusterIP' || type === 'ExternalName')) {
      place.field('nodePort').forbidden(`may not be used when \`type\` is '${type}'`)
    }
  })
}

function readPort(fields: FieldReader) {
  const name = fields.string('name')
  const port = fields.integer('port')
  const target = fields.integerOrString('targetPort')
  const protocol = fields.choice('protocol', PROTOCOLS) ?? 'TCP'
  const nodePort = fields.integer('nodePort')
  fields.string('appProtocol')
  if (name !== undefined) for (const problem of dnsLabelProblems(name)) fields.at('name').invalid(name, problem)
  if (port === undefined) fields.at('port').required()
  else checkPortNumber(port, fields.at('port'))
  if (target !== undefined) checkPort(target, fields.at('targetPort'))
  return { name, port, protocol, nodePort }
}
