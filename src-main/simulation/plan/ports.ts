import type { PortTable } from '#shared/plan/index'
import { BITS_PER_BYTE, SECOND_NS } from '#shared/units/index'

import type { PhysicalLink, Topology } from '../topology/index'
import type { QueueTables } from './disciplines'

/**
 * The ports of all links. A host with cores queues in its qdisc (`HostTable.txQueueLimit`), so its ports have no limit of
 * their own; a bare host queues at the port, as a switch does.
 */
export function buildPorts({ links, adjacency, switches }: Topology, coreCount: Int32Array, tables: QueueTables): PortTable {
  const ports = links.flatMap((link) => [
    { link, end: 0 },
    { link, end: 1 },
  ])
  const property = (pick: (properties: PhysicalLink['properties']) => number) =>
    ports.map(({ link }) => pick(link.properties))
  const hasQdisc = (port: number): boolean => (coreCount[adjacency.owner[port]! - switches.length] ?? 0) > 0
  const queueLimit = (unit: 'bytes' | 'packets') =>
    ports.map(({ link: { properties } }, port) => {
      const { queue } = properties
      if (hasQdisc(port)) return 0
      if (queue.unit === 'bytes') return unit === 'bytes' ? queue.bytes : 0
      return unit === 'packets' ? queue.packets : 0
    })
  return {
    count: ports.length,
    owner: adjacency.owner,
    peer: adjacency.peer,
    nsPerByte: Float64Array.from(property(({ rate }) => (BITS_PER_BYTE * SECOND_NS) / rate)),
    delayNs: Float64Array.from(property(({ delay }) => delay)),
    framingBytes: Int32Array.from(property(({ framing }) => framing)),
    mtuBytes: Int32Array.from(ports, ({ link, end }) => link.endMtu[end]!),
    queueLimitBytes: Float64Array.from(queueLimit('bytes')),
    queueLimitPackets: Int32Array.from(queueLimit('packets')),
    lossRate: Float64Array.from(property(({ loss }) => loss)),
    discipline: Int32Array.from(ports, ({ link }, port) =>
      adjacency.owner[port]! < switches.length ? tables.disciplineRow(link.properties.discipline) : -1,
    ),
    impairment: Int32Array.from(property((properties) => tables.impairmentRow(properties))),
  }
}
