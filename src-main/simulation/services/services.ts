import type { Lab } from '#shared/lab/index'
import { ipv4PrefixContains, nthIpv4Address, parseIpv4Address, type Ipv4Address } from '#shared/units/index'

import { isObject } from '../kubernetes/field-reader'
import type { Labels } from '../kubernetes/label-selector'
import { isApiObject, type ApiObject } from '../kubernetes/object'
import type { Pod } from '../kubernetes/pods'

/** A Service of the cluster. */
export interface Service {
  /** `namespace/name`. */
  readonly reference: string
  readonly labels: Labels
  /** Its address; undefined for headless ones, whose name stands for the pods themselves. */
  readonly address: Ipv4Address | undefined
  readonly ports: readonly ServicePort[]
  /** Whether all connections of a client go to one backend (`sessionAffinity: ClientIP`). */
  readonly hasAffinity: boolean
  /** Whether clients reach backends on their own node only (`internalTrafficPolicy: Local`). */
  readonly isLocal: boolean
}

/** A port of a service, and who answers there. */
export interface ServicePort {
  readonly port: number
  readonly protocol: string
  readonly backends: readonly Backend[]
}

/** A pod that answers, and the port that it listens on. */
export interface Backend {
  /** Index of the pod. */
  readonly pod: number
  readonly port: number
}

/** Address of the service `kubernetes`, which every cluster has. */
const FIRST_FREE = 2

/**
 * A lab's services, in the order of its manifests. Those without an address get the next free one of the service
 * CIDR, as long as there is one.
 */
export function labServices(lab: Lab, pods: readonly Pod[]): Service[] {
  const objects = (lab.cluster.manifests as readonly unknown[]).filter(isApiObject).filter(({ kind }) => kind === 'Service')
  const range = lab.cluster.serviceCIDR
  const taken = new Set(objects.map(givenAddress))
  let next = FIRST_FREE
  const freeAddress = (): Ipv4Address | undefined => {
    for (;;) {
      const candidate = nthIpv4Address(range, next++)
      if (!ipv4PrefixContains(range, candidate)) return undefined
      if (!taken.has(candidate)) return candidate
    }
  }
  return objects.map((object) => {
    const spec = isObject(object['spec']) ? object['spec'] : {}
    const isHeadless = spec['clusterIP'] === 'None'
    const address = givenAddress(object) ?? (isHeadless ? undefined : freeAddress())
    return {
      reference: `${object.metadata.namespace ?? 'default'}/${object.metadata.name}`,
      labels: object.metadata.labels ?? {},
      address,
      ports: portsOf(spec, object, pods),
      hasAffinity: spec['sessionAffinity'] === 'ClientIP',
      isLocal: spec['internalTrafficPolicy'] === 'Local',
    }
  })
}

function givenAddress(object: ApiObject): Ipv4Address | undefined {
  const spec = object['spec']
  const text = isObject(spec) && typeof spec['clusterIP'] === 'string' ? spec['clusterIP'] : ''
  const read = parseIpv4Address(text)
  return read.ok ? read.value : undefined
}

function portsOf(spec: Readonly<Record<string, unknown>>, object: ApiObject, pods: readonly Pod[]): ServicePort[] {
  const selector = isObject(spec['selector']) ? Object.entries(spec['selector']) : []
  const namespace = object.metadata.namespace ?? 'default'
  const selected = pods.flatMap((pod, index) => {
    const matches = pod.namespace === namespace && selector.every(([key, value]) => pod.labels[key] === value)
    return selector.length > 0 && matches ? [index] : []
  })
  const ports: readonly unknown[] = Array.isArray(spec['ports']) ? spec['ports'] : []
  return ports.filter(isObject).flatMap((entry): ServicePort[] => {
    const { port, targetPort, protocol = 'TCP' } = entry
    if (typeof port !== 'number' || typeof protocol !== 'string') return []
    const backends = selected.flatMap((pod): Backend[] => {
      const target = targetPort ?? port
      const number = typeof target === 'number' ? target : pods[pod]!.ports.find(({ name }) => name === target)?.port
      return number === undefined ? [] : [{ pod, port: number }]
    })
    return [{ port, protocol, backends }]
  })
}

/**
 * The backend of a connection: at random with equal chances, the same for the same entry and number; with affinity the same
 * for every connection of a client. Undefined where there is none that the client's node may use.
 */
export function chooseBackend(
  service: Service,
  port: ServicePort,
  pods: readonly Pod[],
  client: { readonly node: number; readonly pod: number; readonly key: string },
): Backend | undefined {
  const usable = port.backends.filter(({ pod }) => !service.isLocal || pods[pod]!.node === client.node)
  const others = usable.filter(({ pod }) => pod !== client.pod)
  const candidates = others.length > 0 ? others : usable
  const draw = hashOf(service.hasAffinity ? `${client.node} ${client.pod}` : client.key)
  return candidates[draw % Math.max(1, candidates.length)]
}

/** FNV-1a with a final mix (as MurmurHash3 ends): short keys that differ little must not land beside each other. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
