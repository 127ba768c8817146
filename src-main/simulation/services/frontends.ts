import type { Ipv4Address } from '#shared/units/index'

import type { Frontend, Service, ServicePort } from './service'

/** A service at an address of its own or a node's port. */
export interface FoundFrontend {
  readonly service: Service
  readonly port: ServicePort
  readonly frontend: Frontend
}

/** The port of a service with a protocol: the given one, else the first. */
export function portOf({ ports }: Service, protocol: string, port: number | undefined): ServicePort | undefined {
  return ports.find((candidate) => candidate.protocol === protocol && (port === undefined || candidate.port === port))
}

/**
 * Where a client asks a service that it names: inside the cluster at its cluster address, outside at the first address that
 * nodes announce for it. Undefined where the service has none; a headless one is not asked at an address.
 */
export function frontendFor(service: Service, { port }: ServicePort, isOutside: boolean): Frontend | undefined {
  const address = isOutside ? service.externalAddresses[0] : service.address
  return address === undefined ? undefined : { kind: isOutside ? 'external' : 'cluster', address, port }
}

/** The service that answers at a port of every node; undefined where none does. */
export function nodePortService(services: readonly Service[], protocol: string, nodePort: number): Omit<FoundFrontend, 'frontend'> | undefined {
  for (const service of services) {
    const port = service.ports.find((candidate) => candidate.protocol === protocol && candidate.nodePort === nodePort)
    if (port !== undefined) return { service, port }
  }
  return undefined
}

/** The service that has an address, of its own or announced by nodes. */
export function serviceAt(services: readonly Service[], address: Ipv4Address): Service | undefined {
  return services.find((service) => service.address === address || service.externalAddresses.includes(address))
}
