import { nodeLabels, type Lab } from '#shared/lab/index'
import { parseIpAddress, type IpAddress, type Ipv4Address } from '#shared/units/index'

import { objectsOf } from '../kubernetes/field-reader'
import { manifestObjects, namespaceOf, referenceOf, type ApiObject } from '../kubernetes/object'
import type { Pod } from '../kubernetes/pods'
import { labServices, SERVICE_LABEL, type Service } from '../services/index'
import { namespaceWithName, type PolicyCluster, type PolicyEndpoint, type PolicyService } from './endpoints'

/** What of a lab policies select from, beside its records. */
export interface LabPlaces {
  readonly pods: readonly Pod[]
  /** Underlay addresses of nodes, then of external hosts. */
  readonly hostAddresses: readonly Ipv4Address[]
  /** The address of a pod; undefined where pods have their node's. */
  readonly podAddress: (pod: number) => Ipv4Address | undefined
  /** Pods that Cilium has no identity for: nobody knows their labels. */
  readonly withoutIdentity?: ReadonlySet<number>
}

/** A lab's ends: its pods in order, then its nodes, then its external hosts. */
export function labCluster(lab: Lab, places: LabPlaces): PolicyCluster {
  const objects = manifestObjects(lab)
  const endpoints = [
    ...places.pods.map((pod, index) => {
      const end = podEndpoint(lab, pod, places.podAddress(index), places.hostAddresses)
      return places.withoutIdentity?.has(index) === true ? initEndpoint(end) : end
    }),
    ...lab.nodes.map((_, node) => nodeEndpoint(lab, node, places.hostAddresses)),
    ...lab.external.map(({ name, address }): PolicyEndpoint => ({
      ...NOBODY, reference: `external/${name}`, kind: 'external', addresses: [ipAddress(address)],
    })),
  ]
  const accounts = objects.filter(({ kind }) => kind === 'ServiceAccount')
  return {
    clusterName: 'default',
    namespaces: lab.cluster.namespaces.map(({ name, labels }) => namespaceWithName(name, labels)),
    serviceAccounts: new Map(
      accounts.map((account) => [referenceOf(account), account.metadata.labels ?? {}]),
    ),
    services: labServices(lab, places.pods).map((service) => policyService(service, objects, endpoints)),
    endpoints,
  }
}

const NOBODY: PolicyEndpoint = {
  reference: '', kind: 'node', namespace: '', labels: {}, serviceAccount: '', addresses: [], node: -1, ports: [], dnsNames: [],
  isApiServer: false,
}

function podEndpoint(
  lab: Lab,
  pod: Pod,
  address: Ipv4Address | undefined,
  hostAddresses: readonly Ipv4Address[],
): PolicyEndpoint {
  const { reference, namespace, labels, serviceAccount, ports, node } = pod
  if (pod.hostNetwork || address === undefined) return { ...nodeEndpoint(lab, node, hostAddresses), reference }
  return { ...NOBODY, reference, kind: 'pod', namespace, labels, serviceAccount, ports, node, addresses: [ipAddress(address)] }
}

function initEndpoint({ reference, kind, node, addresses, ports }: PolicyEndpoint): PolicyEndpoint {
  return { ...NOBODY, reference, kind, node, addresses, ports, isInit: true }
}

/** A node with the labels that its kubelet gives it. */
function nodeEndpoint(lab: Lab, node: number, hostAddresses: readonly Ipv4Address[]): PolicyEndpoint {
  const own = lab.nodes[node]!
  return {
    ...NOBODY,
    reference: `node/${own.name}`,
    labels: nodeLabels(own),
    addresses: [ipAddress(hostAddresses[node]!)],
    node,
  }
}

function ipAddress(address: Ipv4Address): IpAddress {
  return { version: 4, value: address }
}

/** A service's endpoints: the pods that it selects, or those of its slices where it selects none. */
function policyService(service: Service, objects: readonly ApiObject[], endpoints: readonly PolicyEndpoint[]): PolicyService {
  const [namespace, name] = service.reference.split('/') as [string, string]
  const selected = service.ports.flatMap(({ protocol, backends }) =>
    backends.map(({ pod, port }) => ({ endpoint: pod, port, protocol })),
  )
  const found = selected.length > 0 ? selected : objects.flatMap((slice) => slicedEndpoints(slice, name, namespace, endpoints))
  return { namespace, name, labels: service.labels, endpoints: found }
}

type ServiceEndpoint = PolicyService['endpoints'][number]

function slicedEndpoints(
  slice: ApiObject,
  service: string,
  namespace: string,
  endpoints: readonly PolicyEndpoint[],
): ServiceEndpoint[] {
  if (slice.kind !== 'EndpointSlice' || namespaceOf(slice) !== namespace) return []
  if (slice.metadata.labels?.[SERVICE_LABEL] !== service) return []
  const ports = objectsOf(slice['ports'])
  const addresses = objectsOf(slice['endpoints']).flatMap((entry) =>
    Array.isArray(entry['addresses']) ? entry['addresses'].map((text) => parseIpAddress(String(text))?.value) : [],
  )
  return endpoints.flatMap((end, endpoint) => {
    if (!end.addresses.some(({ value }) => addresses.includes(value))) return []
    return ports.flatMap((port): ServiceEndpoint[] =>
      typeof port['port'] === 'number' ? [{ endpoint, port: port['port'], protocol: textOf(port['protocol']) ?? 'TCP' }] : [],
    )
  })
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
