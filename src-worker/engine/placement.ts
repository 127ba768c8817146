/**
 * On which core each thread runs. The kernel's scheduler keeps threads away from cores that are busy with interrupts
 * (update_irq_load_avg, kernel/sched/pelt.c) and from each other: a thread goes to the core of its host that has the
 * fewest claims, a claim being another thread or a receive queue that a flow's packets arrive in. Ties are drawn, per seed.
 */

import { coreTotal, FLOW_KIND, type FlowTable, type HostTable } from '#shared/plan/index'
import { RANDOM_USE, RandomStream } from './random'

/** What is known of arrivals: the core that a flow's packets interrupt, −1 where they cross no NIC. */
export type ArrivalCore = (flow: number, direction: number) => number

/** Chooses the core of every socket's thread; −1 on bare hosts. */
export function placeThreads(flows: FlowTable, hosts: HostTable, arrivalCore: ArrivalCore, seed: number): Int32Array {
  const claims = claimedByQueues(flows, hosts, arrivalCore)
  const draws = Array.from({ length: hosts.count }, (_, host) => new RandomStream(seed, RANDOM_USE.placement, host))
  const cores = new Int32Array(flows.count * 2).fill(-1)
  for (let socket = 0; socket < cores.length; socket++) {
    const flow = socket >> 1
    const host = (socket & 1) === 0 ? flows.clientHost[flow] : flows.serverHost[flow]
    const count = hosts.coreCount[host]
    if (count === 0 || flows.kind[flow] === FLOW_KIND.relay) continue
    const core = leastClaimed(claims, hosts.coreFirst[host], count, draws[host])
    cores[socket] = core
    claims[core]++
  }
  return cores
}

function claimedByQueues(flows: FlowTable, hosts: HostTable, arrivalCore: ArrivalCore): Int32Array {
  const claims = new Int32Array(coreTotal(hosts))
  for (let flow = 0; flow < flows.count; flow++) {
    for (let direction = 0; direction < 2; direction++) {
      const core = arrivalCore(flow, direction)
      if (core >= 0) claims[core]++
    }
  }
  return claims
}

function leastClaimed(claims: Int32Array, first: number, count: number, draw: RandomStream): number {
  let best = first
  let equals = 0
  for (let core = first; core < first + count; core++) {
    if (claims[core] > claims[best]) continue
    equals = claims[core] === claims[best] ? equals + 1 : 1
    // Reservoir sampling: each of the equals so far is kept with the same chance.
    if (equals === 1 || draw.below(equals) === 0) best = core
  }
  return best
}
