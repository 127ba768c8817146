/** Where rows of flows arrive from the wire at first: the receive queue that their header's hash leads to, and its core. */

import type { RowEnds, RunPlan } from '#shared/plan/index'
import type { HeaderWriter } from '../network/header-writer'
import type { ReceiveQueues } from './receive-queues'

const NONE = -1

/** What arrivals are told from. */
export interface ArrivalParts {
  readonly plan: RunPlan
  readonly ends: RowEnds
  readonly headers: HeaderWriter
  readonly queues: ReceiveQueues
}

/** Core that a row's packets interrupt where they arrive from the wire; −1 if they cross none or the host is bare. */
export function arrivalCore(row: number, parts: ArrivalParts): number {
  const queue = arrivalQueue(row, parts)
  return queue === NONE ? NONE : parts.queues.coreOf[queue]
}

/** The receive queues that each traffic entry's packets arrive in, as `node queue`, sorted. */
export function arrivalNames(parts: ArrivalParts): string[][] {
  const { flows, labels } = parts.plan
  const names = labels.traffic.map(() => new Set<string>())
  for (let row = 0; row < flows.count * 2; row++) {
    const queue = arrivalQueue(row, parts)
    if (queue === NONE) continue
    const host = labels.hosts[parts.ends.to[row]]
    names[flows.traffic[row >> 1]].add(host + ' rx-' + String(parts.queues.localNumber(queue)))
  }
  return names.map((set) => [...set].sort())
}

function arrivalQueue(row: number, { plan, ends, headers, queues }: ArrivalParts): number {
  const host = ends.to[row]
  if (ends.from[row] === host || plan.hosts.coreCount[host] === 0) return NONE
  return queues.queueOf(host, headers.rss[row])
}
