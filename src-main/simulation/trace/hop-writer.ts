import type { TraceHeader, TraceHop, TraceRead } from '#shared/contract/trace'
import type { Lab } from '#shared/lab/index'
import { STAGES } from '#shared/plan/index'
import { assemblePacket, dissectPacket, type Packet } from '#shared/wire/index'

import type { CniNetwork, Endpoint, TableRead } from '../cni/common/index'
import type { Pod } from '../kubernetes/index'
import { CALIBRATION, nodeSize, type TripHop } from '../plan/index'
import type { Topology } from '../topology/index'
import { describeChange } from './describe-change'
import { readResult } from './read-results'
import type { SwitchHop } from './underlay-path'

/** What a packet stands for, where it is not itself: a train of segments. */
export interface HopLoad {
  readonly segments: number
  readonly payloadBytes: number
}

/** Where a hop is, and what is known there. */
interface HopPlace {
  /** The end on whose host the stage runs. */
  readonly host: Endpoint
  readonly from: Endpoint
  readonly to: Endpoint
  /** The packet in front of the stage. */
  readonly before: Packet
  readonly decidedBy: string | undefined
  /** Which core runs the stage, and how long the packet waits for it, where known. */
  readonly core: string | undefined
  readonly waitNs: number | undefined
  readonly load: HopLoad | undefined
  /** Where the packet ends at the hop. */
  readonly drops: { readonly counter: string } | undefined
}

/** Writes hops with the bytes of their packets. */
export class HopWriter {
  private readonly lab: Lab
  private readonly topology: Topology
  private readonly pods: readonly Pod[]
  private readonly network: CniNetwork

  constructor(parts: { lab: Lab; topology: Topology; pods: readonly Pod[]; network: CniNetwork }) {
    this.lab = parts.lab
    this.topology = parts.topology
    this.pods = parts.pods
    this.network = parts.network
  }

  /** A stage on a host. */
  hostHop(direction: TraceHop['direction'], hop: TripHop, place: HopPlace): TraceHop {
    const { host, from, to, before, decidedBy, core, waitNs, load, drops } = place
    const shown = hop.crossing?.packet ?? hop.packet
    const change = describeChange(before, hop.packet)
    return {
      direction,
      node: this.topology.hosts[host.host]!.name,
      device: this.deviceName(hop, from, to),
      stage: hop.stage,
      context: STAGES.find(({ id }) => id === hop.stage)!.context,
      ...(core !== undefined && { core }),
      costNs: this.costNs(hop, host.host, load ?? { segments: 1, payloadBytes: payloadBytes(hop.packet) }),
      ...(core !== undefined && { costSource: CALIBRATION.costs.sourceOf(hop.stage, hop.kind) }),
      ...(waitNs !== undefined && { waitNs }),
      ...bytesOf(shown),
      checksum: this.checksumOf(hop, host.host, from.host === to.host),
      ...(change !== undefined && { change }),
      ...(decidedBy !== undefined && { decidedBy }),
      ...(drops !== undefined && { counter: drops.counter }),
      ...(hop.reads.length > 0 && { reads: hop.reads.map((read) => readOf(read, hop, this.capacityOf(read, host.host))) }),
      ...(hop.queue !== undefined && { queue: hop.queue }),
      ...(hop.crossing !== undefined && { captured: hop.crossing.direction }),
    }
  }

  /** A switch that sends the packet on. */
  switchHop(direction: TraceHop['direction'], { element, next, routes, packet }: SwitchHop, before: Packet): TraceHop {
    const change = describeChange(before, packet)
    return {
      direction,
      node: this.elementName(element),
      device: `to ${this.elementName(next)}`,
      stage: routes ? 'switch-route' : 'switch-bridge',
      context: 'switch',
      costNs: 0,
      ...bytesOf(packet),
      checksum: 'complete',
      ...(change !== undefined && { change }),
    }
  }

  /** Where the network drops the packet. */
  dropHop(direction: TraceHop['direction'], element: number, packet: Packet, reason: string, counter: string): TraceHop {
    return {
      direction,
      node: this.elementName(element),
      device: 'none',
      stage: 'drop',
      context: 'switch',
      costNs: 0,
      ...bytesOf(packet),
      checksum: 'complete',
      decidedBy: reason,
      counter,
    }
  }

  private elementName(element: number): string {
    const { switches, hosts } = this.topology
    return element < switches.length ? switches[element]!.name : hosts[element - switches.length]!.name
  }

  private costNs({ cost }: TripHop, host: number, { segments, payloadBytes: payload }: HopLoad): number {
    if (!this.lab.run.hostCosts) return 0
    const ghz = this.lab.nodes[host]?.cpu.ghz
    if (ghz === undefined) return 0
    return (cost.firstPerPacket + cost.perSegment * segments + cost.perByte * payload) / ghz
  }

  /** A pod's own devices have names of their own; what another device is called says it all. */
  private deviceName({ device, owner }: TripHop, from: Endpoint, to: Endpoint): string {
    const pod = this.pods[(owner === 'from' ? from : to).pod] ?? this.pods[from.pod] ?? this.pods[to.pod]
    return pod === undefined ? device : this.network.deviceName(device, pod)
  }

  /** Entries that a table holds on a host: tables of connections as the variant sizes them. */
  private capacityOf({ table, capacity }: TableRead, host: number): number | undefined {
    const tracked = this.network.tracking.tables.find(({ name }) => name === table)
    const size = nodeSize(this.lab, host, CALIBRATION.host)
    return tracked === undefined || size === undefined ? capacity : tracked.limit(size)
  }

  /**
   * A sender leaves the transport's checksum to its NIC, or to whoever segments in its place; a capture before that shows
   * the start. Between pods of one node nobody ever computes it.
   */
  private checksumOf({ side, packet }: TripHop, host: number, isLocal: boolean): TraceHop['checksum'] {
    const hasTransport = packet.some(({ layer }) => layer === 'tcp' || layer === 'udp')
    const isHidden = packet.some(({ layer }) => layer === 'wireguard' || layer === 'esp')
    const offloads = this.lab.nodes[host]?.nic.offloads.tso ?? true
    return hasTransport && !isHidden && offloads && (isLocal || side === 'sender') ? 'offloaded' : 'complete'
  }
}

function readOf(read: TableRead, hop: TripHop, capacity: number | undefined): TraceRead {
  const { table, lookup, asks } = read
  const result = readResult(read, hop)
  return { table, lookup, asks, ...(capacity !== undefined && { capacity }), ...(result !== undefined && { result }) }
}

function bytesOf(packet: Packet): Pick<TraceHop, 'linkType' | 'hex' | 'headers'> {
  const bytes = assemblePacket(packet)
  const linkType = packet[0]?.layer === 'ethernet' ? 'ethernet' : 'raw'
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const headers = dissectPacket(bytes, linkType).map(
    ({ layer, start, length, fields }): TraceHeader => ({
      layer,
      start,
      length,
      fields: Object.fromEntries(fields.map(({ name, value }) => [name, value])),
    }),
  )
  return { linkType, hex, headers }
}

function payloadBytes(packet: Packet): number {
  const last = packet.at(-1)
  return last?.layer === 'payload' ? last.bytes.length : 0
}
