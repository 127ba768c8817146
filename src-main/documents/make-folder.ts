import { mkdir, stat } from 'node:fs/promises'
import path from 'node:path'

import { hasCode } from './system-error'

/**
 * Makes a folder and those above it; one that is there already stays as it is. Rejects with the file system's error.
 *
 * Node's own recursive `mkdir` never comes to an end where a file system makes no folders and says so by ENOENT, as Linux's
 * `/proc` does: it takes that for a missing folder above.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await makeOne(folder)
  } catch (error) {
    const above = path.dirname(folder)
    if (!hasCode(error, 'ENOENT') || above === folder) throw error
    await makeFolder(above)
    await makeOne(folder)
  }
}

async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    const isThere = await stat(folder).then((found) => found.isDirectory(), () => false)
    if (!isThere) throw error
  }
}
