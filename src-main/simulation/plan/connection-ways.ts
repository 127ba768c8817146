import type { Variant } from '#shared/lab/index'
import type { DropReason } from '#shared/plan/index'
import type { Ipv4Address } from '#shared/units/index'

import type { CniNetwork, Connection, Endpoint, Trip } from '../cni/common/index'
import { rulesTried, type Service } from '../services/index'
import { cutBehindService } from './path-edit'
import type { AskedService } from './service-directory'
import { serviceWay, type ServiceOnWay, type ServiceSteps } from './service-steps'

/** The ways of a connection, with the service that it goes by. */
export interface ConnectionWays {
  /** Between client and server; where a node between them forwards, between client and that node. */
  readonly outer: Connection
  /** Between the node that forwards and the server. */
  readonly inner: Connection | undefined
  /** The node at which what comes for a service arrives; undefined where that is the client's own. */
  readonly entry: Endpoint | undefined
  /** The server whom policies at the client see, and the client whom those at the server see. */
  readonly seenServer: Endpoint
  readonly seenClient: Endpoint
  /** The node's address that the server sees in place of the client's; undefined where it sees the client's. */
  readonly masqueradedAs: Ipv4Address | undefined
  /** The port that the client's packets on the wire ask for; undefined where that is the server's own. */
  readonly askedPort: number | undefined
  /** The leg to the server of the packet that opens the connection, where it is another. */
  readonly opening: Trip | undefined
  /** Whether answers go from the server straight to the client. */
  readonly answersDirectly: boolean
  /** Why the packets end where they arrive. */
  readonly drop: DropReason | undefined
}

/** What ways are found in. */
export interface WayPlaces {
  readonly variant: Variant
  readonly network: CniNetwork
  readonly services: readonly Service[]
  readonly steps: ServiceSteps
  /** Underlay addresses of nodes, then of external hosts. */
  readonly hostAddresses: readonly Ipv4Address[]
}

/** The ways of a connection from a client to a server, which a service may stand for; undefined where there are none. */
export function connectionWays(
  places: WayPlaces,
  { client, server, service: asked }: { client: Endpoint; server: Endpoint; service?: AskedService | undefined },
  transport: 'tcp' | 'udp' | 'icmp',
): ConnectionWays | undefined {
  if (asked?.entry !== undefined) {
    const entry: Endpoint = { kind: 'node', host: asked.entry, pod: -1 }
    return waysByPrograms(places, [client, entry, server], asked, transport) ?? waysByEntry(places, client, entry, server, asked)
  }
  const way = serviceWay(places.variant, client.kind, transport)
  const hairpin = client.pod >= 0 && client.pod === server.pod && asked?.frontend !== undefined && way !== 'bpf-connect'
  if (hairpin) return waysOfHairpin(places, client, asked, way)
  const direct = places.network.connection(client, server)
  if (direct === undefined) return undefined
  const onWay = asked && serviceOnWay(places, direct, asked, way)
  const outer = onWay === undefined ? direct : places.steps.through(direct, onWay)
  return directWays(outer, client, server)
}

/** The ways of a connection that no other node has a part in. */
export function directWays(outer: Connection, client: Endpoint, server: Endpoint): ConnectionWays {
  return { outer, inner: undefined, entry: undefined, seenServer: server, seenClient: client, masqueradedAs: undefined, askedPort: undefined, ...PLAIN }
}

/** Ways that nothing marks or ends. */
const PLAIN = { opening: undefined, answersDirectly: false, drop: undefined } as const

/** The ways of a pod that is its own backend: out and back in, from an address that is not its own so that it answers. */
function waysOfHairpin(places: WayPlaces, pod: Endpoint, asked: AskedService, way: ServiceOnWay['way']): ConnectionWays | undefined {
  const around = places.network.hairpin(pod)
  if (around === undefined) return undefined
  const onWay = serviceOnWay(places, around.connection, asked, way)!
  const outer = places.steps.around(around.connection, { ...onWay, seenAs: around.seenAs }, around.stopped?.before)
  return { ...directWays(outer, pod, pod), masqueradedAs: around.seenAs, drop: around.stopped?.reason }
}

/** What a service does on the way to its backend; nothing where it is headless. */
function serviceOnWay({ variant, services }: WayPlaces, { serverAddress }: Connection, asked: AskedService, way: ServiceOnWay['way']): ServiceOnWay | undefined {
  const { service, port, frontend, usable, backend } = asked
  if (frontend === undefined) return undefined
  const rules = rulesTried(variant.settings.kubeProxy.mode, services, { service, port, kind: frontend.kind, usable, backend })
  return { frontend, backend: { address: serverAddress, port: backend?.port ?? frontend.port }, way, rules, seenAs: undefined }
}

/** The ways where programs on the node answer for services; undefined where kube-proxy does. */
function waysByPrograms(
  places: WayPlaces,
  [client, entry, server]: readonly [Endpoint, Endpoint, Endpoint],
  { frontend, backend }: AskedService,
  transport: 'tcp' | 'udp' | 'icmp',
): ConnectionWays | undefined {
  if (frontend === undefined || backend === undefined) return undefined
  const ends = { frontend, backend: { address: backendAddress(places, server), port: backend.port }, transport }
  const served = places.network.serving(client, entry, server, ends)
  if (served === undefined) return undefined
  const { seenAs, ...ways } = served
  const seenClient = seenAs === undefined ? client : entry
  return { ...ways, entry, seenServer: entry, seenClient, masqueradedAs: seenAs, askedPort: frontend.port, drop: undefined }
}

function waysByEntry(places: WayPlaces, client: Endpoint, entry: Endpoint, server: Endpoint, asked: AskedService): ConnectionWays | undefined {
  const entrance = places.network.entering(client, entry, server)
  if (entrance === undefined) return undefined
  const ends = { entry, seenServer: entry, askedPort: asked.frontend?.port }
  const onWay = serviceOnWay(places, entrance.inner ?? { ...entrance.outer, serverAddress: backendAddress(places, server) }, asked, 'netfilter')!
  // MASQUERADE is in POSTROUTING, which what stays in the node's own stack never sees.
  const masquerades = entrance.inner !== undefined || (server.kind === 'pod' && !asked.service.isExternalLocal)
  const masqueradedAs = masquerades ? entrance.nodeAddress : undefined
  const ways = places.steps.atEntry(entrance, { ...onWay, seenAs: masqueradedAs })
  if (asked.backend !== undefined) return { ...ways, ...ends, masqueradedAs, seenClient: masquerades ? entry : client, ...PLAIN }
  const receive = places.network.refusing ?? cutBehindService(ways.outer.forward.receive!)
  const { translations } = entrance.outer.forward
  const outer = { ...ways.outer, forward: { ...ways.outer.forward, receive, translations } }
  return { outer, inner: undefined, ...ends, masqueradedAs: undefined, seenClient: client, ...PLAIN, drop: 'no-local-endpoint' }
}

function backendAddress({ network, hostAddresses }: WayPlaces, { kind, pod, host }: Endpoint): Ipv4Address {
  return (kind === 'pod' ? network.podAddress(pod) : undefined) ?? hostAddresses[host]!
}
