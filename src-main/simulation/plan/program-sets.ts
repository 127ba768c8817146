import type { ProgramSets } from '#shared/plan/index'

import type { FlowDirection } from './flow-row'

type Programs = Pick<FlowDirection, 'transmit' | 'receive' | 'ackTransmit' | 'ackReceive'>

/** Collects programs that take the place of others during a run; those that are equal once. */
export class ProgramSetBuilder {
  private readonly sets: Programs[] = []
  private readonly known = new Map<string, number>()

  /** The number of a direction's programs. */
  add({ transmit, receive, ackTransmit, ackReceive }: Programs): number {
    const key = `${transmit} ${receive} ${ackTransmit} ${ackReceive}`
    const known = this.known.get(key)
    if (known !== undefined) return known
    this.known.set(key, this.sets.length)
    return this.sets.push({ transmit, receive, ackTransmit, ackReceive }) - 1
  }

  /** The columns of the plan. */
  finish(): ProgramSets {
    const column = (pick: (programs: Programs) => number) => Int32Array.from(this.sets, pick)
    return {
      count: this.sets.length,
      transmit: column(({ transmit }) => transmit),
      receive: column(({ receive }) => receive),
      ackTransmit: column(({ ackTransmit }) => ackTransmit),
      ackReceive: column(({ ackReceive }) => ackReceive),
    }
  }
}
