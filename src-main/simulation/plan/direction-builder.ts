import type { Lab, Offloads } from '#shared/lab/index'
import type { DropReason } from '#shared/plan/index'

import type { KeyFailure } from '../agents/index'
import { isEncrypted, upTo, type CniNetwork, type Endpoint, type Path, type Trip } from '../cni/common/index'
import type { Verdict } from '../policy/index'
import type { FlowDirection } from './flow-row'
import { KEY_STAGES } from './missing-key'
import { PathEdits } from './path-edit'
import { onlyLeaving, PolicySteps, type EnforcedPaths } from './policy-steps'
import type { PacketKind, ProgramCompiler, ProgramEnd } from './program-compiler'
import { headerBytes, packetBehind, type TemplateBuilder, type TemplateRequest } from './template-builder'

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
  /** What policies say about answers whose connection is not remembered; undefined where none is asked. */
  readonly unknown?: Verdict | undefined
  /** Why packets end on the receiving host. */
  readonly drop?: DropReason | undefined
  /** Set where the receiving host sends packets back to where they came from. */
  readonly back?: true
  /** Why packets end before the sender's NIC, or before the receiver's socket, unless a policy ends them earlier. */
  readonly cut?: Cut | undefined
  /** What nodes lack to encrypt or decrypt the direction's packets. */
  readonly keyless?: KeyFailure | undefined
}

/** Where packets end that would arrive otherwise. */
export interface Cut {
  readonly at: 'sender' | 'receiver'
  readonly reason: DropReason
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
  private readonly network: CniNetwork
  private readonly policies = new PolicySteps()
  private readonly edits = new PathEdits()

  constructor(lab: Lab, network: CniNetwork, programs: ProgramCompiler, templates: TemplateBuilder) {
    this.lab = lab
    this.network = network
    this.programs = programs
    this.templates = templates
  }

  /** The programs, for packets with payload and without, and the header template of a direction. */
  build(given: DirectionRequest): FlowDirection {
    const request = this.arriving(this.placed(given))
    const { trip, packets } = request
    const withPayload = packetKind(request, true)
    const withoutPayload = packetKind(request, false)
    return {
      transmit: this.transmitProgram(request, withPayload),
      receive: this.receiveProgram(request, withPayload),
      ackTransmit: this.transmitProgram(request, withoutPayload),
      ackReceive: this.receiveProgram(request, withoutPayload),
      template: this.templates.add(templateOf(request)),
      headerBytes: headerBytes(trip, packets.transport),
    }
  }

  /**
   * The two legs of a direction that a node forwards: up to the node and through it, and from there on. What runs on the
   * first leg's receiving side is the node's whole program, up to its NIC.
   */
  buildRelayed(toNode: DirectionRequest, fromNode: DirectionRequest, { routers, verdict, cut }: RelayedDirection): [FlowDirection, FlowDirection] {
    const [first, second] = [this.placed(toNode), this.placed(fromNode)]
    const ways = this.enforced({ ...this.arriving({ ...second, verdict }), transmit: first.trip.transmit, cut })
    const refused = this.network.refusal(first.trip, first.from, first.to)
    const arrived = packetBehind(templateOf(first), routers)
    const programs = (payload: boolean) => {
      const [arriving, leaving] = [packetKind(first, payload), packetKind(second, payload)]
      return {
        transmit: this.programs.program(ways.transmit.path, ways.transmit.end, arriving, offloadsOf(this.lab, first.from)),
        forward:
          refused === undefined
            ? this.programs.relay({ path: first.trip.receive!, kind: arriving }, { path: second.trip.transmit, kind: leaving }, offloadsOf(this.lab, first.to))
            : this.programs.program(refused.receive, { drop: refused.reason }, arriving, offloadsOf(this.lab, first.to)),
        receive: this.programs.program(ways.receive!.path, ways.receive!.end, leaving, offloadsOf(this.lab, second.to)),
      }
    }
    const [full, bare] = [programs(true), programs(false)]
    const { transport } = first.packets
    return [
      {
        transmit: full.transmit,
        ackTransmit: bare.transmit,
        receive: full.forward,
        ackReceive: bare.forward,
        template: this.templates.add(templateOf(first)),
        headerBytes: headerBytes(first.trip, transport),
      },
      {
        transmit: NO_PROGRAM,
        ackTransmit: NO_PROGRAM,
        receive: full.receive,
        ackReceive: bare.receive,
        template: this.templates.add({ ...templateOf(second), packet: arrived }),
        headerBytes: headerBytes(second.trip, transport),
      },
    ]
  }

