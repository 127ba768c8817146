import type { DisciplineKind } from '#shared/lab/index'
import type { CountingDataPlane } from '#shared/plan/index'
import { ipv4PrefixContains, type Ipv4Address } from '#shared/units/index'

import type { Pod } from '../../kubernetes/index'
import { interfaceTowards, type PodRoute } from '../../topology/index'
import {
  addressOf,
  BARE_HOST_PATHS,
  forwarded,
  hostConnection,
  hostEntrance,
  hostFrame,
  interfaceMtu,
  withEntry,
} from './bare-connection'
import { Arrivals } from './arrivals'
import type { ClusterView, CniNetwork, Connection, Endpoint, Entrance, Hairpin, Neighbour, Refusal, ServedEnds, ServedEntrance, Stray, Trip } from './cni-model'
import type { Datapath } from './datapath'
import { LOOPBACK_DEVICE, NIC_DEVICE, POD_DEVICE, type DeviceTable } from './device'
import { servedLocally, servedRemotely } from './entry-programs'
import { OnInterfaces } from './on-interfaces'
import type { Path } from './path'
import { reversePathCheck } from './reverse-path'
import type { TrackingModel } from './tracking'

/** A plugin at work: finds the ways between any two ends. */
export class ClusterNetwork implements CniNetwork {
  readonly memory: string
  readonly dataPlane?: CountingDataPlane
  readonly tracking: TrackingModel
  readonly devices: DeviceTable
  readonly podRoutes: readonly PodRoute[]
  readonly refusing: Path | undefined
  readonly largestTrainBytes?: number
  readonly limitsEgress: boolean
  readonly discipline?: DisciplineKind
  private readonly cluster: ClusterView
  private readonly datapath: Datapath
  private readonly arrivals: Arrivals
  private readonly interfaces: OnInterfaces

  constructor(cluster: ClusterView, datapath: Datapath) {
    this.cluster = cluster
    this.datapath = datapath
    this.memory = datapath.memory
    this.tracking = datapath.tracking
    if (datapath.dataPlane !== undefined) this.dataPlane = datapath.dataPlane
    this.devices = datapath.devices
    this.podRoutes = datapath.podRoutes
    this.refusing = datapath.entryPrograms?.refuses
    if (datapath.largestTrainBytes !== undefined) this.largestTrainBytes = datapath.largestTrainBytes
    this.limitsEgress = datapath.limitsEgress === true
    if (datapath.discipline !== undefined) this.discipline = datapath.discipline
    const podGateway = datapath.podGateway ?? ((host: number) => cluster.topology.hosts[host]!.address)
    this.interfaces = new OnInterfaces(cluster.topology, podGateway)
    const reversePath = reversePathCheck(cluster, {
      podGateway,
      deviceBack: (at, to) => routeDevice(datapath.carrier(at, to).paths.nodeSends),
      ...(datapath.reversePathsUnchecked !== undefined && { unchecked: datapath.reversePathsUnchecked }),
    })
    this.arrivals = new Arrivals([...reversePath, ...(datapath.arrivalChecks ?? [])])
  }

  connection(client: Endpoint, server: Endpoint): Connection | undefined {
    if (client.kind !== 'pod' && server.kind !== 'pod') {
      const { node } = this.datapath.paths
      return hostConnection(this.cluster, client, server, ({ kind }) => (kind === 'node' ? node : BARE_HOST_PATHS))
    }
    if (client.kind === 'external') return undefined
    if (client.pod === server.pod) return this.withinPod(client)
    if (client.host === server.host) return this.onOneNode(client, server)
    return server.kind === 'pod' ? this.betweenNodes(client, server) : this.toOutside(client, server)
  }

