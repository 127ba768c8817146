import type { TransportProtocol } from '#shared/contract/trace'
import type { Lab, Variant } from '#shared/lab/index'
import { parseIpv4Address } from '#shared/units/index'

import { podEnd, type CniNetwork, type Endpoint, type Trip } from '../cni/common/index'
import type { Pod } from '../kubernetes/index'
import { connectionWays, ServiceDirectory, ServiceSteps, serviceText, type AskedService, type ConnectionWays } from '../plan/index'
import type { Topology } from '../topology/index'

/** What ends and services are looked up in. */
export interface ServicePlaces {
  readonly lab: Lab
  readonly variant: Variant
  readonly pods: readonly Pod[]
  readonly network: CniNetwork
  readonly topology: Topology
}

/** A connection to trace, by way of a service or not. */
export interface TracedWays {
  readonly ways: ConnectionWays
  readonly server: Endpoint
  /** The port that the client's socket asks for, and the one that the server listens on. */
  readonly askedPort: number
  readonly serverPort: number
  /** What the service decided, in words. */
  readonly decision: string | undefined
}

/** What is asked. */
interface ServiceRequest {
  readonly client: Endpoint
  readonly to: string
  readonly protocol: TransportProtocol
  readonly port: number | undefined
  readonly clientPort: number
}

/** The services of a lab as a variant answers for them. */
export function tracedDirectory({ lab, variant, pods, network, topology }: ServicePlaces): ServiceDirectory {
  return new ServiceDirectory({ lab, variant, pods, network, hostAddresses: topology.hosts.map(({ address }) => address) })
}

/**
 * The connection of a client that asks a service, by name (`service/ns/name`), at an address of it, or at its port of a node
 * (`node/name`). Else why there is none; undefined where no service is asked.
 */
export function connectService(places: ServicePlaces, request: ServiceRequest): TracedWays | string | undefined {
  const directory = tracedDirectory(places)
  const asked = ask(places, directory, request)
  if (asked === undefined || typeof asked === 'string') return asked === undefined ? undefined : sentence(asked)
  const { backend, frontend, entry } = asked
  const server: Endpoint = backend === undefined ? { kind: 'node', host: entry!, pod: -1 } : podEnd(places.pods, backend.pod)
  const steps = new ServiceSteps()
  const { variant, network } = places
  const { client, protocol } = request
  const hostAddresses = places.topology.hosts.map(({ address: own }) => own)
  const ways = connectionWays({ variant, network, services: directory.services, steps, hostAddresses }, { client, server, service: asked }, protocol)
  if (ways === undefined) return `The service ${asked.service.reference} is known inside the cluster only.`
  const serverPort = backend?.port ?? asked.port.port
  // A socket whose connect() was answered with a backend sends to the backend's port from the start.
  const isTranslated = ways.outer.serverAddress === frontend?.address
  return { ways, server, askedPort: isTranslated ? frontend.port : serverPort, serverPort, decision: serviceText(asked, places.pods) }
}

function ask({ lab, topology }: ServicePlaces, directory: ServiceDirectory, { client, to, protocol, port, clientPort }: ServiceRequest): AskedService | string | undefined {
  const request = { client, protocol: protocol === 'udp' ? 'UDP' : 'TCP', key: 'trace', sourcePort: clientPort } as const
  const address = parseIpv4Address(to)
  const named = /^service\/(.+)$/u.exec(to)?.[1]
  const service = named === undefined ? (address.ok ? directory.at(address.value) : undefined) : directory.named(named)
  if (service !== undefined) {
    if (protocol === 'icmp') return `service ${service.reference} answers no echo requests`
    return directory.ask(service, port, request, address.ok ? address.value : undefined)
  }
  const node = lab.nodes.findIndex(({ name }, index) => to === `node/${name}` || (address.ok && topology.hosts[index]!.address === address.value))
  if (node < 0 || port === undefined || protocol === 'icmp' || directory.atNodePort(request.protocol, port) === undefined) return undefined
  return directory.askNode(node, port, request)
}

function sentence(why: string): string {
  return `${why.charAt(0).toUpperCase()}${why.slice(1)}.`
}

/** The port that a node puts in place of a client's: MASQUERADE --random-fully draws one of those that Linux gives out. */
const NODE_PORT = 50_000

/** The ways with the ports that a node which masquerades puts in, and the client's port as the server sees it. */
export function portsSeen(ways: ConnectionWays, clientPort: number): { readonly ways: ConnectionWays; readonly clientPort: number } {
  const { outer, inner, masqueradedAs } = ways
  if (masqueradedAs === undefined) return { ways, clientPort }
  const there = (trip: Trip): Trip => ({
    ...trip,
    translations: trip.translations.map((each) => (each.source === masqueradedAs ? { ...each, sourcePort: NODE_PORT } : each)),
  })
  const back = (trip: Trip): Trip => {
    // The first translation on the node itself gives the client's address back.
    const at = trip.translations.findIndex(({ destination }) => destination !== undefined)
    return { ...trip, translations: trip.translations.map((each, index) => (index === at ? { ...each, destinationPort: clientPort } : each)) }
  }
  const changed =
    inner === undefined
      ? { outer: { ...outer, forward: there(outer.forward), reverse: back(outer.reverse) }, inner }
      : { outer, inner: { ...inner, forward: there(inner.forward), reverse: back(inner.reverse) } }
  return { ways: { ...ways, ...changed }, clientPort: NODE_PORT }
}
