import type { ServiceSize } from '#shared/contract/comparison'
import { hasKubeProxy, type Lab, type Variant } from '#shared/lab/index'
import type { Ipv4Address } from '#shared/units/index'

import { READY, rulesTried, type Service } from '../services/index'
import { heldOnNode, loadOfSize } from './control-plane-scale'
import { serviceSyncSeconds } from './programming-time'

/** Numbers of services that a variant's design is asked about. */
export interface ServiceQuestion {
  readonly counts: readonly number[]
  /** Pods behind each, which are behind no other. */
  readonly endpointsPerService: number
  /** Size of the cluster. */
  readonly nodes: number
  readonly podsPerNode: number
}

/** What a node holds for so many services with a ClusterIP and one port each, and what the connection to the last one meets. */
export function scaleServices(lab: Lab, variant: Variant, { counts, endpointsPerService, nodes, podsPerNode }: ServiceQuestion): ServiceSize[] {
  return counts.map((count) => {
    const services = Array.from({ length: count }, (_, index) => plainService(lab.cluster.serviceCIDR.network, index, endpointsPerService))
    const { rulesPerNode, mapEntriesPerNode } = heldOnNode(variant, loadOfSize(nodes, podsPerNode, services))
    const endpoints = count * endpointsPerService
    return { services: count, endpoints, rulesPerNode, mapEntriesPerNode, ...proxyMeets(variant, services, endpoints) }
  })
}

/** What kube-proxy's rules cost, where there are any. */
function proxyMeets(variant: Variant, services: readonly Service[], endpoints: number): Pick<ServiceSize, 'rulesTried' | 'syncSeconds'> {
  const service = services.at(-1)
  if (!hasKubeProxy(variant) || service === undefined) return {}
  const { mode } = variant.settings.kubeProxy
  const port = service.ports[0]!
  const tried = rulesTried(mode, services, { service, port, kind: 'cluster', usable: port.backends, backend: port.backends.at(-1) })
  if (mode === 'ipvs') return { rulesTried: tried }
  return { rulesTried: tried, syncSeconds: serviceSyncSeconds(mode, services.length, endpoints, false) }
}

function plainService(address: Ipv4Address, index: number, endpoints: number): Service {
  const backends = Array.from({ length: endpoints }, (_, endpoint) => (
    { pod: index * endpoints + endpoint, port: 8080, conditions: READY, zones: undefined, nodes: undefined }
  ))
  return {
    reference: `default/service-${index}`, labels: {}, type: 'ClusterIP', address, externalAddresses: [],
    ports: [{ port: 80, protocol: 'TCP', nodePort: undefined, backends }],
    hasAffinity: false, affinitySeconds: 0, isLocal: false, isExternalLocal: false, healthCheckNodePort: undefined, hasSourceRanges: false, distribution: undefined,
  }
}
