import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'

import { CallRefused } from '#shared/contract/call-refused'
import { maximumDocumentLength } from '#shared/contract/document'
import { isPng, labInPng } from '#shared/lab/picture/png-lab'
import { labInSvg } from '#shared/lab/picture/svg-lab'

import { reasonOf } from './system-error'

/** A lab file as read from disk. */
export interface ReadDocument {
  readonly path: string
  readonly text: string
  /** Whether the lab was inside a picture, which is not to be overwritten with a lab. */
  readonly isPicture: boolean
  /** Of the file's bytes; tells later whether somebody else changed the file. */
  readonly fingerprint: string
}

/**
 * Reads a lab file, or the lab inside a PNG or SVG. Refuses with `document.unreadable` (missing, a folder, no permission, not UTF-8) or
 * `document.too-large`; the size is checked on the open file, before a byte is read.
 */
export async function readDocument(file: string): Promise<ReadDocument> {
  const bytes = await readBytes(file)
  try {
    const found = isPng(bytes) ? labInPng(bytes) : bytes
    if (found === undefined) throw new CallRefused('document.invalid', `${path.basename(file)} is a picture without a lab inside.`)
    const text = new TextDecoder('utf-8', { fatal: true }).decode(found)
    const inSvg = labInSvg(text)
    return { path: file, text: inSvg ?? text, isPicture: found !== bytes || inSvg !== undefined, fingerprint: fingerprintOf(bytes) }
  } catch (error) {
    if (error instanceof CallRefused) throw error
    throw new CallRefused('document.unreadable', `${path.basename(file)} is not a text file in UTF-8.`)
  }
}

/** Identifies content, to tell whether a file still is what was last read or written. */
export function fingerprintOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    // A pipe that nobody writes to would keep its reader waiting, and the app with it; Windows knows neither.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const stats = await handle.stat()
      if (!stats.isFile()) throw new CallRefused('document.unreadable', `${path.basename(file)} is not a file.`)
      if (stats.size > maximumDocumentLength) {
        const limit = maximumDocumentLength / (1024 * 1024)
        throw new CallRefused('document.too-large', `${path.basename(file)} is larger than ${limit} MiB.`)
      }
      return await handle.readFile()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (error instanceof CallRefused) throw error
    throw new CallRefused('document.unreadable', `${path.basename(file)} can't be read: ${reasonOf(error)}.`)
  }
}