  entering(client: Endpoint, entry: Endpoint, server: Endpoint): Entrance | undefined {
    const { paths } = this.datapath
    const outer = this.connection(client, entry)
    if (outer === undefined) return undefined
    if (server.kind !== 'pod') return hostEntrance(this.cluster, outer, entry, server, paths)
    const frames = { there: this.frames(client, server), back: this.frames(server, client) }
    if (entry.host === server.host) {
      const { out, back } = paths.outside.plain
      const { forward, reverse, ...ends } = withEntry(outer, back, out)
      return {
        outer: {
          ...ends,
          forward: { ...forward, frames: frames.there },
          reverse: { ...reverse, frames: frames.back, mtuBytes: this.datapath.podMtu(server.host) },
        },
        inner: undefined,
        nodeAddress: this.nodeAddress(entry),
      }
    }
    const carrier = this.datapath.carrier(entry, server)
    const { forwardSends: sends, forwardReceives: receives } = carrier.paths
    return {
      ...forwarded(outer, this.betweenNodes(entry, server), paths.forwards, { sends, receives }),
      nodeAddress: carrier.nodeAddress(entry.host),
    }
  }

  serving(client: Endpoint, entry: Endpoint, server: Endpoint, ends: ServedEnds): ServedEntrance | undefined {
    const { entryPrograms } = this.datapath
    const outer = entryPrograms && this.connection(client, entry)
    if (entryPrograms === undefined || outer === undefined) return undefined
    const mtuBytes = server.kind === 'pod' ? this.datapath.podMtu(server.host) : interfaceMtu(this.cluster, server.host)
    if (entry.host === server.host) {
      const paths = entryPrograms.local(server)
      const { outer: served, ...rest } = servedLocally(outer, paths, ends, { mtuBytes, frames: this.frames(server, client) })
      return { ...rest, outer: { ...served, forward: { ...served.forward, frames: this.frames(client, server) } } }
    }
    const between = server.kind === 'pod' ? this.betweenNodes(entry, server) : this.connection(entry, server)!
    const straight = { mtuBytes, frames: this.frames(server, client) }
    return servedRemotely({ outer, between, straight }, entryPrograms.remote(entry, server, ends), ends)
  }

  onInterfaces(trip: Trip, from: Endpoint, to: Endpoint): Trip {
    return this.interfaces.place(trip, from, to)
  }

  stray(address: Ipv4Address): Stray | undefined {
    return this.datapath.strays?.ranges.some((range) => ipv4PrefixContains(range, address)) === true ? this.datapath.strays.way : undefined
  }

  refusal(trip: Trip, from: Endpoint, to: Endpoint): Refusal | undefined {
    return this.arrivals.refusal(trip, from, to)
  }

  hairpin(pod: Endpoint): Hairpin {
    const { hairpinAddress, hairpinStopped } = this.datapath
    return {
      connection: this.onOneNode(pod, pod),
      seenAs: hairpinAddress ?? this.nodeAddress(pod),
      ...(hairpinStopped !== undefined && { stopped: hairpinStopped }),
    }
  }

  neighbour(pod: Endpoint, to: Endpoint): Neighbour | undefined {
    const next = this.datapath.nextHop(pod, to)
    const frame = this.datapath.frame('sender', POD_DEVICE, pod, to)
    return next && frame && { ...next, askedFrom: frame.source, mac: frame.destination }
  }

  deviceName(device: string, pod: Pod): string {
    return this.datapath.deviceName(device, pod)
  }

  podAddress(pod: number): Ipv4Address {
    return this.datapath.podAddress(pod)
  }

  /** A pod to its own address: its loopback. */
  private withinPod(pod: Endpoint): Connection {
    const address = this.datapath.podAddress(pod.pod)
    const trip = { ...hostConnection(this.cluster, pod, pod, () => BARE_HOST_PATHS).forward, addresses: { source: address, destination: address } }
    return { clientAddress: address, serverAddress: address, forward: trip, reverse: trip }
  }

  private onOneNode(client: Endpoint, server: Endpoint): Connection {
    const { paths } = this.datapath
    const address = (end: Endpoint) => (end.kind === 'pod' ? this.datapath.podAddress(end.pod) : this.nodeAddress(end))
    const transmit = (from: Endpoint, to: Endpoint): Path => {
      if (to.kind !== 'pod') return paths.podToOwnNode
      return from.kind === 'pod' ? paths.podToLocalPod : paths.nodeToLocalPod
    }
    return this.connect(client, server, address, (from, to) => ({
      transmit: transmit(from, to),
      receive: undefined,
      tunnels: [],
    }))
  }

