import type { Lab } from '#shared/lab/index'
import type { ApplicationCosts, HostTable } from '#shared/plan/index'

import type { Topology } from '../topology/index'
import type { Calibration } from './calibration'

/** The hosts with their cores, queues and limits. External hosts, and all of a lab without host costs, have no cores. */
export function buildHosts(lab: Lab, topology: Topology, memory: string, { host: defaults, costs }: Calibration): HostTable {
  const count = topology.hosts.length
  const coreCount = Int32Array.from(topology.hosts, (_, host) =>
    lab.run.hostCosts ? (lab.nodes[host]?.cpu.cores ?? 0) : 0,
  )
  const coreFirst = new Int32Array(count)
  for (let host = 1; host < count; host++) coreFirst[host] = coreFirst[host - 1]! + coreCount[host - 1]!
  const everywhere = (name: string) => new Int32Array(count).fill(defaults.of(name))
  return {
    count,
    address: Uint32Array.from(topology.hosts, ({ address }) => address),
    coreFirst,
    coreCount,
    nsPerCycle: Float64Array.from(topology.hosts, (_, host) => 1 / (lab.nodes[host]?.cpu.ghz ?? 1)),
    rxQueueCount: Int32Array.from(topology.hosts, (_, host) => lab.nodes[host]?.nic.queues ?? 1),
    rxRingSize: everywhere('rxRingSize'),
    interruptMinDelayNs: new Float64Array(count).fill(defaults.of('interruptMinDelay')),
    interruptMaxDelayNs: new Float64Array(count).fill(defaults.of('interruptMaxDelay')),
    interruptCycles: new Float64Array(count).fill(costs.of('interrupt').perPacket),
    txQueueLimit: everywhere('txQueueLimit'),
    napiWeight: everywhere('napiWeight'),
    maxBacklog: everywhere('maxBacklog'),
    idleExitNs: new Float64Array(count).fill(defaults.of('idleExit')),
    memoryBytes: Float64Array.from(topology.hosts, ({ kind }) =>
      kind === 'node' ? defaults.of(`memory:${memory}`) : 0,
    ),
  }
}

/** Costs of the applications' threads, the same on every host. */
export function buildApplicationCosts(hosts: number, { costs }: Calibration): ApplicationCosts {
  const everywhere = (value: number) => new Float64Array(hosts).fill(value)
  const send = costs.of('app-send')
  const receive = costs.of('app-receive')
  return {
    sendPerCall: everywhere(send.perPacket),
    sendPerByte: everywhere(send.perByte),
    receivePerCall: everywhere(receive.perPacket),
    receivePerByte: everywhere(receive.perByte),
    wakeUp: everywhere(costs.of('wake-up').perPacket),
    contextSwitch: everywhere(costs.of('context-switch').perPacket),
  }
}
