import type { Discipline, DisciplineKind, LinkProperties, Switch } from '#shared/lab/index'
import {
  DISCIPLINE,
  SOURCE_CHECK,
  buildDisciplines,
  buildImpairments,
  type DisciplineRow,
  type DisciplineTable,
  type ImpairmentRow,
  type ImpairmentTable,
  type SwitchTable,
} from '#shared/plan/index'
import { hashSalt } from '#shared/wire/index'

import { RowSet } from './row-set'

/** A row of a table for those that have none. */
const NO_ROW = -1

const KINDS: Readonly<Record<DisciplineKind, number>> = {
  droptail: DISCIPLINE.droptail,
  pfifo_fast: DISCIPLINE.pfifoFast,
  prio: DISCIPLINE.prio,
  red: DISCIPLINE.red,
  threshold: DISCIPLINE.threshold,
  codel: DISCIPLINE.codel,
  fq_codel: DISCIPLINE.fqCodel,
  fq: DISCIPLINE.fq,
}

/** Collects the disciplines and impairments that ports and hosts use. */
export class QueueTables {
  private readonly disciplines = new RowSet<DisciplineRow>()
  private readonly impairments = new RowSet<ImpairmentRow>()
  private readonly hasClasses: boolean

  /** `hasClasses`: packets have codepoints to tell them apart by. */
  constructor(hasClasses: boolean) {
    this.hasClasses = hasClasses
  }

  /** The row of a discipline; −1 where it is first come, first served, as bands are where all packets are of one class. */
  disciplineRow(discipline: Discipline): number {
    const { kind } = discipline
    if (kind === 'droptail' || (!this.hasClasses && (kind === 'pfifo_fast' || kind === 'prio'))) return NO_ROW
    return this.disciplines.numberOf(disciplineRow(discipline))
  }

  /** The row of a queue that is first come, first served within a limit in bytes (`bfifo`). */
  byteFifoRow(): number {
    return this.disciplines.numberOf({ kind: DISCIPLINE.droptail })
  }

  /** The row of what a link does to packets on their way beside losing them at random; −1 where that is nothing. */
  impairmentRow(properties: LinkProperties): number {
    const { lossBursts, corrupt, duplicate, jitter, jitterReorders, reorder, reorderDelay } = properties
    if (lossBursts === undefined && corrupt === 0 && duplicate === 0 && jitter === 0 && reorder === 0) return NO_ROW
    return this.impairments.numberOf({
      ...(lossBursts && { burstBegin: lossBursts.begin, burstEnd: lossBursts.end, burstLoss: lossBursts.loss }),
      corruptRate: corrupt,
      duplicateRate: duplicate,
      jitterNs: jitter,
      jitterReorders: jitterReorders ? 1 : 0,
      reorderRate: reorder,
      reorderDelayNs: reorderDelay,
    })
  }

  /** The tables of everything asked for so far. */
  finish(): { disciplines: DisciplineTable; impairments: ImpairmentTable } {
    return { disciplines: buildDisciplines(this.disciplines.rows), impairments: buildImpairments(this.impairments.rows) }
  }
}

function disciplineRow(discipline: Discipline): DisciplineRow {
  return {
    kind: KINDS[discipline.kind],
    ecn: discipline.ecn === true ? 1 : 0,
    minBytes: discipline.min ?? 0,
    maxBytes: discipline.max ?? 0,
    probability: discipline.probability ?? 0,
    weight: discipline.weight ?? 0,
    thresholdBytes: discipline.threshold ?? 0,
    targetNs: discipline.target ?? 0,
    intervalNs: discipline.interval ?? 0,
    flows: discipline.flows ?? 0,
    quantumBytes: discipline.quantum ?? 0,
    flowLimit: discipline.flowLimit ?? 0,
    maxRateBps: discipline.maxRate ?? 0,
  }
}

/** What the switches do beyond their ports. */
export function buildSwitches(switches: readonly Switch[]): SwitchTable {
  return {
    bufferBytes: Float64Array.from(switches, ({ sharedBuffer }) => sharedBuffer?.size ?? 0),
    bufferAlpha: Float64Array.from(switches, ({ sharedBuffer }) => sharedBuffer?.alpha ?? 0),
    tellsErrors: Uint8Array.from(switches, ({ icmpErrors }) => (icmpErrors ? 1 : 0)),
    // Seeds that are given are counted downwards, those that are not upwards: they do not meet by chance.
    hashSalt: Int32Array.from(switches, ({ hashSeed }, element) => hashSalt(hashSeed === undefined ? element + 1 : ~hashSeed)),
    sourceCheck: Uint8Array.from(switches, ({ urpf }) => SOURCE_CHECK[urpf]),
  }
}
