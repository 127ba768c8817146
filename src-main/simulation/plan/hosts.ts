import type { Bond, DisciplineKind, Lab, Nic } from '#shared/lab/index'
import { UPLINK_HASH, type ApplicationCosts, type HostTable } from '#shared/plan/index'

import type { Topology } from '../topology/index'
import type { Calibration } from './calibration'
import type { QueueTables } from './disciplines'

/** The hosts with their cores, queues and limits. External hosts, and all of a lab without host costs, have no cores. */
export function buildHosts(
  lab: Lab,
  topology: Topology,
  memory: string,
  { host: defaults, costs }: Calibration,
  tables: QueueTables,
): HostTable {
  const count = topology.hosts.length
  const coreCount = Int32Array.from(topology.hosts, (_, host) =>
    lab.run.hostCosts ? (lab.nodes[host]?.cpu.cores ?? 0) : 0,
  )
  const coreFirst = new Int32Array(count)
  for (let host = 1; host < count; host++) coreFirst[host] = coreFirst[host - 1]! + coreCount[host - 1]!
  const everywhere = (name: string) => new Int32Array(count).fill(defaults.of(name))
  const idleExit = Float64Array.from(topology.hosts, (_, host) => lab.nodes[host]?.cpu.idleExit ?? defaults.of('idleExit'))
  const nicOf = (host: number): Nic | undefined => lab.nodes[host]?.nic
  return {
    count,
    address: Uint32Array.from(topology.hosts, ({ address }) => address),
    coreFirst,
    coreCount,
    nsPerCycle: Float64Array.from(topology.hosts, (_, host) => 1 / (lab.nodes[host]?.cpu.ghz ?? 1)),
    rxQueueCount: Int32Array.from(topology.hosts, (_, host) => lab.nodes[host]?.nic.queues ?? 1),
    ...(lab.nodes.some(({ nic }) => nic.udpHash === 'sd') && {
      udpHashedByAddress: Uint8Array.from(topology.hosts, (_, host) => Number(nicOf(host)?.udpHash === 'sd')),
    }),
    ...(lab.nodes.some(({ nic }) => nic.xps) && {
      queuesByCore: Uint8Array.from(topology.hosts, (_, host) => Number(nicOf(host)?.xps === true)),
    }),
    rxRingSize: Int32Array.from(topology.hosts, (_, host) => nicOf(host)?.ring ?? defaults.of('rxRingSize')),
    interruptMinDelayNs: Float64Array.from(topology.hosts, (_, host) => nicOf(host)?.coalesce?.rx ?? defaults.of('interruptMinDelay')),
    interruptMaxDelayNs: Float64Array.from(topology.hosts, (_, host) => nicOf(host)?.coalesce?.rx ?? defaults.of('interruptMaxDelay')),
    // A bare host costs no time at all.
    txCompletionDelayNs: Float64Array.from(coreCount, (cores, host) =>
      cores === 0 ? 0 : (nicOf(host)?.coalesce?.tx ?? defaults.of('txCompletionDelay')),
    ),
    interruptCycles: new Float64Array(count).fill(costs.of('interrupt').perPacket),
    txQueueLimit: Int32Array.from(topology.hosts, (_, host) => packetLimit(lab.nodes[host]?.nic, defaults)),
    txQueueLimitBytes: Float64Array.from(topology.hosts, (_, host) => byteLimit(lab.nodes[host]?.nic)),
    qdisc: Int32Array.from(topology.hosts, (_, host) => qdiscRow(lab, host, tables)),
    uplinkHash: Uint8Array.from(topology.hosts, (_, host) => uplinkHash(lab.nodes[host]?.nic.bond)),
    ...(topology.hosts.some(({ others }) => others !== undefined) && {
      routesByPacket: Uint8Array.from(topology.hosts, ({ others }) => Number(others !== undefined)),
    }),
    napiWeight: everywhere('napiWeight'),
    maxBacklog: Int32Array.from(topology.hosts, (_, host) => lab.nodes[host]?.netdevMaxBacklog ?? defaults.of('maxBacklog')),
    idleExitNs: idleExit,
    coldShare: idleExit.map((exitNs) => deepShare(exitNs, defaults)),
    coldAfterNs: new Float64Array(count).fill(defaults.of('coldAfter')),
    warmUpNs: new Float64Array(count).fill(defaults.of('warmUp')),
    netdevBudget: Int32Array.from(topology.hosts, (_, host) => lab.nodes[host]?.netdevBudget ?? defaults.of('netdevBudget')),
    netdevBudgetNs: Float64Array.from(topology.hosts, (_, host) => lab.nodes[host]?.netdevBudgetTime ?? defaults.of('netdevBudgetTime')),
    memoryBytes: Float64Array.from(topology.hosts, ({ kind }) =>
      kind === 'node' ? defaults.of(`memory:${memory}`) : 0,
    ),
  }
}

