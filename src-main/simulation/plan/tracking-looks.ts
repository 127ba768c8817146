import { dropReasonId, PROGRAM_END, TRACKED_END, TRACKING_LOOK, type TrackingTable } from '#shared/plan/index'

import type { Step, TableLook, TrackedPackets, TrackingModel } from '../cni/common/index'
import type { CompiledPass } from './compiled-pass'

/** A pass of a program looks at a table. */
interface PassLook extends Omit<TableLook, 'refusal'> {
  /** Absolute number of the pass. */
  readonly pass: number
  /** Number of the program that runs instead where the table refuses the packet; −1 where it never does. */
  readonly refusal: number
}

/** A program that ends at a look. */
export interface RefusalProgram {
  readonly passes: readonly CompiledPass[]
  readonly end: number
}

/** Programs, as far as they decide which tables are looked at. */
export interface LookingProgram {
  readonly passes: readonly CompiledPass[]
  readonly end: number
  readonly packets: TrackedPackets
}

/** Which passes of some programs look at which tables, and the programs that run where a table refuses a packet. */
export interface ProgramLooks {
  readonly refusals: readonly RefusalProgram[]
  /** The columns; `passFirstOfProgram` says where all programs' passes begin, those of the refusals behind the others. */
  columns(passFirstOfProgram: Int32Array, passCount: number): Pick<TrackingTable, 'passFirst' | 'look' | 'kind' | 'end' | 'refusal'>
}

/**
 * Finds the looks of programs. A packet that a program drops leaves no entry where its connection would have been confirmed
 * behind the drop: in netfilter's table, and in the last of the programs' that it met.
 */
export function findLooks(model: TrackingModel, programs: readonly LookingProgram[]): ProgramLooks {
  const refusals: RefusalProgram[] = []
  const looks: PassLook[] = []
  let firstPass = 0
  for (const program of programs) {
    const found = program.passes.flatMap((pass, index) => looksOf(model, pass, program.packets).map((each) => ({ ...each, index })))
    const lastToTrack = found.findLast(({ look }) => makesEntries(look))?.step
    for (const { index, look, step, references } of found) {
      const isUnconfirmed = program.end >= PROGRAM_END.drop && makesEntries(look) && (step === lastToTrack || isNetfilter(model, look))
      const refusal = look.refusal === undefined ? -1 : programs.length + refusals.length
      if (look.refusal !== undefined) {
        const pass: CompiledPass = { entry: 'inline', merges: false, orphans: false, references }
        refusals.push({ passes: [pass], end: PROGRAM_END.drop + dropReasonId(look.refusal) })
      }
      const kindOfLook = isUnconfirmed ? 'meet' : look.look
      looks.push({ look: kindOfLook, table: look.table, end: look.end, pass: firstPass + index, refusal })
    }
    firstPass += program.passes.length
  }
  return { refusals, columns: (passFirstOfProgram, passCount) => columnsOf(model, looks, passFirstOfProgram, passCount) }
}

/** The looks of a pass, each with what the pass costs up to it. */
function looksOf(model: TrackingModel, pass: CompiledPass, packets: TrackedPackets) {
  const steps = [...new Set(pass.references.map(({ step }) => step))]
  return steps.flatMap((step) =>
    model.looks(step, steps, packets).map((look) => ({ look, step, references: pass.references.slice(0, endOf(pass, step)) })),
  )
}

function endOf({ references }: CompiledPass, step: Step): number {
  return references.findLastIndex((reference) => reference.step === step) + 1
}

function makesEntries({ look }: TableLook): boolean {
  return look === 'track' || look === 'open'
}

function isNetfilter({ tables }: TrackingModel, { table }: TableLook): boolean {
  return tables.some(({ name, form }) => name === table && form === 'netfilter')
}

function columnsOf({ tables }: TrackingModel, looks: readonly PassLook[], passFirstOfProgram: Int32Array, passCount: number) {
  const passFirst = new Int32Array(passCount + 1)
  for (const { pass } of looks) passFirst[pass + 1]!++
  for (let pass = 0; pass < passCount; pass++) passFirst[pass + 1]! += passFirst[pass]!
  return {
    passFirst,
    look: Uint8Array.from(looks, ({ look }) => TRACKING_LOOK[look]),
    kind: Int32Array.from(looks, ({ table }) => tables.findIndex(({ name }) => name === table)),
    end: Uint8Array.from(looks, ({ end }) => TRACKED_END[end]),
    refusal: Int32Array.from(looks, ({ refusal }) => (refusal < 0 ? -1 : passFirstOfProgram[refusal]!)),
  }
}
