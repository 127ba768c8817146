import { randomUUID } from 'node:crypto'
import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'

/**
 * Replaces a file so that at every moment, power cuts included, the path holds either the old or the new content:
 * write a sibling, fsync it, rename it over the old one, fsync the folder. A symbolic link keeps pointing where it
 * did, and an existing file keeps its permissions.
 *
 * Throws the file system's error; the old file is then untouched and no temporary file stays behind.
 */
export async function writeAtomically(file: string, content: string | Uint8Array): Promise<void> {
  const target = await realpath(file).catch(() => file)
  const mode = await stat(target).then((stats) => stats.mode, () => 0o644)
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID()}.tmp`)
  try {
    const handle = await open(temporary, 'wx', mode & 0o777)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(path.dirname(target))
}

/** Makes a rename durable. Windows has no such call and refuses to open folders. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
