import { parseIpAddress, type IpAddress } from '#shared/units/index'

import type { FieldReader } from '../../kubernetes/field-reader'
import type { Labels } from '../../kubernetes/label-selector'
import { namespaceWithName, type ContainerPort, type PolicyCluster, type PolicyEndpoint } from '../endpoints'

/** A cluster of a vector file, and its endpoints by the references that probes use. */
export interface VectorCluster {
  readonly cluster: PolicyCluster
  readonly numberOf: ReadonlyMap<string, number>
}

interface NodeEntry {
  readonly name: string
  readonly addresses: readonly IpAddress[]
  readonly labels: Labels
  readonly isApiServer: boolean
}

/** Reads a cluster of a vector file. */
export function readVectorCluster(fields: FieldReader): VectorCluster {
  const clusterName = fields.string('clusterName') ?? 'default'
  const namespaces = fields.objects('namespaces', (entry) => {
    return namespaceWithName(entry.string('name') ?? '', entry.strings('labels') ?? {})
  })
  const accounts = fields.objects('serviceAccounts', (entry) => {
    return [`${entry.string('ns')}/${entry.string('name')}`, entry.strings('labels') ?? {}] as const
  })
  const nodes = fields.objects('nodes', readNode) ?? []
  const pods = fields.objects('pods', (entry) => readPod(entry, nodes)) ?? []
  const external = fields.objects('external', readExternal) ?? []
  const endpoints = [...pods, ...nodes.map(nodeEndpoint), ...external]
  const numberOf = new Map(endpoints.map(({ reference }, index) => [reference, index]))
  const services = fields.objects('services', (entry) => readService(entry, numberOf)) ?? []
  return {
    cluster: {
      clusterName,
      namespaces: namespaces ?? [],
      serviceAccounts: new Map(accounts),
      services,
      endpoints,
    },
    numberOf,
  }
}

function readNode(fields: FieldReader): NodeEntry {
  return {
    name: fields.string('name') ?? '',
    addresses: addressesOf(fields),
    labels: fields.strings('labels') ?? {},
    isApiServer: fields.boolean('kubeApiserver') ?? false,
  }
}

function nodeEndpoint(node: NodeEntry, index: number): PolicyEndpoint {
  const { name, addresses, labels, isApiServer } = node
  return {
    reference: `node/${name}`, kind: 'node', namespace: '', labels, serviceAccount: '', addresses, node: index, ports: [],
    dnsNames: [], isApiServer,
  }
}

function readPod(fields: FieldReader, nodes: readonly NodeEntry[]): PolicyEndpoint {
  const namespace = fields.string('ns') ?? ''
  const reference = `${namespace}/${fields.string('name')}`
  const labels = fields.strings('labels') ?? {}
  const addresses = addressesOf(fields)
  const serviceAccount = fields.string('serviceAccount') ?? 'default'
  const ports = fields.objects('ports', readPort) ?? []
  const nodeName = fields.string('node')
  const node = nodes.findIndex(({ name }) => name === nodeName)
  const host = nodes[node]
  if (fields.boolean('hostNetwork') === true && host !== undefined) return { ...nodeEndpoint(host, node), reference }
  return {
    reference, kind: 'pod', namespace, labels, serviceAccount, addresses, node, ports, dnsNames: [], isApiServer: false,
  }
}

function readPort(fields: FieldReader): ContainerPort {
  const name = fields.string('name')
  const port = fields.integer('port') ?? 0
  return { port, protocol: fields.string('protocol') ?? 'TCP', ...(name === undefined ? {} : { name }) }
}

function readExternal(fields: FieldReader): PolicyEndpoint {
  return {
    reference: `external/${fields.string('name')}`, kind: 'external', namespace: '', labels: {}, serviceAccount: '',
    addresses: addressesOf(fields), node: -1, ports: [], dnsNames: fields.stringList('fqdns') ?? [], isApiServer: false,
  }
}

function readService(fields: FieldReader, numberOf: ReadonlyMap<string, number>) {
  return {
    namespace: fields.string('ns') ?? '',
    name: fields.string('name') ?? '',
    labels: fields.strings('labels') ?? {},
    endpoints: (fields.objects('endpoints', (entry) => readServiceEndpoint(entry, numberOf)) ?? []).flat(),
  }
}

function readServiceEndpoint(fields: FieldReader, numberOf: ReadonlyMap<string, number>) {
  const pod = fields.string('pod') ?? fields.string('endpoint') ?? ''
  const port = fields.integer('port') ?? 0
  const protocol = fields.string('protocol') ?? 'TCP'
  const endpoint = numberOf.get(pod)
  return endpoint === undefined ? [] : [{ endpoint, port, protocol }]
}

function addressesOf(fields: FieldReader): IpAddress[] {
  const given = [fields.string('ip'), ...(fields.stringList('ips') ?? [])]
  return given.flatMap((text) => (text === undefined ? [] : (parseIpAddress(text) ?? [])))
}
