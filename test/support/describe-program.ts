import { PASS_ENTRY, STAGES, type RunPlan } from '#shared/plan/index'

/** The clock at which costs are written as nanoseconds: that of the calibration's reference machine. */
const REFERENCE_GHZ = 3.6

const ENTRY_NAMES = Object.entries(PASS_ENTRY)

/** Writes a program as a table: its passes, and under each its stages with their costs in ns at the reference clock. */
export function describeProgram({ programs }: RunPlan, program: number): string {
  const lines: string[] = []
  const sums = [0, 0, 0, 0]
  for (let pass = programs.passFirst[program]!; pass < programs.passFirst[program + 1]!; pass++) {
    const entry = ENTRY_NAMES.find(([, code]) => code === programs.entry[pass])![0]
    const notes = [programs.merges[pass] === 1 ? 'merges' : '', programs.orphanPass[program] === pass ? 'orphans' : '']
    lines.push(`  [${[entry, ...notes.filter((note) => note !== '')].join(', ')}]`)
    for (let reference = programs.refFirst[pass]!; reference < programs.refFirst[pass + 1]!; reference++) {
      const figures = [
        programs.refPerPacket[reference]!,
        programs.refPerSegment[reference]!,
        programs.refPerByte[reference]!,
        programs.refFirstPerPacket[reference]!,
      ].map((cycles) => cycles / REFERENCE_GHZ)
      figures.forEach((figure, index) => (sums[index]! += figure))
      lines.push(row(`    ${STAGES[programs.refStage[reference]!]!.id}`, figures))
    }
  }
  return [row('  ns at 3.6 GHz', ['packet', 'segment', 'byte', 'first packet']), ...lines, row('  sum', sums)].join(
    '\n',
  )
}

function row(name: string, figures: readonly (number | string)[]): string {
  const cells = figures.map((figure) =>
    (typeof figure === 'string' ? figure : figure === 0 ? '' : shown(figure)).padStart(13),
  )
  return (name.padEnd(26) + cells.join('')).trimEnd()
}

function shown(figure: number): string {
  return figure < 10 ? figure.toFixed(3) : figure.toFixed(0)
}
