import { open } from 'node:fs/promises'

import { reasonOf } from '#main/documents/system-error'
import type { Problem, ProblemCode } from '#shared/lab/index'

/** A file's text, or the problem that keeps it from being read: `unreadable`, `too-large` or `not-utf8`. */
export type TextFile = { readonly text: string } | { readonly problem: Problem }

/** Stands for standard input among the files. */
export const STANDARD_INPUT = '-'

const BYTES_PER_MIB = 1024 * 1024

/** A byte of UTF-8 that is in no other character. */
const newline = 0x0a

/**
 * Reads a file, or standard input, as far as it may be long, so that devices and pipes do as well as files and none takes
 * more memory than that.
 */
export async function readTextFile(file: string, maximumMib: number): Promise<TextFile> {
  let bytes: Uint8Array
  try {
    bytes = await readBounded(file, maximumMib * BYTES_PER_MIB + 1)
  } catch (error) {
    return refuse('unreadable', 1, `The file can't be read: ${reasonOf(error)}.`)
  }
  if (bytes.length > maximumMib * BYTES_PER_MIB) return refuse('too-large', 1, `The file is longer than ${maximumMib} MiB.`)
  return decode(bytes)
}

/** The text of bytes that are UTF-8, without a byte order mark; else the problem at the first line that is not. */
function decode(bytes: Uint8Array): TextFile {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const textOf = (part: Uint8Array): string | undefined => {
    try {
      return decoder.decode(part)
    } catch {
      return undefined
    }
  }
  const text = textOf(bytes)
  if (text !== undefined) return { text }
  let line = 1
  for (let start = 0, end; (end = bytes.indexOf(newline, start)) >= 0; start = end + 1, line += 1) {
    if (textOf(bytes.subarray(start, end)) === undefined) break
  }
  return refuse('not-utf8', line, 'The file is not UTF-8 text.')
}

/** The bytes of a file, at most `limit` and the rest of a chunk. */
async function readBounded(file: string, limit: number): Promise<Uint8Array> {
  const source = file === STANDARD_INPUT ? process.stdin : (await open(file)).createReadStream({ highWaterMark: BYTES_PER_MIB })
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= limit) break
  }
  return Buffer.concat(chunks)
}

function refuse(code: ProblemCode, line: number, message: string): { problem: Problem } {
  return { problem: { code, severity: 'error', path: '', line, message } }
}