  private betweenNodes(client: Endpoint, server: Endpoint): Connection {
    const carrierFrom = (from: Endpoint) => this.datapath.carrier(from, from === client ? server : client)
    const address = (end: Endpoint) =>
      end.kind === 'pod' ? this.datapath.podAddress(end.pod) : carrierFrom(end).nodeAddress(end.host)
    return this.connect(client, server, address, (from, to) => {
      const carrier = carrierFrom(from)
      return {
        transmit: from.kind === 'pod' ? carrier.paths.podSends : carrier.paths.nodeSends,
        receive: to.kind === 'pod' ? carrier.paths.podReceives : carrier.paths.nodeReceives,
        tunnels: carrier.tunnels(from, to),
      }
    })
  }

  /** A connection whose packets keep their addresses. */
  private connect(
    client: Endpoint,
    server: Endpoint,
    address: (end: Endpoint) => Ipv4Address,
    way: (from: Endpoint, to: Endpoint) => Pick<Trip, 'transmit' | 'receive' | 'tunnels'>,
  ): Connection {
    const trip = (from: Endpoint, to: Endpoint): Trip => {
      const addresses = { source: address(from), destination: address(to) }
      return {
        ...way(from, to),
        mtuBytes: this.datapath.podMtu(from.host),
        addresses,
        translations: [],
        frames: this.frames(from, to),
      }
    }
    return {
      clientAddress: address(client),
      serverAddress: address(server),
      forward: trip(client, server),
      reverse: trip(server, client),
    }
  }

  /** A pod to another node or an external host; answers go back the same way. */
  private toOutside(client: Endpoint, server: Endpoint): Connection {
    const { paths } = this.datapath
    const masquerades = this.datapath.leavesAs(client, server) === 'node'
    const { out, back } = masquerades ? paths.outside.masqueraded : paths.outside.plain
    const stack = server.kind === 'node' ? paths.node : BARE_HOST_PATHS
    const pod = this.datapath.podAddress(client.pod)
    const there = this.nodeAddress(server)
    // MASQUERADE takes the address of the interface that the packet leaves by (net/netfilter/nf_nat_masquerade.c).
    const seenAs = masquerades ? interfaceTowards(this.cluster.topology.hosts[client.host]!, there).address : pod
    return {
      clientAddress: pod,
      serverAddress: there,
      forward: {
        transmit: out,
        receive: stack.receives,
        mtuBytes: this.datapath.podMtu(client.host),
        addresses: { source: pod, destination: there },
        translations: masquerades ? [{ source: seenAs }] : [],
        tunnels: [],
        frames: this.frames(client, server),
      },
      reverse: {
        ...(this.nodeRoutesBack(server, client, masquerades) ?? {
          transmit: stack.sends,
          receive: back,
          mtuBytes: interfaceMtu(this.cluster, server.host),
          tunnels: [],
        }),
        addresses: { source: there, destination: seenAs },
        translations: masquerades ? [{ destination: pod }] : [],
        frames: this.frames(server, client),
      },
    }
  }

  /** The way of a node's answers to a pod whose address it sees, where its route to the pod leads into a tunnel. */
  private nodeRoutesBack(node: Endpoint, pod: Endpoint, masquerades: boolean): Pick<Trip, 'transmit' | 'receive' | 'mtuBytes' | 'tunnels'> | undefined {
    if (node.kind !== 'node' || masquerades) return undefined
    const carrier = this.datapath.carrier(node, pod)
    const tunnels = carrier.tunnels(node, pod)
    if (tunnels.length === 0) return undefined
    return { transmit: carrier.paths.nodeSends, receive: carrier.paths.podReceives, mtuBytes: this.datapath.podMtu(node.host), tunnels }
  }

  private frames(from: Endpoint, to: Endpoint): Trip['frames'] {
    return (side, device) =>
      device === NIC_DEVICE || device === LOOPBACK_DEVICE
        ? hostFrame(this.cluster.topology, from, to, device)
        : this.datapath.frame(side, device, from, to)
  }

  private nodeAddress(end: Endpoint): Ipv4Address {
    return addressOf(this.cluster.topology, end)
  }
}

/** The device that a node's own packets leave by on a path. */
function routeDevice(path: Path): string {
  const steps = path.flatMap((pass) => pass.steps)
  return steps.find(({ stage }) => stage === 'ip-output')?.device ?? NIC_DEVICE
}
