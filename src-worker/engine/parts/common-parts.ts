/** What all parts of an engine share: the plan's tables, time, packets, accounts. */

import { coreTotal, type FlowTable, type HostTable, type PortTable, type RunPlan } from '#shared/plan/index'
import { Accounts } from '#worker/metrics/accounts'
import { EventQueue } from '../event-queue'
import { receiveQueueTotal } from '../host/receive-queues'
import { eventLayout, type EventLayout } from '../layout'
import type { PacketMemory } from '../packet-memory'
import { PacketPool } from '../packet-pool'

const INITIAL_PACKETS = 4096

export interface CommonParts {
  readonly flows: FlowTable
  readonly hosts: HostTable
  readonly ports: PortTable
  readonly layout: EventLayout
  readonly events: EventQueue
  readonly pool: PacketPool
  readonly accounts: Accounts
  readonly seed: number
}

/** Makes what the other parts are made with. Packets lie in `memory` where it is given. */
export function commonParts(plan: RunPlan, seed: number, memory: PacketMemory | undefined): CommonParts {
  const { flows, hosts, ports } = plan
  const layout = eventLayout(ports.count, coreTotal(hosts), receiveQueueTotal(hosts), flows.count * 2)
  const events = new EventQueue(layout.arrival)
  for (let event = 0; event < layout.arrival; event++) events.setRank(event, event)
  const pool = new PacketPool(INITIAL_PACKETS, (capacity) => events.grow(layout.arrival + capacity), memory)
  return { flows, hosts, ports, layout, events, pool, accounts: new Accounts(plan), seed }
}