  /** The program by which the receiving host takes a direction's packets without payload; −1 where they never leave the sender. */
  controlReceiver(given: DirectionRequest): number {
    const request = this.arriving(this.placed(given))
    return this.receiveProgram(request, packetKind(request, false))
  }

  /** Whether packets of two directions have the same headers. */
  haveSameHeaders(one: FlowDirection, other: FlowDirection): boolean {
    return this.templates.areAlike(one.template, other.template)
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

  /** A direction on the interfaces that it takes. */
  private placed(request: DirectionRequest): DirectionRequest {
    const { trip, from, to } = request
    return { ...request, trip: this.network.onInterfaces(trip, from, to) }
  }

  /** A direction that ends where the receiving host drops what arrives; policies are asked there about what comes further. */
  private arriving(request: DirectionRequest): DirectionRequest {
    const { trip, from, to, verdict } = request
    const refusal = this.network.refusal(trip, from, to)
    if (refusal === undefined) return request
    return { ...request, trip: { ...trip, receive: refusal.receive }, drop: refusal.reason, verdict: verdict && onlyLeaving(verdict) }
  }

  /** The ways of a direction; `transmit`: the way out of the sender, where another leg has it. */
  private enforced({ trip, transmit = trip.transmit, verdict, unknown, drop, back, cut, keyless }: DirectionRequest & { readonly transmit?: Path }): EnforcedPaths {
    const paths = { transmit, receive: trip.receive }
    const whole = this.enforcedWays(unknown === undefined ? paths : this.policies.guardAnswers(paths, unknown), verdict)
    const end: ProgramEnd | undefined = back === true ? 'back' : drop && { drop }
    const ways = end === undefined ? whole : endedBy(whole, end)
    const reaching = cut === undefined ? ways : cutWays(ways, cut)
    return keyless === undefined ? reaching : this.withoutKey(reaching, keyless)
  }

  /** Ways that end where a key is missing, unless they end before. */
  private withoutKey(ways: EnforcedPaths, reason: KeyFailure): EnforcedPaths {
    const { side, stage } = KEY_STAGES[reason]
    const way = ways[side]
    if (way?.path.some(({ steps }) => steps.some((step) => step.stage === stage)) !== true) return ways
    return { ...ways, [side]: { path: this.edits.edit(way.path, reason, (path) => upTo(path, stage, 'with')), end: { drop: reason } } }
  }

  private enforcedWays({ transmit, receive }: Pick<Trip, 'transmit' | 'receive'>, verdict: Verdict | undefined): EnforcedPaths {
    if (verdict !== undefined) return this.policies.enforce({ transmit, receive }, verdict)
    return {
      transmit: { path: transmit, end: receive === undefined ? 'socket' : 'nic' },
      receive: receive && { path: receive, end: 'socket' },
    }
  }
}

/** What a direction has beside its legs. */
interface RelayedDirection {
  /** Routers between its sender and the node. */
  readonly routers: number
  readonly verdict?: Verdict | undefined
  readonly cut?: Cut | undefined
}

/** Ways that end otherwise on the last host. */
function endedBy({ transmit, receive }: EnforcedPaths, end: ProgramEnd): EnforcedPaths {
  if (receive === undefined) return { transmit: { ...transmit, end }, receive }
  return { transmit, receive: { ...receive, end } }
}

function cutWays({ transmit, receive }: EnforcedPaths, { at, reason }: Cut): EnforcedPaths {
  const ended = (way: EnforcedPaths['transmit']): EnforcedPaths['transmit'] =>
    typeof way.end === 'string' ? { path: way.path, end: { drop: reason } } : way
  if (at === 'sender' || receive === undefined) return { transmit: ended(transmit), receive }
  return { transmit, receive: ended(receive) }
}

function packetKind({ trip, packets }: DirectionRequest, payload: boolean): PacketKind {
  return {
    ...packets,
    payload,
    trains: packets.trains && payload,
    encapsulated: trip.tunnels.length > 0,
    encrypted: trip.tunnels.some(isEncrypted),
  }
}

function templateOf({ trip, packets, sourcePort, destinationPort }: DirectionRequest): TemplateRequest {
  return { trip, transport: packets.transport, sourcePort, destinationPort }
}