/** How many of a core's sleeps are deep where waking takes so long in the mean: none where that is C1's time, all from C1E's on. */
function deepShare(idleExitNs: number, defaults: Calibration['host']): number {
  const [shallowNs, deepNs] = [defaults.of('idleExit:C1'), defaults.of('idleExit:C1E')]
  return Math.min(1, Math.max(0, (idleExitNs - shallowNs) / (deepNs - shallowNs)))
}

/** Disciplines with a limit of their own, by the name of the default; others have the device's txqueuelen. */
const OWN_LIMITS: Readonly<Partial<Record<DisciplineKind, string>>> = {
  fq_codel: 'txQueueLimit:fq_codel',
  fq: 'txQueueLimit:fq',
}

/** Packets that a transmit queue holds; 0 where its limit is in bytes. */
function packetLimit(nic: Nic | undefined, defaults: Calibration['host']): number {
  if (nic?.qdiscLimit?.unit === 'bytes') return 0
  if (nic?.qdiscLimit?.unit === 'packets') return nic.qdiscLimit.packets
  return defaults.of((nic && OWN_LIMITS[nic.qdisc.kind]) ?? 'txQueueLimit')
}

function byteLimit(nic: Nic | undefined): number {
  return nic?.qdiscLimit?.unit === 'bytes' ? nic.qdiscLimit.bytes : 0
}

/** The discipline of a host's transmit queues: of a node its qdisc, of an external host that of its link. */
function qdiscRow({ nodes, external }: Lab, host: number, tables: QueueTables): number {
  const nic = nodes[host]?.nic
  const row = tables.disciplineRow(nic?.qdisc ?? external[host - nodes.length]!.discipline)
  return row < 0 && byteLimit(nic) > 0 ? tables.byteFifoRow() : row
}

const HASHES: Readonly<Record<Bond['xmitHashPolicy'], number>> = {
  layer2: UPLINK_HASH.layer2,
  'layer2+3': UPLINK_HASH.layer23,
  'layer3+4': UPLINK_HASH.layer34,
  'encap2+3': UPLINK_HASH.encap23,
  'encap3+4': UPLINK_HASH.encap34,
}

function uplinkHash(bond: Bond | undefined): number {
  const hashes = bond?.mode === 'balance-xor' || bond?.mode === '802.3ad'
  return hashes ? HASHES[bond.xmitHashPolicy] : UPLINK_HASH.route
}

/** Costs of the applications' threads, the same on every host. */
export function buildApplicationCosts(hosts: number, { costs }: Calibration): ApplicationCosts {
  const everywhere = (value: number) => new Float64Array(hosts).fill(value)
  const send = costs.of('app-send')
  const receive = costs.of('app-receive')
  return {
    sendPerCall: everywhere(send.perPacket),
    sendPerByte: everywhere(send.perByte),
    sendfilePerByte: everywhere(costs.of('app-send', 'sendfile').perByte),
    receivePerCall: everywhere(receive.perPacket),
    receivePerByte: everywhere(receive.perByte),
    connect: everywhere(costs.of('app-connect').perPacket),
    accept: everywhere(costs.of('app-accept').perPacket),
    close: everywhere(costs.of('app-close').perPacket),
    wakeUp: everywhere(costs.of('wake-up').perPacket),
    contextSwitch: everywhere(costs.of('context-switch').perPacket),
  }
}
