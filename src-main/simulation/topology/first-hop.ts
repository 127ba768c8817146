import type { Ipv4Address } from '#shared/units/index'

import { interfaceOf, interfacesOf, interfaceTowards } from './interfaces'
import { portsOfInterface, shareSubnet, type Topology } from './topology'

/** The element that packets of a host go to first on their way to another: that host on a link or subnet of both, else a router. */
export function firstHop(topology: Topology, from: number, to: number): number {
  return firstHopBy(topology, from, to, topology.hosts[to]!.address)
}

/** The same on the way to an address of the other host, by the interface that leads there. */
export function firstHopBy(topology: Topology, from: number, to: number, address: Ipv4Address): number {
  const { switches, hosts, adjacency } = topology
  const target = switches.length + to
  const out = interfaceTowards(hosts[from]!, address)
  const peers = portsOfInterface(topology, from, interfacesOf(hosts[from]!).findIndex(({ device }) => device === out.device)).map((port) => adjacency.peer[port]!)
  const isNear = shareSubnet(out, interfaceOf(hosts[to]!, address))
  return peers.includes(target) || isNear ? target : (peers[0] ?? target)
}
