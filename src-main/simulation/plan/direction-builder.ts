import type { Lab, Offloads } from '#shared/lab/index'

import { isEncrypted, type Endpoint, type Trip } from '../cni/common/index'
import type { FlowDirection } from './flow-row'
import type { PacketKind, ProgramCompiler } from './program-compiler'
import { headerBytes, type TemplateBuilder } from './template-builder'

/** A host without a NIC of the lab's has one that does everything. */
const ALL_OFFLOADS: Offloads = { tso: true, gro: true, tunnel: true }
const NO_PROGRAM = -1

/** One direction of a flow: who sends what to whom. */
export interface DirectionRequest {
  readonly trip: Trip
  readonly from: Endpoint
  readonly to: Endpoint
  readonly packets: Pick<PacketKind, 'transport' | 'trains' | 'opens'>
  readonly sourcePort: number
  readonly destinationPort: number
}

/** What a host's NIC does in hardware. */
export function offloadsOf(lab: Lab, { host }: Endpoint): Offloads {
  return lab.nodes[host]?.nic.offloads ?? ALL_OFFLOADS
}

/** Makes the programs and the template of each direction of each flow. */
export class DirectionBuilder {
  private readonly lab: Lab
  private readonly programs: ProgramCompiler
  private readonly templates: TemplateBuilder

  constructor(lab: Lab, programs: ProgramCompiler, templates: TemplateBuilder) {
    this.lab = lab
    this.programs = programs
    this.templates = templates
  }

  /** The programs, for packets with payload and without, and the header template of a direction. */
  build(request: DirectionRequest): FlowDirection {
    const { trip, packets } = request
    const encapsulated = trip.tunnels.length > 0
    const encrypted = trip.tunnels.some(isEncrypted)
    const withPayload: PacketKind = { ...packets, payload: true, encapsulated, encrypted }
    const withoutPayload: PacketKind = { ...withPayload, payload: false, trains: false }
    return {
      transmit: this.transmitProgram(request, withPayload),
      receive: this.receiveProgram(request, withPayload),
      ackTransmit: this.transmitProgram(request, withoutPayload),
      ackReceive: this.receiveProgram(request, withoutPayload),
      template: this.templates.add({
        trip,
        transport: packets.transport,
        sourcePort: request.sourcePort,
        destinationPort: request.destinationPort,
      }),
      headerBytes: headerBytes(trip, packets.transport),
    }
  }

  private transmitProgram({ trip, from }: DirectionRequest, packets: PacketKind): number {
    const end = trip.receive === undefined ? 'socket' : 'nic'
    return this.programs.program(trip.transmit, end, packets, offloadsOf(this.lab, from))
  }

  private receiveProgram({ trip, to }: DirectionRequest, packets: PacketKind): number {
    if (trip.receive === undefined) return NO_PROGRAM
    return this.programs.program(trip.receive, 'socket', packets, offloadsOf(this.lab, to))
  }
}
