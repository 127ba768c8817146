import { readManifestFiles } from '#main/documents/manifest-files'
import { hasErrors, isManifestFile, parseLab, quickLab, type Lab, type ManifestFiles, type Variant } from '#shared/lab/index'

import { CliError } from './cli-error'
import { problemLines } from './problem-text'
import { readLabFile } from './read-lab-file'
import type { Terminal } from './terminal'

/** A lab whose policies are asked about. */
export interface ReachedLab {
  readonly lab: Lab
  readonly text: string
  readonly files: ManifestFiles
}

/** Reads a lab with the manifest files that it names. Throws what is wrong with it. */
export async function readReachedLab(file: string, terminal: Terminal): Promise<ReachedLab> {
  const read = await readLabFile(file)
  if ('problem' in read) throw new CliError(read.problem.code, `${file}: ${read.problem.message}`)
  const { text } = read
  const files = await readManifestFiles(file, text)
  const lab = quickLab(text, files) ?? parsedLab(file, text, files, terminal)
  const missing = lab.cluster.manifests.filter(isManifestFile).find((manifest) => !files.has(manifest.file))
  if (missing !== undefined) throw new CliError('unreadable', `The manifest file ${missing.file} can't be read.`)
  return { lab, text, files }
}

function parsedLab(file: string, text: string, files: ManifestFiles, terminal: Terminal): Lab {
  const { lab, problems } = parseLab(text, files)
  if (lab !== undefined && !hasErrors(problems)) return lab
  terminal.error(problemLines(file, problems))
  throw new CliError('lab.invalid', `${file} has errors.`)
}

/** The variants of the names given, in the lab's order; all where none is given. */
export function chosenVariants(lab: Lab, names: readonly string[] | undefined): readonly Variant[] {
  if (lab.variants.length === 0) throw new CliError('run.no-variants', 'The lab has no variants; there is nothing that enforces policies.')
  if (names === undefined) return lab.variants
  const unknown = names.find((name) => lab.variants.every((variant) => variant.name !== name))
  if (unknown !== undefined) throw new CliError('run.unknown-variant', `The lab has no variant ${JSON.stringify(unknown)}.`)
  return lab.variants.filter(({ name }) => names.includes(name))
}
