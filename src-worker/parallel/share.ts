/** One part of a run: an engine that simulates its elements in steps, and the rings to and from its partner. */

import type { RunPlan } from '#shared/plan/index'
import type { Accounts } from '#worker/metrics/accounts'
import { Engine } from '../engine/engine'
import type { Border } from '../engine/network/links'
import { Clocks, SHARE_STATE } from './clocks'
import type { Division } from './division'
import { createRing, PacketRing } from './packet-ring'
import { createPacketBuffers, type SharedPacketBuffers, SharedPacketMemory } from './shared-packets'

/** What two shares have in common; it crosses to the partner's thread as it is. */
export interface Channels {
  readonly clocks: SharedArrayBuffer
  /** Packets that leave part 0, and part 1. */
  readonly rings: readonly [SharedArrayBuffer, SharedArrayBuffer]
  readonly packets: SharedPacketBuffers
}

/** Makes the channels of a run. */
export function createChannels(): Channels {
  return { clocks: new Clocks().buffer, rings: [createRing(), createRing()], packets: createPacketBuffers() }
}

/** What a share counted, as it crosses between threads: the accounts arrive without their methods. */
export interface ShareResult {
  readonly accounts: Accounts
  readonly trajectory: Int32Array
  readonly events: number
  readonly reachedNs: number
}

/** What became of a try to go on. */
export const ADVANCE = { ran: 0, waits: 1, done: 2 } as const

/** Halves of the lookahead: two clocks then need never move in lockstep. */
const STEPS_PER_LOOKAHEAD = 2

/** A share that has got so many packets more than it gave hands empty ones back, so that its partner need not make new ones. */
const MOST_SURPLUS = 256
const NONE = -1

export class Share implements Border {
  readonly engine: Engine
  readonly clocks: Clocks
  readonly index: number
  readonly owns: Uint8Array
  readonly memory: SharedPacketMemory
  private readonly out: PacketRing
  private readonly into: PacketRing
  private readonly stepNs: number
  private readonly lastStep: number
  private readonly durationNs: number
  private step = 0
  /** The partner's clock as last seen. */
  private partnerStep = 0
  /** Packets got from the partner less those given to it, empty ones included. */
  private surplus = 0
  /** Packets that found no room in the ring: packet, time of arrival. */
  private readonly waiting: number[] = []

  constructor(plan: RunPlan, seed: number, division: Division, index: number, channels: Channels) {
    this.index = index
    this.owns = division.partOf.map((part) => (part === index ? 1 : 0))
    this.clocks = new Clocks(channels.clocks)
    this.out = new PacketRing(channels.rings[index])
    this.into = new PacketRing(channels.rings[1 - index])
    this.stepNs = Math.floor(division.lookaheadNs / STEPS_PER_LOOKAHEAD)
    this.lastStep = Math.ceil(plan.durationNs / this.stepNs)
    this.durationNs = plan.durationNs
    this.memory = new SharedPacketMemory(channels.packets)
    this.engine = new Engine(plan, seed, this)
    this.clocks.begin(index)
  }

  /** {@link Border.leave} */
  leave(packet: number, arrivalNs: number): void {
    if (this.waiting.length === 0 && this.out.hasRoom()) this.send(packet, arrivalNs)
    else this.waiting.push(packet, arrivalNs)
  }

  /** Handles the events of one step, if the partner has come far enough; one of {@link ADVANCE}. */
  advance(): number {
    if (this.step === this.lastStep) return ADVANCE.done
    // The clock is read before the ring: whatever was sent before that clock is in the ring by then.
    this.partnerStep = this.clocks.of(1 - this.index)
    this.takeArrivals()
    if (!this.sendWaiting() || this.step + 1 > this.partnerStep + STEPS_PER_LOOKAHEAD) return ADVANCE.waits
    const untilNs = Math.min((this.step + 1) * this.stepNs, this.durationNs)
    this.engine.run(Infinity, untilNs)
    this.out.flush()
    if (this.sendWaiting()) this.publish()
    return ADVANCE.ran
  }

  /** Whether the partner is ready, after waiting a while for it. */
  meetsPartner(): boolean {
    this.clocks.awaitBegin(1 - this.index)
    return this.clocks.stateOf(1 - this.index) !== SHARE_STATE.starting
  }

  /** Waits a while for the partner to move. */
  rest(): void {
    this.clocks.awaitMove(1 - this.index, this.partnerStep)
  }

  /** Whether the partner has gone before the run's end. */
  isAlone(): boolean {
    return this.clocks.stateOf(1 - this.index) > SHARE_STATE.running
  }

  /** Whether the partner has sent its last packet. */
  isPartnerDone(): boolean {
    this.partnerStep = this.clocks.of(1 - this.index)
    return this.partnerStep === this.lastStep
  }

  /** What this share counted. Requires: neither share sends any more. */
  result(): ShareResult {
    this.takeArrivals()
    const { engine } = this
    return {
      accounts: engine.finish(),
      trajectory: engine.trajectory.words,
      events: engine.eventCount,
      reachedNs: Math.min(this.step * this.stepNs, this.durationNs),
    }
  }

  /** Takes in what has arrived from the partner. */
  takeArrivals(): void {
    const { into, engine } = this
    if (!into.hasPacket()) return
    do {
      engine.expect(into.take(this.spare()), into.arrivalNs)
    } while (into.hasPacket())
    into.giveBack()
  }

  private send(packet: number, arrivalNs: number): void {
    const { pool } = this.engine
    pool.handOver()
    this.surplus--
    const empty = this.out.write(packet, arrivalNs)
    if (empty === NONE) return
    pool.takeOver(empty)
    pool.release(empty)
    this.surplus++
  }

  /** An empty packet for the partner in return for another of its own, or −1 while there is no need. */
  private spare(): number {
    if (this.surplus < MOST_SURPLUS) {
      this.surplus++
      return NONE
    }
    const { pool } = this.engine
    const empty = pool.allocate()
    pool.handOver()
    return empty
  }

  private publish(): void {
    this.step++
    this.clocks.publish(this.index, this.step)
  }

  /** Moves packets that wait into the ring; false while some have no room. */
  private sendWaiting(): boolean {
    const { waiting, out } = this
    if (waiting.length === 0) return true
    let sent = 0
    while (sent < waiting.length && out.hasRoom()) {
      this.send(waiting[sent], waiting[sent + 1])
      sent += 2
    }
    waiting.splice(0, sent)
    out.flush()
    return waiting.length === 0
  }
}
