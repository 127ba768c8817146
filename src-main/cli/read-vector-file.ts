import { CliError } from './cli-error'
import { readTextFile } from './read-text-file'

/** Longest file of vectors that is read. */
const MAXIMUM_MIB = 64

/** What a file of vectors says. Throws a {@link CliError} where it can't be read or is no JSON. */
export async function readVectorFile(file: string): Promise<unknown> {
  const read = await readTextFile(file, MAXIMUM_MIB)
  if ('problem' in read) throw new CliError('vectors.unreadable', `${file}: ${read.problem.message}`)
  try {
    return JSON.parse(read.text) as unknown
  } catch (error) {
    throw new CliError('vectors.invalid', `${file} is not JSON: ${error instanceof Error ? error.message : String(error)}.`)
  }
}
