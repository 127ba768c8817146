import type { ProgramSets } from '#shared/plan/index'

import type { FlowDirection } from './flow-row'
import { RowSet } from './row-set'

type Programs = Pick<FlowDirection, 'transmit' | 'receive' | 'ackTransmit' | 'ackReceive'>

/** Collects programs that take the place of others during a run; those that are equal once. */
export class ProgramSetBuilder {
  private readonly sets = new RowSet<Programs>()

  /** The number of a direction's programs. */
  add({ transmit, receive, ackTransmit, ackReceive }: Programs): number {
    return this.sets.numberOf({ transmit, receive, ackTransmit, ackReceive })
  }

  /** The columns of the plan. */
  finish(): ProgramSets {
    const { rows } = this.sets
    const column = (pick: (programs: Programs) => number) => Int32Array.from(rows, pick)
    return {
      count: rows.length,
      transmit: column(({ transmit }) => transmit),
      receive: column(({ receive }) => receive),
      ackTransmit: column(({ ackTransmit }) => ackTransmit),
      ackReceive: column(({ ackReceive }) => ackReceive),
    }
  }
}
