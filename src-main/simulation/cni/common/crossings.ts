import type { Packet } from '#shared/wire/index'

import type { TripSide } from './cni-model'
import { POD_DEVICE } from './device'
import { changesOf, type Step } from './path'
import type { Stop } from './walk'

/** A packet on a device, as a capture on it shows the packet. */
export interface Crossing {
  readonly side: TripSide
  /** Index of the stop at which it is taken. */
  readonly stop: number
  /** The device as paths name it. */
  readonly device: string
  /** Out: handed to the device; in: received from it. */
  readonly direction: 'out' | 'in'
  /** Of a pod's own devices, whose: the sender's or the receiver's. */
  readonly owner: 'from' | 'to'
  readonly packet: Packet
}

/** Stages that hand the packet to their device. */
const SENDING: ReadonlySet<Step['stage']> = new Set([
  'veth-transmit',
  'netkit-transmit',
  'loopback-transmit',
  'bridge-transmit',
  'nic-transmit',
  'wireguard-queue',
])

/** Transmission by a tunnel device: a capture on it shows the packet as it was in front of the stage. */
const ENCAPSULATING: ReadonlySet<Step['stage']> = new Set([
  'ipip-encapsulate',
  'vxlan-encapsulate',
  'geneve-encapsulate',
])

/** Stages that take the packet from their device. */
export const RECEIVING: ReadonlySet<Step['stage']> = new Set([
  'nic-receive',
  'backlog',
  'gro-cell',
  'wireguard-poll',
])

/**
 * The devices that a packet crosses, in order. A redirect by a program that ends in another device's queue or straight in
 * the pod passes over devices that the path names: no capture sees the packet there.
 */
export function crossingsOf(stops: readonly Stop[], packet: Packet): Crossing[] {
  return stops.flatMap(({ side, step, packet: behind }, stop) => {
    const device = step.device
    const at = (direction: Crossing['direction'], shown: Packet): Crossing[] => [
      { side, stop, device, direction, owner: ownerOf(device, direction), packet: shown },
    ]
    if (SENDING.has(step.stage)) return at('out', behind)
    if (ENCAPSULATING.has(step.stage)) return at('out', stops[stop - 1]?.packet ?? packet)
    const entersPod = step.stage === 'ip-local-deliver' && device === POD_DEVICE && !queuesAt(stops[stop - 1], device)
    return RECEIVING.has(step.stage) || entersPod || entersBridge(stops, stop) ? at('in', behind) : []
  })
}

/** The bridge hands a frame up to the node's stack: the stage is on the bridge and not on one of its ports. */
function entersBridge(stops: readonly Stop[], stop: number): boolean {
  const { stage, device } = stops[stop]!.step
  return stage === 'bridge-forward' && stops[stop - 1]?.step.device !== device
}

function queuesAt(stop: Stop | undefined, device: string): boolean {
  return stop?.step.stage === 'backlog' && stop.step.device === device
}

/** What goes out of a pod or comes in on the node's end of its pair is the sender's; the reverse is the receiver's. */
function ownerOf(device: string, direction: Crossing['direction']): Crossing['owner'] {
  return (device === POD_DEVICE) === (direction === 'out') ? 'from' : 'to'
}

/**
 * Whose each stop's device is, where the device is a pod's own: that of the crossing on it before or after, and the
 * receiver's from where the packet gets the frame of the receiver's device.
 */
export function ownersOf(stops: readonly Stop[], crossings: readonly Crossing[]): Crossing['owner'][] {
  const crossingAt = new Map(crossings.map((crossing) => [crossing.stop, crossing]))
  const known = new Map<string, Crossing['owner']>()
  return stops.map(({ side, step }, stop) => {
    const key = `${side} ${step.device}`
    const later = crossings.find((crossing) => crossing.stop >= stop && crossing.side === side && crossing.device === step.device)
    const crossed = crossingAt.get(stop)?.owner
    const isDelivered = later?.owner === 'to' && changesOf(step).includes('address')
    const owner = crossed ?? (isDelivered ? 'to' : (known.get(key) ?? later?.owner ?? (side === 'sender' ? 'from' : 'to')))
    known.set(key, owner)
    return owner
  })
}
