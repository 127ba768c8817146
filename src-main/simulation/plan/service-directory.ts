import type { Lab, Variant } from '#shared/lab/index'
import type { Ipv4Address } from '#shared/units/index'
import { IP_PROTOCOL } from '#shared/wire/index'

import type { CniNetwork, Endpoint } from '../cni/common/index'
import type { Pod } from '../kubernetes/index'
import {
  chooseBackend,
  CiliumMaglev,
  drawOf,
  frontendFor,
  keyOf,
  labServices,
  nodePortService,
  nodeZones,
  portOf,
  serviceAt,
  usableBackends,
  type Asker,
  type Backend,
  type BackendPlaces,
  type Frontend,
  type Service,
  type ServicePort,
} from '../services/index'
import { translatesInPrograms } from './service-steps'

/** A service on a connection's way, and the backend that the connection gets. */
export interface AskedService {
  readonly service: Service
  readonly port: ServicePort
  /** Where it is asked; undefined of a headless one, whose name is the backend's. */
  readonly frontend: Frontend | undefined
  /** The backends that the connection may get, and the one that it gets; undefined where the policy Local leaves none. */
  readonly usable: readonly Backend[]
  readonly backend: Backend | undefined
  /** The node at which the connection arrives and is translated; undefined where that is the client's own. */
  readonly entry: number | undefined
}

/** What is asked. */
export interface ServiceRequest {
  readonly client: Endpoint
  readonly protocol: 'TCP' | 'UDP'
  /** What tells the connection from others: its backend and the node where it arrives are drawn from it. */
  readonly key: string
  /** How often nodes have forgotten the client's affinity to a service; never unless given. */
  readonly generation?: (service: Service) => number
  /** The client's port, where it is known. */
  readonly sourcePort?: number
}

/** The chart's own seed of Maglev's hashes (`maglev.hashSeed`). */
const HASH_SEED = 'JLfvgnHc2kaSUFaI'

/** What a directory is made of. */
export interface DirectoryParts {
  readonly lab: Lab
  readonly variant: Variant
  readonly pods: readonly Pod[]
  readonly network: CniNetwork
  /** Underlay addresses of nodes, then of external hosts. */
  readonly hostAddresses: readonly Ipv4Address[]
}

/** The label by which a node stays out of load balancing (service controller, LabelNodeExcludeBalancers). */
const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers'

/** A lab's services as a variant answers for them: who asks what, and what becomes of it. */
export class ServiceDirectory {
  readonly services: readonly Service[]
  private readonly lab: Lab
  private readonly variant: Variant
  private readonly network: CniNetwork
  private readonly places: BackendPlaces
  private readonly hostAddresses: readonly Ipv4Address[]
  /** Of variants that go by Maglev for what comes from outside. */
  private readonly maglev: CiliumMaglev | undefined

  constructor({ lab, variant, pods, network, hostAddresses }: DirectoryParts) {
    this.services = labServices(lab, pods)
    this.hostAddresses = hostAddresses
    this.lab = lab
    this.variant = variant
    this.network = network
    this.maglev = maglevOf(variant)
    this.places = { pods, nodeNames: lab.nodes.map(({ name }) => name), zones: nodeZones(lab) }
  }

  /** The service of a name, `namespace/name`. */
  named(reference: string): Service | undefined {
    return this.services.find((service) => service.reference === reference)
  }

  /** The service that has an address of its own, or one that nodes announce. */
  at(address: Ipv4Address): Service | undefined {
    return serviceAt(this.services, address)
  }

  /** The service that answers at a port of every node. */
  atNodePort(protocol: ServiceRequest['protocol'], nodePort: number): ReturnType<typeof nodePortService> {
    return nodePortService(this.services, protocol, nodePort)
  }

  /**
   * What becomes of a connection to a service: from outside at an address that nodes announce (`address`, or the first), from
   * inside at its own unless `address` names another. Else why there is none.
   */
  ask(service: Service, wanted: number | undefined, request: ServiceRequest, address?: Ipv4Address): AskedService | string {
    if (service.type === 'ExternalName') return `service ${service.reference} is a name for another one (ExternalName), which is not modelled yet`
    const port = portOf(service, request.protocol, wanted)
    if (port === undefined) return `service ${service.reference} has no ${request.protocol} port ${wanted ?? ''}`.trimEnd()
    const isOutside = request.client.kind === 'external'
    const isExternal = address !== undefined && address !== service.address
    const frontend: Frontend | undefined = isExternal
      ? { kind: 'external', address, port: port.port }
      : frontendFor(service, port, isOutside)
    if (isOutside && frontend?.kind !== 'external') return this.unreachable(service, port)
    if (isOutside && service.hasSourceRanges) return `service ${service.reference} limits its clients (loadBalancerSourceRanges), which is not modelled yet`
    const entry = isOutside ? this.announcer(service, port, request.key) : undefined
    if (entry === 'nobody') return `no node announces service ${service.reference}: none has an endpoint of it`
    return this.answer({ service, port, frontend, entry }, request)
  }

  /** What becomes of a connection to a service's port of a node. */
  askNode(node: number, nodePort: number, request: ServiceRequest): AskedService | string {
    const found = this.atNodePort(request.protocol, nodePort)
    if (found === undefined) return `no service has the ${request.protocol} node port ${nodePort}`
    const { client } = request
    const isOwn = client.kind !== 'external' && (client.host === node || this.atSockets(request))
    const frontend: Frontend = { kind: 'node-port', address: this.hostAddresses[node]!, port: nodePort }
    return this.answer({ ...found, frontend, entry: isOwn ? undefined : node }, request)
  }

