import type { TracedProtocol } from '#shared/contract/trace'
import type { Lab, Variant } from '#shared/lab/index'
import { formatIpv4Address } from '#shared/units/index'

import type { CniNetwork, Connection, Endpoint } from '../cni/common/index'
import type { Pod } from '../kubernetes/index'
import { ServiceSteps, serviceWay } from '../plan/index'
import { chooseBackend, labServices, rulesTried, type Service } from '../services/index'

/** A connection by way of a service, to the backend that it gets. */
export interface ServedConnection {
  readonly connection: Connection
  readonly server: Endpoint
  /** The port that the client's socket asks for, and the one that the backend listens on. */
  readonly askedPort: number
  readonly backendPort: number
}

/** What a service is looked up in. */
interface ServicePlaces {
  readonly lab: Lab
  readonly variant: Variant
  readonly pods: readonly Pod[]
  readonly network: CniNetwork
}

/** What is asked of a service. */
interface ServiceRequest {
  readonly client: Endpoint
  readonly protocol: TracedProtocol
  readonly port: number | undefined
}

/** Whether a reference names a service: `service/ns/name`, or its address. The service, or undefined. */
export function findService(lab: Lab, pods: readonly Pod[], reference: string): Service | undefined {
  return labServices(lab, pods).find(
    ({ reference: name, address }) =>
      reference === `service/${name}` || (address !== undefined && reference === formatIpv4Address(address)),
  )
}

/** The connection of a client that asks a service, or why there is none. */
export function connectService(service: Service, { lab, variant, pods, network }: ServicePlaces, request: ServiceRequest): ServedConnection | string {
  const { client, protocol } = request
  const name = `The service ${service.reference}`
  if (protocol === 'icmp') return `${name} answers no echo requests.`
  const port = service.ports.find((candidate) => candidate.protocol.toLowerCase() === protocol && candidate.port === (request.port ?? candidate.port))
  if (port === undefined) return `${name} has no ${protocol.toUpperCase()} port ${request.port ?? ''}`.trimEnd().concat('.')
  const backend = chooseBackend(service, port, pods, { node: client.host, pod: client.pod, key: 'trace' })
  if (backend === undefined) return `${name} has no endpoint for a client there.`
  const server: Endpoint = { kind: 'pod', host: pods[backend.pod]!.node, pod: backend.pod }
  const direct = network.connection(client, server)
  if (direct === undefined) return `${name} is known inside the cluster only.`
  if (service.address === undefined) return { connection: direct, server, askedPort: backend.port, backendPort: backend.port }
  const way = serviceWay(variant, client.kind, protocol)
  const rules = rulesTried(variant.settings.kubeProxy.mode, labServices(lab, pods), service, port, backend)
  const connection = new ServiceSteps().through(direct, { address: service.address, way, rules })
  // A socket whose connect() was answered with a backend sends to the backend's port from the start.
  const askedPort = way === 'bpf-connect' ? backend.port : port.port
  return { connection: withPorts(connection, askedPort, backend.port), server, askedPort, backendPort: backend.port }
}

/** The connection whose translation is of ports too. */
function withPorts(connection: Connection, asked: number, backend: number): Connection {
  if (asked === backend) return connection
  const { forward, reverse } = connection
  return {
    ...connection,
    forward: { ...forward, translatedPorts: { destination: backend } },
    reverse: { ...reverse, translatedPorts: { source: asked } },
  }
}
