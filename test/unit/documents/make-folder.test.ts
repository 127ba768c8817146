import { existsSync } from 'node:fs'
import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { makeFolder } from '#main/documents/make-folder'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cni-lab-'))
})
afterEach(() => rm(folder, { recursive: true }))

const isFolder = async (name: string): Promise<boolean> => (await stat(path.join(folder, name))).isDirectory()

describe('makeFolder', () => {
  it('makes a folder with those above it, and is content with one that is there', async () => {
    await makeFolder(path.join(folder, 'a b', 'ü', '🐙'))
    await makeFolder(path.join(folder, 'a b', 'ü', '🐙'))
    expect(await isFolder('a b/ü/🐙')).toBe(true)
  })

  it('finds its way where the path goes up again, or through a link', async () => {
    await makeFolder(`${folder}/one/../two/three/`)
    await symlink(path.join(folder, 'two'), path.join(folder, 'link'))
    await makeFolder(path.join(folder, 'link', 'four'))
    expect(await isFolder('two/three')).toBe(true)
    expect(await isFolder('two/four')).toBe(true)
  })

  it('lets several make the same folder at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => makeFolder(path.join(folder, 'x', 'y', 'z'))))
    expect(await isFolder('x/y/z')).toBe(true)
  })

  it('refuses a file, what is below one, no name at all, and links in a circle', async () => {
    await writeFile(path.join(folder, 'file'), '')
    await symlink(path.join(folder, 'loop'), path.join(folder, 'loop'))
    await expect(makeFolder(path.join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' })
    await expect(makeFolder(path.join(folder, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' })
    await expect(makeFolder(path.join(folder, 'loop', 'below'))).rejects.toMatchObject({ code: 'ELOOP' })
    await expect(makeFolder('')).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe.skipIf(!existsSync('/proc/self'))('makeFolder in a file system that makes none', () => {
  it('comes to an end', async () => {
    await expect(makeFolder('/proc/x')).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(makeFolder('/proc/x/y')).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
