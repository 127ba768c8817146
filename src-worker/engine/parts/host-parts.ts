/** The parts of an engine inside hosts, below sockets: NICs, their queues, cores, tracking, and the choice of uplinks. */

import type { RowEnds, RunPlan } from '#shared/plan/index'
import { Cores } from '../host/cores'
import { limitEgress } from '../host/egress-limits'
import { PassTable } from '../host/pass-table'
import { ReceiveOffload } from '../host/receive-offload'
import { ReceiveQueues } from '../host/receive-queues'
import { TransmitCompletions } from '../host/transmit-completions'
import { TransmitQueues } from '../host/transmit-queues'
import { WorkerQueues } from '../host/worker-queues'
import { FragmentHeaders } from '../ip/fragment-headers'
import { NodeErrors } from '../ip/node-errors'
import { HeaderWriter } from '../network/header-writer'
import { Relays } from '../network/relays'
import { Strays } from '../network/strays'
import { Uplinks } from '../network/uplinks'
import { Tracking } from '../tracking/tracking'
import type { CommonParts } from './common-parts'
import type { NetworkParts } from './network-parts'

export interface HostParts {
  readonly headers: HeaderWriter
  readonly receiveQueues: ReceiveQueues
  readonly transmitQueues: TransmitQueues
  readonly completions: TransmitCompletions
  readonly cores: Cores
  readonly uplinks: Uplinks
  /** Of plans in which nodes forward for others. */
  readonly relays: Relays | undefined
  readonly strays: Strays
  readonly errors: NodeErrors
}

/** Makes the hosts' parts; `ends` are the hosts between which rows go. */
export function hostParts(plan: RunPlan, ends: RowEnds, common: CommonParts, network: NetworkParts): HostParts {
  const { flows, hosts, pool, seed } = common
  const hidesUdpPorts = (row: number): boolean => hosts.udpHashedByAddress?.[ends.to[row]] === 1
  const headers = new HeaderWriter(pool, flows, plan.templates, seed, hidesUdpPorts)
  const passes = new PassTable(plan.programs, plan.tracking)
  const offload = new ReceiveOffload(pool, flows, passes, network.reassembly)
  const receiveQueues = new ReceiveQueues({ ...common, passes, offload })
  const transmitQueues = new TransmitQueues({
    ...common,
    switchCount: plan.switchCount,
    disciplines: plan.disciplines,
    links: network.links,
    headers,
    fragments: new FragmentHeaders(pool, flows, plan.templates, hidesUdpPorts),
  })
  if (plan.egressLimits !== undefined) limitEgress(plan.egressLimits, { queues: transmitQueues, pool, flows })
  const tracking = new Tracking({ ...common, tracking: plan.tracking, hosts: hosts.count, durationNs: plan.durationNs, relays: plan.relays })
  const cores = new Cores({
    ...common,
    passes,
    offload,
    queues: receiveQueues,
    workers: new WorkerQueues(pool, flows, hosts),
    tracking,
    contextSwitchNs: hosts.nsPerCycle.map((nsPerCycle, host) => nsPerCycle * plan.application.contextSwitch[host]),
    threads: flows.count * 2,
  })
  const uplinks = new Uplinks(plan, ends, headers)
  const errors = new NodeErrors({ ...common, senders: ends.from, errors: network.errors, queues: transmitQueues })
  return {
    headers,
    receiveQueues,
    transmitQueues,
    completions: new TransmitCompletions(common),
    cores,
    uplinks,
    relays: plan.relays && new Relays(plan.relays, { ...common, headers, uplinks, queues: transmitQueues }),
    strays: new Strays({ ...common, queues: transmitQueues, errors }),
    errors,
  }
}
