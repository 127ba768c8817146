import { open, readlink, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { hasCode } from './system-error'
import { removeAbandoned, temporaryIn } from './temporary-files'

/** What a file is to hold; parts that come one after another are never all in memory. */
export type FileContent = string | Uint8Array | AsyncIterable<string | Uint8Array>

/**
 * Replaces a file so that at every moment, power cuts included, the path holds either the old or the new content:
 * write a sibling, fsync it, rename it over the old one, fsync the folder. A symbolic link keeps pointing where it
 * did, and an existing file keeps its permissions. Devices, pipes and `/dev/stdout` are written to as they are.
 *
 * Throws the file system's error; the old file is then untouched and no temporary file stays behind. Those of processes
 * that were killed while they wrote are removed a day later.
 */
export async function writeAtomically(file: string, content: FileContent): Promise<void> {
  const present = await stat(file).catch(() => null)
  // There is no old content to keep, and a rename would put a file in the device's place.
  if (present !== null && !present.isFile() && !present.isDirectory()) return writeFile(file, content)
  const target = await linkedFile(file)
  const mode = present?.mode ?? 0o644
  const folder = path.dirname(target)
  const temporary = temporaryIn(folder)
  let writtenMs: number
  try {
    const handle = await open(temporary, 'wx', mode & 0o777)
    try {
      await writeFile(handle, content)
      await handle.sync()
      writtenMs = (await handle.stat()).mtimeMs
    } finally {
      await handle.close()
    }
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(folder)
  await removeAbandoned(folder, writtenMs)
}

/** Where a path leads, though nothing be there yet. Rejects where links lead in a circle. */
async function linkedFile(file: string): Promise<string> {
  try {
    return await realpath(file)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
    const next = await readlink(file).catch(() => null)
    return next === null ? file : linkedFile(path.resolve(path.dirname(file), next))
  }
}

/**
 * Makes a rename durable, as far as the file system can: network shares may refuse to sync folders, which takes nothing from
 * the file that is there by now. Windows has no such call and refuses to open folders.
 */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (hasCode(error, 'EIO')) throw error
  }
}
