import { readManifestFiles } from '#main/documents/manifest-files'
import type { LabText } from '#main/pool/lab-answer'
import { unknownVariantsText, validLab, type Lab, type ManifestFiles, type Variant } from '#shared/lab/index'

import { CliError } from './cli-error'
import { countProblems, problemLines } from './problem-text'
import { readLabFile } from './read-lab-file'
import type { Terminal } from './terminal'

/** A lab by its text, with the manifest files that it names and that can be read. */
export interface GivenLab extends LabText {
  readonly files: ManifestFiles
}

/** A lab without errors, and its text. */
export interface CheckedLab extends GivenLab {
  readonly lab: Lab
}

/** Reads a lab file and the manifest files that it names. Throws a {@link CliError} where the lab file can't be read. */
export async function readLabText(file: string): Promise<GivenLab> {
  const read = await readLabFile(file)
  if ('problem' in read) throw new CliError(read.problem.code, `${file}: ${read.problem.message}`)
  return { text: read.text, files: await readManifestFiles(file, read.text) }
}

/** Reads a lab, its text kept. Throws a {@link CliError} where it has errors; what and where is on stderr by then. */
export async function readCheckedLab(file: string, terminal: Terminal): Promise<CheckedLab> {
  const given = await readLabText(file)
  const read = validLab(given.text, given.files)
  if ('lab' in read) return { lab: read.lab, ...given }
  terminal.error(problemLines(file, read.problems))
  throw new CliError('lab.invalid', `${file}: ${countProblems(read.problems)}.`)
}

/** Reads a lab. Throws as `readCheckedLab` does. */
export async function readLab(file: string, terminal: Terminal): Promise<Lab> {
  return (await readCheckedLab(file, terminal)).lab
}

/** The variants of the names given, in the lab's order; all where none is given. */
export function chosenVariants(lab: Lab, names?: readonly string[]): readonly Variant[] {
  const { variants } = lab
  if (variants.length === 0) throw new CliError('run.no-variants', 'The lab has no variants.')
  const unknown = (names ?? []).filter((name) => variants.every((variant) => variant.name !== name))
  if (unknown.length > 0) throw new CliError('run.unknown-variant', unknownVariantsText(unknown, lab))
  return names === undefined ? variants : variants.filter(({ name }) => names.includes(name))
}
