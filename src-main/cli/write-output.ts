import { reasonOf } from '#main/documents/system-error'
import { type FileContent, writeAtomically } from '#main/documents/write-atomically'

import { CliError } from './cli-error'

/** Writes a file that a command was asked for, whole or not at all. Throws a {@link CliError} where it can't. */
export async function writeOutput(file: string, content: FileContent): Promise<void> {
  try {
    await writeAtomically(file, content)
  } catch (error) {
    throw new CliError('output.unwritable', `${file} can't be written: ${reasonOf(error)}.`)
  }
}
