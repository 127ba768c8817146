import { readTextFile, type TextFile } from './read-text-file'

/** Longest lab file that is read. */
const MAXIMUM_MIB = 16

/** Reads a lab file as far as a lab may be long. What can't be read is a problem like those inside a lab. */
export function readLabFile(file: string): Promise<TextFile> {
  return readTextFile(file, MAXIMUM_MIB)
}
