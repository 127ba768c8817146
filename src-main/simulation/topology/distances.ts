import { portsOf, type Topology } from './topology'

/** No path. */
const UNREACHABLE = -1

/**
 * Hops from every switch to the nearest of `targets`, over links between switches: hosts do not forward for others.
 * −1 where there is no path.
 */
export function switchDistances(topology: Topology, targets: readonly number[]): Int32Array {
  const count = topology.switches.length
  const distance = new Int32Array(count).fill(UNREACHABLE)
  const queue = [...targets]
  for (const target of targets) distance[target] = 0
  for (let head = 0; head < queue.length; head++) {
    const element = queue[head]!
    for (const port of portsOf(topology.adjacency, element)) {
      const peer = topology.adjacency.peer[port]!
      if (peer >= count || distance[peer] !== UNREACHABLE) continue
      distance[peer] = distance[element]! + 1
      queue.push(peer)
    }
  }
  return distance
}
