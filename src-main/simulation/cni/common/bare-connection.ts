import { firstHop, type Topology } from '../../topology/index'
import type { ClusterView, Connection, Endpoint, Trip, TripSide } from './cni-model'
import { NIC_DEVICE, type FrameAddresses } from './device'
import { elementMac } from './mac'
import { BARE_HOST_RECEIVES, BARE_HOST_SENDS, BARE_LOOPBACK, type Path } from './path'

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
  const trip = (from: Endpoint, to: Endpoint): Trip => {
    const sameHost = from.host === to.host
    const addresses = { source: addressOf(cluster.topology, from), destination: addressOf(cluster.topology, to) }
    return {
      transmit: sameHost ? pathsOf(from).loopback : pathsOf(from).sends,
      receive: sameHost ? undefined : pathsOf(to).receives,
      mtuBytes: sameHost ? LOOPBACK_MTU : interfaceMtu(cluster, from.host),
      addresses,
      translated: addresses,
      tunnels: [],
      frames: (_: TripSide, device: string) => hostFrame(cluster.topology, from, to, device),
    }
  }
  return {
    clientAddress: addressOf(cluster.topology, client),
    serverAddress: addressOf(cluster.topology, server),
    forward: trip(client, server),
    reverse: trip(server, client),
  }
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
