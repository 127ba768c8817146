/**
 * What wires do to packets on their way beside delaying them: losses at random or in bursts, damage, copies, jitter,
 * reordering. Each wire draws each of them from a stream of its own, for every packet in the order they leave.
 */

import { dropReasonId, type ImpairmentTable, type PortTable } from '#shared/plan/index'
import { RANDOM_USE, RandomStream } from '../random'

const NONE = -1

/** What becomes of a packet on a wire, beside {@link Impairments.arrivalNs}. */
export const FATE = {
  arrives: 0,
  /** Lost: never seen again. */
  lost: 1,
  /** Damaged: dropped by the receiver. */
  damaged: 2,
  /** Arrives, and a copy of it right behind. */
  copied: 3,
} as const

/** The reason of a fate that ends a packet. */
export const FATE_REASON = { [FATE.lost]: dropReasonId('link-loss'), [FATE.damaged]: dropReasonId('frame-corrupted') } as const

/** Streams of one wire; those of impairments that it doesn't have are absent. */
interface WireStreams {
  readonly loss: RandomStream | undefined
  readonly bursts: RandomStream | undefined
  readonly corruption: RandomStream | undefined
  readonly duplication: RandomStream | undefined
  readonly jitter: RandomStream | undefined
  readonly reordering: RandomStream | undefined
}

export class Impairments {
  /** 1 for ports whose wires do anything to packets. */
  readonly isImpaired: Uint8Array
  private readonly table: ImpairmentTable
  private readonly rowOf: Int32Array
  private readonly lossRate: Float64Array
  private readonly streams: readonly (WireStreams | undefined)[]
  private readonly isIll: Uint8Array
  /** Latest arrival so far of a packet that keeps its place, ns. */
  private readonly lastArrivalNs: Float64Array

  constructor(ports: Pick<PortTable, 'count' | 'impairment' | 'lossRate'>, table: ImpairmentTable, seed: number) {
    this.table = table
    this.rowOf = ports.impairment
    this.lossRate = ports.lossRate
    this.isImpaired = Uint8Array.from(ports.impairment, (row, port) => (row !== NONE || ports.lossRate[port] > 0 ? 1 : 0))
    this.streams = Array.from(ports.impairment, (row, port) =>
      this.isImpaired[port] === 1 ? wireStreams(table, row, ports.lossRate[port], port, seed) : undefined,
    )
    this.isIll = new Uint8Array(ports.count)
    this.lastArrivalNs = new Float64Array(ports.count)
  }

  /** Draws what becomes of the next packet of an impaired port: one of {@link FATE}. */
  fate(port: number): number {
    const streams = this.streams[port]!
    if (this.isLost(port, streams)) return FATE.lost
    const row = this.rowOf[port]
    if (streams.corruption !== undefined && streams.corruption.unit() <= this.table.corruptRate[row]) return FATE.damaged
    if (streams.duplication !== undefined && streams.duplication.unit() <= this.table.duplicateRate[row]) return FATE.copied
    return FATE.arrives
  }

  /**
   * When a packet arrives that would do so at `onTimeNs`; never before. Packets keep their order but for those held back,
   * or where jitter lets them overtake.
   */
  arrivalNs(port: number, onTimeNs: number): number {
    const { jitter, reordering } = this.streams[port]!
    const row = this.rowOf[port]
    if (reordering !== undefined && reordering.unit() <= this.table.reorderRate[row]) {
      return onTimeNs + this.table.reorderDelayNs[row]
    }
    if (jitter === undefined) return onTimeNs
    const arrival = onTimeNs + jitter.below(this.table.jitterNs[row] + 1)
    if (this.table.jitterReorders[row] === 1) return arrival
    this.lastArrivalNs[port] = Math.max(this.lastArrivalNs[port], arrival)
    return this.lastArrivalNs[port]
  }

  private isLost(port: number, { loss, bursts }: WireStreams): boolean {
    const row = this.rowOf[port]
    if (bursts !== undefined) {
      const change = this.isIll[port] === 1 ? this.table.burstEnd[row] : this.table.burstBegin[row]
      if (bursts.unit() <= change) this.isIll[port] = 1 - this.isIll[port]
      if (this.isIll[port] === 1) return bursts.unit() <= this.table.burstLoss[row]
    }
    return loss !== undefined && loss.unit() <= this.lossRate[port]
  }
}

function wireStreams(table: ImpairmentTable, row: number, lossRate: number, port: number, seed: number): WireStreams {
  const stream = (share: number, use: number): RandomStream | undefined =>
    share > 0 ? new RandomStream(seed, use, port) : undefined
  const ofRow = (column: ArrayLike<number>): number => (row === NONE ? 0 : column[row])
  return {
    loss: stream(lossRate, RANDOM_USE.loss),
    bursts: stream(ofRow(table.burstBegin), RANDOM_USE.lossBursts),
    corruption: stream(ofRow(table.corruptRate), RANDOM_USE.corruption),
    duplication: stream(ofRow(table.duplicateRate), RANDOM_USE.duplication),
    jitter: stream(ofRow(table.jitterNs), RANDOM_USE.jitter),
    reordering: stream(ofRow(table.reorderRate), RANDOM_USE.reordering),
  }
}
