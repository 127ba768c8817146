import type { Topology } from '#main/simulation/topology/index'
import { prefixLookup } from '#shared/lookup/index'
import type { ForwardingTable } from '#shared/plan/index'

/**
 * Every way the tries send a packet from one host to another, as lists of elements; a way that ends without a route ends
 * in −1. Follows all members of every group.
 */
export function walkRoutes(topology: Topology, table: ForwardingTable, from: number, to: number): number[][] {
  const first = topology.switches.length
  const destination = topology.hosts[to]!.address
  const walk = (path: readonly number[]): number[][] => {
    const element = path.at(-1)!
    if (element === first + to) return [[...path]]
    // No shortest path visits an element twice; a loop shows as a path that is too long.
    if (path.length > first + 2) return [[...path]]
    const value = prefixLookup(table.tries, table.root[element]!, destination)
    if (value < 0) return [[...path, -1]]
    const group = value >> 1
    const ports = table.groupPorts.subarray(table.groupFirst[group], table.groupFirst[group + 1])
    return Array.from(ports).flatMap((port) => walk([...path, topology.adjacency.peer[port]!]))
  }
  return walk([first + from])
}
