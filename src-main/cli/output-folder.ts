import { makeFolder } from '#main/documents/make-folder'
import { reasonOf } from '#main/documents/system-error'

import { CliError } from './cli-error'

/**
 * Makes the folder that `--out` names, before the work rather than after: an hour of simulation must not end at a folder
 * that can't be made. Throws a {@link CliError} where it can't.
 */
export async function makeOutputFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder)
  } catch (error) {
    throw new CliError('output.unwritable', `${folder} can't be made: ${reasonOf(error)}.`)
  }
}
