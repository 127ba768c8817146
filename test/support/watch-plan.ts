/** Runs a plan and notes every packet that leaves or reaches a TCP socket. */

import type { RunPlan } from '#shared/plan/index'
import { Engine } from '#worker/engine/engine'
import { PACKET_FLAG } from '#worker/engine/packet-pool'

/** A packet or train as its socket sees it. */
export interface SocketPacket {
  readonly atNs: number
  /** Whether it leaves its socket, or reaches the other one. */
  readonly leaves: boolean
  readonly flow: number
  readonly fromClient: boolean
  readonly isSyn: boolean
  readonly isSentAgain: boolean
  /** Place of its payload in the stream, from 1, and what it acknowledges. */
  readonly sequence: number
  readonly bytes: number
  readonly acknowledged: number
  readonly isMarked: boolean
  /** ECN-Echo. */
  readonly hasEce: boolean
}

/** The packets of a run, in the order of time. */
export function watchPlan(plan: RunPlan, seed = 1): SocketPacket[] {
  const engine = new Engine(plan, seed)
  const { pool } = engine
  const packets: SocketPacket[] = []
  const note = (packet: number, leaves: boolean, atNs: number) => {
    const flags = pool.flags[packet]!
    packets.push({
      atNs,
      leaves,
      flow: pool.flow[packet]!,
      fromClient: pool.direction[packet] === 0,
      isSyn: (flags & PACKET_FLAG.syn) !== 0,
      isSentAgain: (flags & PACKET_FLAG.retransmission) !== 0,
      sequence: pool.sequence[packet]!,
      bytes: pool.payloadBytes[packet]!,
      acknowledged: pool.acknowledged[packet]!,
      hasEce: (flags & PACKET_FLAG.ece) !== 0,
      isMarked: pool.ecn[packet] === 3,
    })
  }
  const ignored = () => undefined
  engine.watch({
    emitted: (packet, nowNs) => note(packet, true, nowNs),
    delivered: (packet, nowNs) => note(packet, false, nowNs),
    started: ignored,
    lost: ignored,
    arrived: ignored,
    passed: ignored,
    copied: ignored,
  })
  engine.run(Infinity, plan.durationNs)
  return packets
}
