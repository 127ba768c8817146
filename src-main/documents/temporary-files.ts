import { randomUUID } from 'node:crypto'
import { lstat, readdir, rm } from 'node:fs/promises'
import path from 'node:path'

/** A temporary file of the app: its name, and nothing that a person would call a file. */
const NAME = /^\.cni-lab-[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.tmp$/u

/**
 * Nobody writes that long without the file's time moving on. Its writer is not asked for by number: the folder may be
 * another machine's, and numbers are given again.
 */
const ABANDONED_MS = 24 * 60 * 60 * 1000

/** Folders that were looked through by this process. */
const looked = new Set<string>()

/** A name for a temporary file in a folder. Without the final file's own name, which may be as long as names can be. */
export function temporaryIn(folder: string): string {
  return path.join(folder, `.cni-lab-${randomUUID()}.tmp`)
}

/**
 * Removes temporary files from a folder that processes left there that were killed, the first time that this process asks
 * for the folder. `writtenMs` is when something was written there just now, by the clock that gives its files their times.
 * What can't be removed stays: it is in nobody's way.
 */
export async function removeAbandoned(folder: string, writtenMs: number): Promise<void> {
  if (looked.has(folder)) return
  looked.add(folder)
  const names = await readdir(folder).catch((): string[] => [])
  for (const name of names.filter((each) => NAME.test(each))) {
    const file = path.join(folder, name)
    const found = await lstat(file).catch(() => null)
    if (found?.isFile() && writtenMs - found.mtimeMs > ABANDONED_MS) await rm(file, { force: true }).catch(() => undefined)
  }
}