  private answer(asked: Pick<AskedService, 'service' | 'port' | 'frontend' | 'entry'>, request: ServiceRequest): AskedService | string {
    const { service, port, entry } = asked
    const node = entry ?? request.client.host
    const usable = usableBackends(port, this.places, { node, isLocal: this.isLocal(asked, request), usesHints: this.usesHints() })
    const backend = this.choose(asked, usable, request)
    if (backend === undefined && (entry === undefined || port.backends.length === 0)) {
      return `service ${service.reference} has no endpoint${port.backends.length === 0 ? '' : ' for a client on its node'}`
    }
    return { ...asked, usable, backend }
  }

  /** The backend of a connection out of those that it may get: where the variant goes by Maglev, what comes from outside gets its by that. */
  choose(asked: Pick<AskedService, 'service' | 'port' | 'frontend' | 'entry'>, usable: readonly Backend[], request: Omit<ServiceRequest, 'protocol'>): Backend | undefined {
    const { service, entry } = asked
    const { client, key, generation } = request
    const asker = { node: entry ?? client.host, host: client.host, pod: client.pod, key, generation: service.hasAffinity ? (generation?.(service) ?? 0) : 0 }
    return entry === undefined || this.maglev === undefined ? chooseBackend(service, usable, asker) : this.byMaglev(this.maglev, asked, usable, asker, request)
  }

  /**
   * Whether only backends on the node that translates will do. kube-proxy lets what comes from inside the cluster to an
   * outside address use all (proxier.go, KUBE-EXT); programs go by the policy for the inside.
   */
  private isLocal({ service, frontend, entry }: Pick<AskedService, 'service' | 'frontend' | 'entry'>, { client }: ServiceRequest): boolean {
    if (client.kind === 'external') return service.isExternalLocal
    if (entry === undefined) return service.isLocal && (frontend?.kind === 'cluster' || frontend === undefined || translatesInPrograms(this.variant))
    const there: Endpoint = { kind: 'node', host: entry, pod: -1 }
    const seenAsPod = client.kind === 'pod' && this.network.connection(client, there)?.forward.translations.length === 0
    return service.isExternalLocal && !seenAsPod
  }

  /** Whether connect() is answered with a backend for node ports too, whichever node is asked. */
  private atSockets({ protocol, client }: ServiceRequest): boolean {
    if (!translatesInPrograms(this.variant)) return false
    return this.variant.cni === 'cilium' || protocol === 'TCP' || client.kind !== 'pod'
  }

  /** Cilium goes by hints only where it is told to (`loadBalancer.serviceTopology`). */
  private usesHints(): boolean {
    return this.variant.cni !== 'cilium' || this.variant.settings.loadBalancer.serviceTopology
  }

  /** By the entry of Cilium's table that the client's packet is hashed to; a run's ports are drawn, and with them the entry. */
  private byMaglev(maglev: CiliumMaglev, { service, port, frontend }: Pick<AskedService, 'service' | 'port' | 'frontend'>, usable: readonly Backend[], asker: Asker, { client, sourcePort }: Omit<ServiceRequest, 'protocol'>): Backend | undefined {
    const backends = usable.map(({ pod, port: own }) => ({
      address: this.network.podAddress(pod) ?? this.hostAddresses[this.places.pods[pod]!.node]!, port: own, protocol: port.protocol,
    }))
    const source = this.hostAddresses[client.host]!
    if (sourcePort !== undefined && !service.hasAffinity) {
      return usable[maglev.choose(backends, { source, sourcePort, destinationPort: frontend!.port, protocol: IP_PROTOCOL[port.protocol === 'UDP' ? 'udp' : 'tcp'] })]
    }
    const table = maglev.table(backends)
    return usable[table[drawOf(keyOf(service, asker), table.length)]!]
  }

  /** The node at which a connection from outside arrives: one of those that announce the service, each with the same chance. */
  private announcer(service: Service, port: ServicePort, key: string): number | 'nobody' {
    const nodes = this.announcers(service, port)
    return nodes[drawOf(`${key} arrives`, nodes.length)] ?? 'nobody'
  }

  /** Nodes that announce a service to the outside: all that take part, with local traffic those with a backend. */
  announcers(service: Service, port: ServicePort): number[] {
    return this.lab.nodes.flatMap(({ labels }, node) => {
      if (EXCLUDED in labels) return []
      if (!service.isExternalLocal) return [node]
      return usableBackends(port, this.places, { node, isLocal: true, usesHints: false }).length > 0 ? [node] : []
    })
  }

  private unreachable(service: Service, { nodePort }: ServicePort): string {
    const why = `service ${service.reference} has no address outside the cluster`
    return nodePort === undefined ? why : `${why}; send to a node and port ${nodePort}, which every node has for it`
  }
}

/** How Cilium goes by Maglev, where it replaces kube-proxy and is told to. */
function maglevOf(variant: Variant): CiliumMaglev | undefined {
  if (variant.cni !== 'cilium' || !translatesInPrograms(variant)) return undefined
  const { loadBalancer, maglev } = variant.settings
  return loadBalancer.algorithm === 'maglev' ? new CiliumMaglev(maglev.tableSize, HASH_SEED) : undefined
}
