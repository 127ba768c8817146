import { readManifestFiles } from '#main/documents/manifest-files'
import { unknownVariants, type LabText } from '#main/pool/lab-answer'
import { hasErrors, isManifestFile, parseLab, quickLab, type Lab, type ManifestFiles, type Variant } from '#shared/lab/index'

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

/** Reads a lab. Throws a {@link CliError} where it has errors; what and where is on stderr by then. */
export async function readLab(file: string, terminal: Terminal): Promise<Lab> {
  return checkedLab(file, await readLabText(file), terminal)
}

/** Reads a lab whose policies are asked about, and which may be of thousands of pods. Throws as `readLab` does. */
export async function readReachedLab(file: string, terminal: Terminal): Promise<CheckedLab> {
  const given = await readLabText(file)
  const lab = quickLab(given.text, given.files) ?? checkedLab(file, given, terminal)
  const missing = lab.cluster.manifests.filter(isManifestFile).find((manifest) => !given.files.has(manifest.file))
  if (missing !== undefined) throw new CliError('unreadable', `The manifest file ${missing.file} can't be read.`)
  return { lab, ...given }
}

function checkedLab(file: string, { text, files }: GivenLab, terminal: Terminal): Lab {
  const { lab, problems } = parseLab(text, files)
  if (lab !== undefined && !hasErrors(problems)) return lab
  terminal.error(problemLines(file, problems))
  throw new CliError('lab.invalid', `${file}: ${countProblems(problems)}.`)
}

/** The variants of the names given, in the lab's order; all where none is given. */
export function chosenVariants({ variants }: Lab, names?: readonly string[]): readonly Variant[] {
  if (variants.length === 0) throw new CliError('run.no-variants', 'The lab has no variants.')
  const unknown = (names ?? []).filter((name) => variants.every((variant) => variant.name !== name))
  if (unknown.length > 0) throw new CliError('run.unknown-variant', unknownVariants(unknown, variants))
  return names === undefined ? variants : variants.filter(({ name }) => names.includes(name))
}
