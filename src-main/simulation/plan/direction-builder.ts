import type { Lab, Offloads } from '#shared/lab/index'

import { isEncrypted, type Endpoint, type Trip } from '../cni/common/index'
import type { Verdict } from '../policy/index'
import type { FlowDirection } from './flow-row'
import { PolicySteps, type EnforcedPaths } from './policy-steps'
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
  /** What policies say about the connection that the direction opens; undefined where none is asked. */
  readonly verdict?: Verdict | undefined
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
  private readonly policies = new PolicySteps()

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

  private transmitProgram(request: DirectionRequest, packets: PacketKind): number {
    const { path, end } = this.enforced(request).transmit
    return this.programs.program(path, end, packets, offloadsOf(this.lab, request.from))
  }

  private receiveProgram(request: DirectionRequest, packets: PacketKind): number {
    const { receive } = this.enforced(request)
    if (receive === undefined) return NO_PROGRAM
    return this.programs.program(receive.path, receive.end, packets, offloadsOf(this.lab, request.to))
  }

  private enforced({ trip: { transmit, receive }, verdict }: DirectionRequest): EnforcedPaths {
    if (verdict !== undefined) return this.policies.enforce({ transmit, receive }, verdict)
    return {
      transmit: { path: transmit, end: receive === undefined ? 'socket' : 'nic' },
      receive: receive && { path: receive, end: 'socket' },
    }
  }
}
