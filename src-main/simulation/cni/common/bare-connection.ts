import { firstHop, interfaceTowards, type Topology } from '../../topology/index'
import type { ClusterView, Connection, Endpoint, Entrance, Trip, TripSide } from './cni-model'
import { NIC_DEVICE, type FrameAddresses } from './device'
import { elementMac } from './mac'
import { BARE_HOST_RECEIVES, BARE_HOST_SENDS, BARE_LOOPBACK, inline, NIC_SENDS, nicReceives, step, type Path } from './path'

/** Largest packet that loopback sends: its MTU is 65536, more than an IPv4 packet can have. */
const LOOPBACK_MTU = 65_535
/** Loopback's frames have addresses of zeros (Linux drivers/net/loopback.c). */
const LOOPBACK_FRAME: FrameAddresses = { source: 0, destination: 0 }

/** Paths of one kind of stack. */
export interface HostPaths {
  readonly sends: Path
  readonly receives: Path
  readonly loopback: Path
}

/** Ways through a node that forwards: up to where it knows the destination, and from there out of its NIC. */
export interface ForwardPaths {
  readonly arrives: Path
  readonly leaves: Path
}

/** A stack without a plugin's rules forwards; it tracks connections where something translates them. */
export const BARE_FORWARDS: ForwardPaths = {
  arrives: [nicReceives(false), inline([step('nf-conntrack', NIC_DEVICE)])],
  leaves: [inline([step('ip-forward', NIC_DEVICE), ...NIC_SENDS])],
}

/** A stack without netfilter rules. */
export const BARE_HOST_PATHS: HostPaths = {
  sends: BARE_HOST_SENDS,
  receives: BARE_HOST_RECEIVES,
  loopback: BARE_LOOPBACK,
}

/** The MTU of a host's interface. */
export function interfaceMtu({ nodes, topology }: ClusterView, host: number): number {
  const node = nodes[host]
  if (node !== undefined) return node.nic.mtu
  const link = topology.links.find(({ ends }) => ends[0] === topology.switches.length + host)
  return link?.endMtu[0] ?? LOOPBACK_MTU
}

/** A connection between two host stacks with their own addresses; `pathsOf` says which kind of stack a host has. */
export function hostConnection(
  cluster: ClusterView,
  client: Endpoint,
  server: Endpoint,
  pathsOf: (endpoint: Endpoint) => HostPaths,
): Connection {
  const serverAddress = addressOf(cluster.topology, server)
  // A socket that is not bound takes the address of the interface that leads to the other end.
  const clientAddress = client.host === server.host ? addressOf(cluster.topology, client) : interfaceTowards(cluster.topology.hosts[client.host]!, serverAddress).address
  const trip = (from: Endpoint, to: Endpoint): Trip => {
    const sameHost = from.host === to.host
    const isForward = from === client
    const addresses = isForward ? { source: clientAddress, destination: serverAddress } : { source: serverAddress, destination: clientAddress }
    return {
      transmit: sameHost ? pathsOf(from).loopback : pathsOf(from).sends,
      receive: sameHost ? undefined : pathsOf(to).receives,
      mtuBytes: sameHost ? LOOPBACK_MTU : interfaceMtu(cluster, from.host),
      addresses,
      translations: [],
      tunnels: [],
      frames: (_: TripSide, device: string) => hostFrame(cluster.topology, from, to, device),
    }
  }
  return { clientAddress, serverAddress, forward: trip(client, server), reverse: trip(server, client) }
}

/** The ways by a node to a host stack on that node or on another one, between stacks with their own addresses. */
export function hostEntrance(
  cluster: ClusterView,
  outer: Connection,
  entry: Endpoint,
  server: Endpoint,
  paths: { readonly node: HostPaths; readonly forwards: ForwardPaths },
): Entrance {
  const { node, forwards } = paths
  const nodeAddress = addressOf(cluster.topology, entry)
  if (entry.host === server.host) return { outer: withEntry(outer, node.receives, node.sends), inner: undefined, nodeAddress }
  const inner = hostConnection(cluster, entry, server, () => node)
  return { ...forwarded(outer, inner, forwards, { sends: forwards.leaves, receives: forwards.arrives }), nodeAddress }
}

/** The two connections that a node joins: what it takes from one it puts on the other. */
export function forwarded(
  outer: Connection,
  inner: Connection,
  { arrives, leaves }: ForwardPaths,
  { sends, receives }: { readonly sends: Path; readonly receives: Path },
): Pick<Entrance, 'outer' | 'inner'> {
  return {
    outer: withEntry(outer, arrives, leaves),
    inner: {
      ...inner,
      forward: { ...inner.forward, transmit: sends },
      reverse: { ...inner.reverse, receive: receives },
    },
  }
}

/** A connection with other ways on the host of its server. */
export function withEntry({ forward, reverse, ...connection }: Connection, receive: Path, transmit: Path): Connection {
  return { ...connection, forward: { ...forward, receive }, reverse: { ...reverse, transmit } }
}

/** The addresses of a frame that a host sends by its NIC or loopback. */
export function hostFrame(topology: Topology, from: Endpoint, to: Endpoint, device: string): FrameAddresses {
  if (device !== NIC_DEVICE) return LOOPBACK_FRAME
  return {
    source: elementMac(topology.switches.length + from.host),
    destination: elementMac(firstHop(topology, from.host, to.host)),
  }
}

/** The underlay address of an end's host. */
export function addressOf(topology: Topology, { host }: Endpoint) {
  return topology.hosts[host]!.address
}
