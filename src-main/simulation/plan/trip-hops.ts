import type { Offloads } from '#shared/lab/index'
import type { StageId } from '#shared/plan/index'
import type { Packet } from '#shared/wire/index'

import {
  crossingsOf,
  ownersOf,
  tableReadsOf,
  walkTrip,
  type Crossing,
  type Pass,
  type Stop,
  type TableRead,
  type Trip,
  type TripSide,
} from '../cni/common/index'
import type { StageCost } from './calibration'
import type { CompiledPass, StageReference } from './compiled-pass'
import type { PacketKind, ProgramCompiler } from './program-compiler'

/** A stage of a packet's way, as the engine charges it, with what the packet looks like behind it. */
export interface TripHop {
  readonly side: TripSide
  /** Index of the pass on its side, and the queue in front of the pass where the stage is its first. */
  readonly pass: number
  readonly queue: Pass['entry'] | undefined
  readonly isFirstOfPass: boolean
  readonly stage: StageId
  /** The kind of the stage in the calibration. */
  readonly kind: string | undefined
  /** The device as the plugin's paths name it. */
  readonly device: string
  /** In cycles. */
  readonly cost: StageCost
  readonly reads: readonly TableRead[]
  /** Whether the tables know nothing of the connection yet: its first packet, and not the outer header of a tunnel. */
  readonly isFirst: boolean
  readonly packet: Packet
  /** Of a device that is a pod's own: whose it is. */
  readonly owner: Crossing['owner']
  /** Where the packet crosses a device here: the frame that a capture on it shows. */
  readonly crossing: Crossing | undefined
}

/** What a trip's hops are made of. */
export interface TripHopsRequest {
  readonly trip: Trip
  /** What the sender's socket makes: an IPv4 header and what is in it. */
  readonly packet: Packet
  /** What becomes of the packet between the hosts. */
  readonly onWire: (packet: Packet) => Packet
  readonly packets: PacketKind
  readonly offloads: Readonly<Record<TripSide, Offloads>>
}

/**
 * The hops of a trip: the stages of the programs that the engine runs for it, in order, each with the packet behind it.
 * Ensures: the costs of a pass's hops add up to what the engine charges for the pass.
 */
export function tripHops(compiler: ProgramCompiler, request: TripHopsRequest): TripHop[] {
  const { trip, packet, packets, offloads } = request
  const stops = walkTrip(trip, packet, request.onWire)
  const allCrossings = crossingsOf(stops, packet)
  const crossings = new Map(allCrossings.map((crossing) => [crossing.stop, crossing]))
  const owners = ownersOf(stops, allCrossings)
  const passesOf = (side: TripSide): CompiledPass[] => {
    const path = side === 'sender' ? trip.transmit : (trip.receive ?? [])
    return compiler.compile(path, packets, offloads[side])
  }
  let next = 0
  return (['sender', 'receiver'] as const).flatMap((side) =>
    passesOf(side).flatMap((compiled, pass) =>
      compiled.references.map((reference, index) => {
        const at = next
        const isLastOfStep = compiled.references[index + 1]?.step !== reference.step
        if (isLastOfStep) next++
        const behind = isLastOfStep ? stops[at]! : (stops[at - 1] ?? stops[at]!)
        const queue = index === 0 && compiled.entry !== 'inline' ? compiled.entry : undefined
        return hopOf({ reference, isFirst: packets.opens && reference.step.outer !== true, isFirstOfPass: index === 0, side, pass, queue, behind, owner: owners[at]!, crossing: isLastOfStep ? crossings.get(at) : undefined })
      }),
    ),
  )
}

function hopOf(parts: {
  readonly reference: StageReference
  readonly isFirst: boolean
  readonly isFirstOfPass: boolean
  readonly side: TripSide
  readonly pass: number
  readonly queue: TripHop['queue']
  readonly behind: Stop
  readonly owner: Crossing['owner']
  readonly crossing: Crossing | undefined
}): TripHop {
  const { reference, isFirst, isFirstOfPass, side, pass, queue, behind, owner, crossing } = parts
  const { stage, kind, step, cost } = reference
  const reads = tableReadsOf({ stage, device: step.device, ...(kind !== undefined && { kind }) })
  return { side, pass, queue, isFirstOfPass, stage, kind, device: step.device, cost, reads, isFirst, packet: behind.packet, owner, crossing }
}
