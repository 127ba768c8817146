import { asList, asName, asNumber, asObject, asText, type Given } from '#renderer/stores/given'
import type { Outline, ServiceOutline } from '#renderer/stores/outline'

/** Something to know about a service. */
export interface ServiceFact {
  readonly label: string
  readonly value: string
}

/** The label by which a node stays out of load balancing (service controller, LabelNodeExcludeBalancers). */
const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers'
/** Types that have a port on every node. */
const WITH_NODE_PORTS = ['NodePort', 'LoadBalancer']

/** What a service answers at, who answers, and which nodes announce it. */
export function serviceFacts(outline: Outline, service: ServiceOutline): readonly ServiceFact[] {
  const spec = asObject(service.given['spec'])
  const type = asText(spec['type'], 'ClusterIP')
  const external = externalAddresses(service.given, type)
  const isLocal = spec['externalTrafficPolicy'] === 'Local'
  const facts: (ServiceFact | undefined)[] = [
    { label: 'Type', value: spec['clusterIP'] === 'None' ? 'Headless: its name stands for its pods' : type },
    fact('Own address', spec['clusterIP'] === 'None' ? undefined : asText(spec['clusterIP'], 'the next free one of the service range')),
    fact('Outside', external.length > 0 ? external.join(', ') : type === 'LoadBalancer' ? 'an address pool gives one, if there is any' : undefined),
    { label: 'Ports', value: asList(spec['ports']).map((port) => portText(asObject(port), WITH_NODE_PORTS.includes(type))).join('; ') || 'none' },
    { label: 'Endpoints', value: endpointsText(outline, service) },
    fact('Announced by', external.length > 0 || type === 'LoadBalancer' ? announcersText(outline, service, isLocal) : undefined),
    fact('From outside', type === 'ClusterIP' ? undefined : isLocal ? 'only by nodes with an endpoint; pods see the client' : 'by any node; kube-proxy puts the node in the client’s place'),
    fact('Health check', isLocal && type === 'LoadBalancer' ? `node port ${asNumber(spec['healthCheckNodePort'], undefined) ?? 'given by the cluster'}: has the node an endpoint` : undefined),
    fact('From inside', spec['internalTrafficPolicy'] === 'Local' ? 'only endpoints on the client’s node' : undefined),
    fact('Prefers', asName(spec['trafficDistribution'])),
    fact('Affinity', spec['sessionAffinity'] === 'ClientIP' ? 'each client keeps its endpoint' : undefined),
  ]
  return facts.filter((each) => each !== undefined)
}

function fact(label: string, value: string | undefined): ServiceFact | undefined {
  return value === undefined ? undefined : { label, value }
}

function externalAddresses(object: Given, type: string): string[] {
  const spec = asObject(object['spec'])
  const ingress = asList(asObject(asObject(object['status'])['loadBalancer'])['ingress']).flatMap((each) => asName(asObject(each)['ip']) ?? [])
  const asked = ingress.length > 0 ? ingress : [asName(spec['loadBalancerIP'])].filter((address) => address !== undefined)
  return [...(type === 'LoadBalancer' ? asked : []), ...asList(spec['externalIPs']).flatMap((address) => asName(address) ?? [])]
}

function portText(port: Given, onNodes: boolean): string {
  const number = asNumber(port['port'], undefined)
  const target = asText(port['targetPort'], String(number ?? ''))
  const nodePort = asNumber(port['nodePort'], undefined)
  const nodes = onNodes ? `, node port ${nodePort ?? 'given by the cluster'}` : ''
  return `${asText(port['protocol'], 'TCP')} ${number ?? '?'} → ${target}${nodes}`
}

function endpointsText(outline: Outline, { selects }: ServiceOutline): string {
  const workloads = outline.workloads.filter(({ id }) => selects.includes(id))
  if (workloads.length === 0) return 'none'
  const pods = workloads.reduce((sum, { replicas }) => sum + replicas, 0)
  return `${pods} ${pods === 1 ? 'pod' : 'pods'} of ${workloads.map(({ name }) => name).join(', ')}`
}

function announcersText(outline: Outline, service: ServiceOutline, isLocal: boolean): string {
  const hosts = isLocal ? hostsOf(outline, service) : undefined
  const nodes = outline.nodes.filter(({ name, given }) => !Object.hasOwn(asObject(given['labels']), EXCLUDED) && hosts?.has(name) !== false)
  if (nodes.length === 0) return 'no node'
  return nodes.length === outline.nodes.length ? 'every node' : nodes.map(({ name }) => name).join(', ')
}

/** Nodes that may have pods of a service. */
function hostsOf(outline: Outline, { selects }: ServiceOutline): ReadonlySet<string> {
  const free = outline.nodes.filter(({ tainted }) => !tainted).map(({ name }) => name)
  const workloads = outline.workloads.filter(({ id }) => selects.includes(id))
  return new Set(workloads.flatMap(({ nodes, replicas }) => (nodes.length === 0 ? free : nodes).slice(0, replicas)))
}
