import type { Lab } from '#shared/lab/index'
import { ipv4PrefixContains, nthIpv4Address, parseIpv4Address, type Ipv4Address, type Ipv4Prefix } from '#shared/units/index'

import { isObject, objectsOf } from '../kubernetes/field-reader'
import { manifestObjects, referenceOf, specOf, type ApiObject } from '../kubernetes/object'
import type { Pod } from '../kubernetes/pods'
import { loadBalancerAddresses } from '../objects/index'
import { Endpoints } from './endpoints'
import type { Service, ServicePort, ServiceType } from './service'

type Fields = Readonly<Record<string, unknown>>

/** Address of the service `kubernetes`, which every cluster has. */
const FIRST_FREE = 2
/** Node ports that the API server gives out (kube-apiserver, --service-node-port-range); it draws them at random. */
const FIRST_NODE_PORT = 30_000
/** How long a client's backend is remembered unless the service says otherwise (API default, three hours). */
const AFFINITY_SECONDS = 10_800
/** Types that have a port on every node. */
const WITH_NODE_PORTS: readonly ServiceType[] = ['NodePort', 'LoadBalancer']

/**
 * A lab's services, in the order of its manifests. Those without an address get the next free one of the service CIDR, as
 * long as there is one; ports of nodes that are not given are dealt out in order.
 */
export function labServices(lab: Lab, pods: readonly Pod[]): Service[] {
  const manifests = manifestObjects(lab)
  const objects = manifests.filter(({ kind }) => kind === 'Service')
  const endpoints = new Endpoints({ lab, pods, slices: manifests.filter(({ kind }) => kind === 'EndpointSlice') })
  const freeAddress = addressesOf(lab.cluster.serviceCIDR, objects)
  const freeNodePort = nodePortsOf(objects)
  const pooled = loadBalancerAddresses(manifests)
  return objects.map((object) => {
    const spec = specOf(object)
    const type = typeOf(spec)
    const hasAddress = spec['clusterIP'] !== 'None' && type !== 'ExternalName'
    const distribution = distributionOf(spec)
    const isExternalLocal = spec['externalTrafficPolicy'] === 'Local'
    const hasNodePorts = WITH_NODE_PORTS.includes(type) && spec['allocateLoadBalancerNodePorts'] !== false
    const portsOf = objectsOf(spec['ports']).flatMap((entry): ServicePort[] => {
      const { name, port, targetPort, nodePort, protocol = 'TCP' } = entry
      if (typeof port !== 'number' || typeof protocol !== 'string') return []
      const target = typeof targetPort === 'number' || typeof targetPort === 'string' ? targetPort : port
      const backends = endpoints.of(object, distribution, { name: textOf(name), target })
      const onNodes = typeof nodePort === 'number' ? nodePort : hasNodePorts ? freeNodePort() : undefined
      return [{ port, protocol, nodePort: WITH_NODE_PORTS.includes(type) ? onNodes : undefined, backends }]
    })
    return {
      reference: referenceOf(object),
      labels: object.metadata.labels ?? {},
      type,
      address: givenAddress(object) ?? (hasAddress ? freeAddress() : undefined),
      externalAddresses: externalAddressesOf(object, type, pooled.get(referenceOf(object)) ?? []),
      ports: portsOf,
      hasAffinity: spec['sessionAffinity'] === 'ClientIP',
      affinitySeconds: affinitySecondsOf(spec),
      isLocal: spec['internalTrafficPolicy'] === 'Local',
      isExternalLocal,
      healthCheckNodePort: type === 'LoadBalancer' && isExternalLocal ? healthCheckPort(spec, freeNodePort) : undefined,
      hasSourceRanges: Array.isArray(spec['loadBalancerSourceRanges']) && spec['loadBalancerSourceRanges'].length > 0,
      distribution,
    }
  })
}

function typeOf({ type }: Fields): ServiceType {
  return type === 'NodePort' || type === 'LoadBalancer' || type === 'ExternalName' ? type : 'ClusterIP'
}

function distributionOf({ trafficDistribution }: Fields): Service['distribution'] {
  if (trafficDistribution === 'PreferClose' || trafficDistribution === 'PreferSameZone') return 'PreferSameZone'
  return trafficDistribution === 'PreferSameNode' ? 'PreferSameNode' : undefined
}

function affinitySecondsOf({ sessionAffinityConfig: config }: Fields): number {
  const ofClient = isObject(config) ? config['clientIP'] : undefined
  const seconds = isObject(ofClient) ? ofClient['timeoutSeconds'] : undefined
  return typeof seconds === 'number' ? seconds : AFFINITY_SECONDS
}

function healthCheckPort({ healthCheckNodePort }: Fields, freeNodePort: () => number): number {
  return typeof healthCheckNodePort === 'number' && healthCheckNodePort > 0 ? healthCheckNodePort : freeNodePort()
}

/**
 * Addresses at which nodes answer for the outside: those that a load balancer has given (`status`) unless it answers
 * there itself (`ipMode: Proxy`), else the one asked for, else those of an address pool; and external addresses.
 */
function externalAddressesOf(object: ApiObject, type: ServiceType, pooled: readonly Ipv4Address[]): Ipv4Address[] {
  const spec = specOf(object)
  const status = isObject(object['status']) && isObject(object['status']['loadBalancer']) ? object['status']['loadBalancer'] : {}
  const given = objectsOf(status['ingress']).filter(({ ipMode }) => ipMode !== 'Proxy').map(({ ip }) => ip)
  const asked = given.length > 0 ? given : [spec['loadBalancerIP']]
  const balancers = asked.flatMap((text) => addressOf(text) ?? [])
  const external: readonly unknown[] = Array.isArray(spec['externalIPs']) ? spec['externalIPs'] : []
  const announced = balancers.length > 0 ? balancers : pooled
  return [...(type === 'LoadBalancer' ? announced : []), ...external.flatMap((text) => addressOf(text) ?? [])]
}

/** Gives out the free addresses of a range in order. */
function addressesOf(range: Ipv4Prefix, objects: readonly ApiObject[]): () => Ipv4Address | undefined {
  const taken = new Set(objects.map(givenAddress))
  let next = FIRST_FREE
  return () => {
    for (;;) {
      const candidate = nthIpv4Address(range, next++)
      if (!ipv4PrefixContains(range, candidate)) return undefined
      if (!taken.has(candidate)) return candidate
    }
  }
}

/** Gives out the ports of nodes that no service asks for, in order. */
function nodePortsOf(objects: readonly ApiObject[]): () => number {
  const taken = new Set<unknown>(
    objects.flatMap((object) => {
      const spec = specOf(object)
      return [...objectsOf(spec['ports']).map(({ nodePort }) => nodePort), spec['healthCheckNodePort']]
    }),
  )
  let next = FIRST_NODE_PORT
  return () => {
    while (taken.has(next)) next++
    return next++
  }
}

function givenAddress(object: ApiObject): Ipv4Address | undefined {
  return addressOf(specOf(object)['clusterIP'])
}

function addressOf(text: unknown): Ipv4Address | undefined {
  const read = parseIpv4Address(typeof text === 'string' ? text : '')
  return read.ok ? read.value : undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
