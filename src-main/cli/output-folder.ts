import { mkdir } from 'node:fs/promises'

import { reasonOf } from '#main/documents/read-document'

import { CliError } from './cli-error'

/**
 * Makes the folder that `--out` names, before the work rather than after: an hour of simulation must not end at a folder
 * that can't be made. Throws a {@link CliError} where it can't.
 */
export async function makeOutputFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    throw new CliError('output.unwritable', `${folder} can't be made: ${reasonOf(error)}.`)
  }
}
