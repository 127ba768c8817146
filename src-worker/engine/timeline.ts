/**
 * What changes while a run goes on, as its plan lists it: wires go down and come back, their delay, rate, MTU and loss change,
 * switches forward by another table, hosts lose routes, connections run other programs. One event stands for the next change;
 * all of one time are made together.
 */

import { dropReasonId, TIMELINE_KIND, type FlowTable, type ForwardingTable, type TimelineTable } from '#shared/plan/index'
import type { EventQueue } from './event-queue'
import { RANDOM_USE, RandomStream } from './random'

const NONE = -1
const LINK_LOSS = dropReasonId('link-loss')

/** What a timeline changes. */
export interface TimelineTargets {
  /** A wire may do something to packets from now on. */
  expose(port: number): void
  setDelay(port: number, delayNs: number): void
  setNsPerByte(port: number, nsPerByte: number): void
  setMtu(port: number, mtuBytes: number): void
  /** The sender of a row knows from now on what its path carries. */
  limitPath(row: number, mtuBytes: number, nowNs: number): void
  /** Switches and hosts forward by this table from now on. */
  forwardBy(forwarding: ForwardingTable): void
}

export class Timeline {
  /** Per flow and direction: 0, or the number of the reason + 1 for which its packets end where they would leave the host. */
  readonly blocked: Int32Array
  private readonly table: TimelineTable
  private readonly events: EventQueue
  private readonly event: number
  private readonly targets: TimelineTargets
  /** Per port: 0, or the number of the reason + 1 for which its frames are lost. */
  private readonly down: Int32Array
  private readonly lossRate: Float64Array
  private readonly lossStreams: (RandomStream | undefined)[]
  private readonly flows: FlowTable
  /** Per row: programs of its next connection, as a row of the timeline's + 1; 0: it keeps those it has. */
  private readonly onOpening: Int32Array
  private readonly seed: number
  private next = 0

  constructor(parts: {
    table: TimelineTable
    ports: number
    /** The engine's own where the timeline has programs. */
    flows: FlowTable
    events: EventQueue
    event: number
    targets: TimelineTargets
    seed: number
  }) {
    this.table = parts.table
    this.events = parts.events
    this.event = parts.event
    this.targets = parts.targets
    this.flows = parts.flows
    this.blocked = new Int32Array(parts.flows.count * 2)
    this.onOpening = new Int32Array(parts.flows.count * 2)
    this.down = new Int32Array(parts.ports)
    this.lossRate = new Float64Array(parts.ports)
    this.lossStreams = Array.from({ length: parts.ports })
    this.seed = parts.seed
  }

  /** Makes the changes of the run's beginning. */
  start(): void {
    this.onDue(0)
  }

  /** The time of the next changes has come. */
  onDue(nowNs: number): void {
    const { table } = this
    while (this.next < table.count && table.atNs[this.next] <= nowNs) this.make(this.next++, nowNs)
    this.scheduleNext()
  }

  /** A row begins another connection, which runs the programs that changed since. */
  onConnection(row: number): void {
    const set = this.onOpening[row]
    if (set > 0) this.setPrograms(row, set - 1)
  }

  /** Draws whether a frame of an exposed port is lost to a fault: the reason's number, or −1. */
  strikes(port: number): number {
    if (this.down[port] !== 0) return this.down[port] - 1
    const rate = this.lossRate[port]
    return rate > 0 && this.lossStreams[port]!.unit() <= rate ? LINK_LOSS : NONE
  }

  private scheduleNext(): void {
    if (this.next < this.table.count) this.events.schedule(this.event, this.table.atNs[this.next])
  }

  private make(row: number, nowNs: number): void {
    const { table, targets } = this
    const target = table.target[row]
    const value = table.value[row]
    switch (table.kind[row]) {
      case TIMELINE_KIND.port:
        this.down[target] = value
        targets.expose(target)
        return
      case TIMELINE_KIND.portDelay:
        targets.setDelay(target, value)
        return
      case TIMELINE_KIND.portNsPerByte:
        targets.setNsPerByte(target, value)
        return
      case TIMELINE_KIND.portLoss:
        this.lossRate[target] = value
        this.lossStreams[target] ??= new RandomStream(this.seed, RANDOM_USE.faultLoss, target)
        targets.expose(target)
        return
      case TIMELINE_KIND.forwarding:
        targets.forwardBy(table.forwardings[target])
        return
      case TIMELINE_KIND.flow:
        this.blocked[target] = value
        return
      case TIMELINE_KIND.portMtu:
        targets.setMtu(target, value)
        return
      case TIMELINE_KIND.pathMtu:
        targets.limitPath(target, value, nowNs)
        return
      case TIMELINE_KIND.programs:
        this.setPrograms(target, value)
        return
      case TIMELINE_KIND.programsOnOpen:
        this.onOpening[target] = value + 1
        return
      default:
        throw new Error('The timeline has a change of an unknown kind')
    }
  }

  private setPrograms(row: number, set: number): void {
    const { flows } = this
    const { transmit, receive, ackTransmit, ackReceive } = this.table.programs
    const flow = row >> 1
    const isForward = (row & 1) === 0
    this.onOpening[row] = 0
    ;(isForward ? flows.forwardTx : flows.reverseTx)[flow] = transmit[set]
    ;(isForward ? flows.forwardRx : flows.reverseRx)[flow] = receive[set]
    ;(isForward ? flows.forwardAckTx : flows.reverseAckTx)[flow] = ackTransmit[set]
    ;(isForward ? flows.forwardAckRx : flows.reverseAckRx)[flow] = ackReceive[set]
  }
}
