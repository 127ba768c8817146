import { matchesFilter } from '#shared/capture/index'
import { TIMELINE_KIND, type CaptureFilter, type RunPlan } from '#shared/plan/index'
import { assemblePacket, IP_PROTOCOL, parsePacket, type Ipv4Layer, type Packet } from '#shared/wire/index'

import { ControlPlaneTooLarge, labChanges, runPlane, SETTLING_NS, type ControlPlane } from '../agents/index'
import { sessionFrames, type SessionFrame } from '../bgp/index'
import { elementMac } from '../cni/common/index'
import { TIMELINE_SEED } from '../plan/index'
import { underlayPath } from '../trace/index'
import type { FoundPoint } from './find-point'
import type { CapturedFrame } from './frames-of-record'
import type { OpenedVariant } from './open-variant'

/** A frame of a BGP session on an interface of a capture. */
export interface PlacedSessionFrame {
  readonly on: number
  readonly frame: CapturedFrame
  readonly comment: string
}

/**
 * The frames that BGP's sessions put on wires during a run, on the interfaces of a capture. They are those of the control
 * plane that the run's routes come from, at its times: they take the links' delays, wait in no queue and make no packet wait.
 * Empty where the variant has no BGP, or a control plane that is too large to be simulated session by session.
 */
export function sessionFramesOn(found: readonly FoundPoint[], { lab, plan, topology }: OpenedVariant, filter: CaptureFilter | undefined): PlacedSessionFrame[] {
  const variant = lab.variants.find(({ name }) => name === plan.variant)!
  const onWire = found.flatMap((point, on) => (point.isOn === undefined ? [{ point, on }] : []))
  if (variant.cni !== 'calico' || onWire.length === 0) return []
  const plane = wiredPlane(() => runPlane(lab, variant, topology, labChanges(lab, variant, TIMELINE_SEED), TIMELINE_SEED, { wire: true }))
  if (plane?.bgp === undefined) return []
  const walker = new SessionWalker(plan, plane)
  return sessionFrames(plane.bgp.wire!.connections).flatMap((sent) => {
    const atNs = sent.atNs - SETTLING_NS
    if (atNs < 0 || atNs > plan.durationNs) return []
    const packet = parsePacket(sent.bytes, 'ethernet')
    if (filter !== undefined && !isWanted(filter, packet)) return []
    const comment = `BGP, ${walker.nameOf(ipOf(packet).source)} to ${walker.nameOf(ipOf(packet).destination)}${sent.isLost ? '; lost on its way' : ''}`
    return walker.crossings(packet, atNs, sent).flatMap(({ port, leftNs, bytes }) => onWire.flatMap(({ point: { point }, on }): PlacedSessionFrame[] => {
      const placed = (at: number, direction: 'out' | 'in'): PlacedSessionFrame => ({ on, comment, frame: { bytes, originalLength: bytes.length, atNs: Math.round(at), direction } })
      if (point.portsOut.includes(port)) return [placed(leftNs, 'out')]
      return point.portsIn.includes(port) && !sent.isLost ? [placed(leftNs + plan.ports.delayNs[port]!, 'in')] : []
    }))
  })
}

function wiredPlane(run: () => ControlPlane): ControlPlane | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof ControlPlaneTooLarge) return undefined
    throw error
  }
}

function isWanted(filter: CaptureFilter, packet: Packet): boolean {
  const { source, destination, protocol } = ipOf(packet)
  const ports = packet.find((layer) => layer.layer === 'tcp')!
  return matchesFilter(filter, [{ protocol: protocol ?? IP_PROTOCOL.tcp, source, destination, sourcePort: ports.sourcePort, destinationPort: ports.destinationPort }])
}

function ipOf(packet: Packet): Ipv4Layer {
  return packet.find((layer): layer is Ipv4Layer => layer.layer === 'ipv4')!
}

/** A frame as it leaves by a port. */
interface Crossing {
  readonly port: number
  readonly leftNs: number
  readonly bytes: Uint8Array
}

/** Finds the wires that the frames of sessions cross. */
class SessionWalker {
  private readonly plan: RunPlan
  private readonly elements = new Map<number, number>()
  /** By sending element and its neighbour, the first port from one straight to the other. */
  private readonly ports = new Map<string, number>()
  /** The forwardings that the run changes to and when, the last first. */
  private readonly forwardings: readonly { readonly fromNs: number; readonly forwarding: RunPlan['forwarding'] }[]

  constructor(plan: RunPlan, { speakers }: ControlPlane) {
    this.plan = plan
    const { count, owner, peer } = plan.ports
    for (let port = count - 1; port >= 0; port--) this.ports.set(`${owner[port]!} ${peer[port]!}`, port)
    const { atNs, kind, target, count: rows, forwardings } = plan.timeline
    this.forwardings = Array.from({ length: rows }, (_, row) => row)
      .filter((row) => kind[row] === TIMELINE_KIND.forwarding)
      .map((row) => ({ fromNs: atNs[row]!, forwarding: forwardings[target[row]!]! }))
      .reverse()
    speakers!.configs.forEach(({ interfaces }, speaker) => {
      for (const { address } of interfaces) this.elements.set(address, speakers!.elementOf[speaker]!)
    })
  }

  nameOf(address: number): string {
    const { switches, hosts } = this.plan.labels
    return [...switches, ...hosts][this.elements.get(address)!]!
  }

  /** The ports by which a frame leaves on its way, the sender's first; only that where it is lost. */
  crossings(packet: Packet, atNs: number, { isLost }: SessionFrame): Crossing[] {
    const { source, destination } = ipOf(packet)
    const [from, to] = [this.elements.get(source)!, this.elements.get(destination)!]
    const direct = this.portTo(from, to)
    if (direct >= 0) return [{ port: direct, leftNs: atNs, bytes: assemblePacket(framed(packet, from, to)) }]
    const { switchCount } = this.plan
    // A switch has sessions with its neighbours, and hosts with each other.
    if (from < switchCount || to < switchCount) return []
    const { hops } = underlayPath({ ...this.plan, forwarding: this.forwardingAt(atNs) }, from - switchCount, to - switchCount, framed(packet, from, to))
    const [first] = hops
    if (first === undefined) return []
    const router = hops.find(({ routes }) => routes)?.element ?? to
    let leftNs = atNs
    const out: Crossing[] = [{ port: this.portTo(from, first.element), leftNs, bytes: assemblePacket(framed(packet, from, router)) }]
    if (isLost) return out
    for (const { port, packet: sent, routes } of hops) {
      leftNs += this.plan.ports.delayNs[out.at(-1)!.port]!
      out.push({ port, leftNs, bytes: routes || router === to ? assemblePacket(sent) : out.at(-1)!.bytes })
    }
    return out
  }

  /** The forwarding that holds at a time. */
  private forwardingAt(atNs: number): RunPlan['forwarding'] {
    return this.forwardings.find(({ fromNs }) => fromNs <= atNs)?.forwarding ?? this.plan.forwarding
  }

  /** The first port from one element straight to another; −1 where there is none. */
  private portTo(from: number, to: number): number {
    return this.ports.get(`${from} ${to}`) ?? -1
  }
}

/** A packet in a frame from one element to another. */
function framed(packet: Packet, from: number, to: number): Packet {
  return [{ layer: 'ethernet', source: elementMac(from), destination: elementMac(to) }, ...packet.slice(1)]
}
