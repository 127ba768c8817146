/** The schedule of paced work: when the next call or transaction of a flow is due. */

import { ARRIVALS, type FlowTable } from '#shared/plan/index'
import { PoissonGaps } from '../poisson-gaps'
import { RANDOM_USE, RandomStream } from '../random'

export class Pace {
  /** When the next piece of work is due, by flow, ns; exact, so that fractions add up. */
  readonly dueNs: Float64Array
  private readonly flows: FlowTable
  private readonly gaps: (PoissonGaps | undefined)[]

  constructor(flows: FlowTable, seed: number) {
    this.flows = flows
    this.dueNs = new Float64Array(flows.count)
    this.gaps = Array.from(flows.arrivals, (kind, flow) => {
      if (kind !== ARRIVALS.poisson) return undefined
      const drawn = new RandomStream(seed, RANDOM_USE.arrivals, flow).uint32()
      return new PoissonGaps(flows.arrivalSeed[flow] || drawn || 1, flows.gapNs[flow], flows.maxGapNs[flow])
    })
  }

  /** Whether a flow's work comes by a schedule; else each piece follows the one before. */
  isPaced(flow: number): boolean {
    return this.flows.gapNs[flow] > 0
  }

  /** Moves on to the next piece of work. */
  advance(flow: number): void {
    const gaps = this.gaps[flow]
    this.dueNs[flow] += gaps === undefined ? this.flows.gapNs[flow] : gaps.next()
  }

  /** The due time as a time of an event: whole ns, not before. */
  dueTime(flow: number): number {
    return Math.ceil(this.dueNs[flow])
  }
}
