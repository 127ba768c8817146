/** Queues of one discipline without a network: packets of given flows go in, and come out when asked for. */

import { buildDisciplines, type DisciplineRow } from '#shared/plan/index'
import { PacketPool } from '#worker/engine/packet-pool'
import { QueueDisciplines } from '#worker/engine/queue/queue-disciplines'
import type { QUEUE_DROP } from '#worker/engine/queue/queue-discipline'
import { RANDOM_USE, RandomStream } from '#worker/engine/random'

/** What a test says of a packet. */
export interface Given {
  readonly flow?: number
  readonly bytes?: number
  readonly ecn?: number
  readonly serviceType?: number
  readonly departNs?: number
}

/** Some queues alike. */
export interface BenchOptions {
  readonly queues?: number
  readonly limitPackets?: number
  readonly limitBytes?: number
  readonly memory?: { readonly bytes: number; readonly alpha: number }
}

const FLOW_SPREAD = 0x10000000
const WHY = ['full', 'early', 'flowLimit'] as const satisfies (keyof typeof QUEUE_DROP)[]

export class QueueBench {
  readonly pool = new PacketPool(64, () => undefined)
  readonly queues: QueueDisciplines
  /** What was dropped, in order: its number among the packets given, and why. */
  readonly drops: { readonly packet: number; readonly why: string }[] = []
  /** Packets held back, and until when. */
  readonly held: { readonly queue: number; readonly packet: number; readonly untilNs: number }[] = []
  private readonly serviceType = new Map<number, number>()
  private readonly number = new Map<number, number>()
  private given = 0

  constructor(row: DisciplineRow, { queues = 1, limitPackets = 0, limitBytes = 0, memory }: BenchOptions = {}) {
    this.queues = new QueueDisciplines({
      table: buildDisciplines([row]),
      rowOf: new Int32Array(queues),
      limitPackets: new Int32Array(queues).fill(limitPackets),
      limitBytes: new Float64Array(queues).fill(limitBytes),
      shared: {
        memoryOf: new Int32Array(queues).fill(memory ? 0 : -1),
        bytes: Float64Array.of(memory?.bytes ?? 0),
        alpha: Float64Array.of(memory?.alpha ?? 0),
      },
      nsPerByte: new Float64Array(queues).fill(0.8),
      pool: this.pool,
      owner: {
        drop: (_queue, packet, why) => {
          this.drops.push({ packet: this.number.get(packet)!, why: WHY[why]! })
          this.pool.release(packet)
        },
        hold: (queue, packet, untilNs) => this.held.push({ queue, packet, untilNs }),
        flowHash: (packet) => (this.pool.flow[packet]! * FLOW_SPREAD) >>> 0,
        serviceType: (packet) => this.serviceType.get(packet) ?? 0,
      },
      random: (queue) => new RandomStream(1, RANDOM_USE.earlyDrop, queue),
    })
  }

  /** Puts a packet into a queue; returns its number: 0, 1, … */
  put({ flow = 0, bytes = 1000, ecn = 0, serviceType = 0, departNs = 0 }: Given, nowNs: number, queue = 0): number {
    const packet = this.pool.allocate()
    this.pool.flow[packet] = flow
    this.pool.ipBytes[packet] = bytes
    this.pool.ecn[packet] = ecn
    this.pool.departNs[packet] = departNs
    this.serviceType.set(packet, serviceType)
    this.number.set(packet, this.given)
    this.queues.enqueue(queue, packet, nowNs)
    return this.given++
  }

  /** Takes the next packet, gives it back to the pool and says what it was; undefined where none goes. */
  take(nowNs: number, queue = 0): { number: number; flow: number; ecn: number } | undefined {
    const packet = this.queues.dequeue(queue, nowNs)
    if (packet < 0) return undefined
    const { flow, ecn } = this.pool
    const taken = { number: this.number.get(packet)!, flow: flow[packet]!, ecn: ecn[packet]! }
    this.pool.release(packet)
    return taken
  }

  /** Lets a held packet go. */
  release(index: number): void {
    const { queue, packet, untilNs } = this.held[index]!
    this.queues.release(queue, packet, untilNs)
  }
}
