import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

import { reasonOf } from '#main/documents/read-document'
import type { Problem, ProblemCode } from '#shared/lab/index'

/** A lab file's text, or the problem that keeps it from being read. */
export type LabFile = { readonly text: string } | { readonly problem: Problem }

/** Longest lab file that is read, in bytes. */
const maximumBytes = 16 * 1024 * 1024

/** A byte of UTF-8 that is in no other character. */
const newline = 0x0a

/**
 * Reads a lab file as far as a lab may be long, so that devices and pipes do as well as files. What can't be read is a
 * problem like those inside a lab: `unreadable`, `too-large` or `not-utf8`.
 */
export async function readLabFile(file: string): Promise<LabFile> {
  let bytes: Uint8Array
  try {
    const handle = await open(file, constants.O_RDONLY)
    try {
      bytes = await readBounded(handle, maximumBytes + 1)
    } finally {
      await handle.close()
    }
  } catch (error) {
    return refuse('unreadable', 1, `The file can't be read: ${reasonOf(error)}.`)
  }
  if (bytes.length > maximumBytes) return refuse('too-large', 1, 'The file is longer than 16 MiB.')
  return decode(bytes)
}

/** The text of bytes that are UTF-8, without a byte order mark; else the problem at the first line that is not. */
function decode(bytes: Uint8Array): LabFile {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const isText = (part: Uint8Array): boolean => {
    try {
      return typeof decoder.decode(part) === 'string'
    } catch {
      return false
    }
  }
  if (isText(bytes)) return { text: decoder.decode(bytes) }
  let line = 1
  for (let start = 0, end; (end = bytes.indexOf(newline, start)) >= 0; start = end + 1, line += 1) {
    if (!isText(bytes.subarray(start, end))) break
  }
  return refuse('not-utf8', line, 'The file is not UTF-8 text.')
}

async function readBounded(handle: FileHandle, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  while (length < limit) {
    const { bytesRead, buffer } = await handle.read({ buffer: Buffer.alloc(Math.min(limit - length, 1024 * 1024)) })
    if (bytesRead === 0) break
    chunks.push(buffer.subarray(0, bytesRead))
    length += bytesRead
  }
  return Buffer.concat(chunks)
}

function refuse(code: ProblemCode, line: number, message: string): { problem: Problem } {
  return { problem: { code, severity: 'error', path: '', line, message } }
}
