import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { OverwriteReason } from '#main/documents/document-dialogs'
import { saveClusterFiles } from '#main/documents/export/save-cluster-files'

const one = [{ path: 'a.yaml', text: 'new a' }]
const several = [...one, { path: 'tor/frr.conf', text: 'new b' }]

describe('saveClusterFiles', () => {
  let folder: string
  let asked: string[]
  let mayReplace: boolean
  let chosen: string | null

  const at = (name: string): string => path.join(folder, name)
  const dialogs = {
    chooseFileToExport: (name: string) => answer(`file ${name}`, chosen),
    chooseFolderToExport: () => answer('folder', chosen),
    askToOverwrite: (name: string, because: OverwriteReason) => answer(`overwrite ${name} ${because}`, mayReplace),
    askToReplace: (_: string, files: readonly string[]) => answer(`replace ${files.join(', ')}`, mayReplace),
  }
  function answer<Value>(question: string, value: Value): Promise<Value> {
    asked.push(question)
    return Promise.resolve(value)
  }

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cni-lab-'))
    asked = []
    mayReplace = false
    chosen = folder
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('writes several files below the folder chosen', async () => {
    expect(await saveClusterFiles(several, dialogs)).toEqual({ path: folder, files: 2 })
    expect(asked).toEqual(['folder'])
    expect(await readFile(at('tor/frr.conf'), 'utf8')).toBe('new b')
  })

  it('replaces files of a folder only where the user says so', async () => {
    await writeFile(at('a.yaml'), 'old')
    expect(await saveClusterFiles(several, dialogs)).toBeNull()
    expect(asked).toEqual(['folder', 'replace a.yaml'])
    expect(await readdir(folder)).toEqual(['a.yaml'])
    mayReplace = true
    expect(await saveClusterFiles(several, dialogs)).toMatchObject({ files: 2 })
    expect(await readFile(at('a.yaml'), 'utf8')).toBe('new a')
  })

  it('asks about a file that the name chosen becomes by its extension, and about no other', async () => {
    await writeFile(at('mine.yaml'), 'old')
    chosen = at('mine')
    expect(await saveClusterFiles(one, dialogs)).toBeNull()
    expect(asked).toEqual(['file a.yaml', 'overwrite mine.yaml exists'])
    expect(await readFile(at('mine.yaml'), 'utf8')).toBe('old')
    // The dialog itself has asked about the very name.
    chosen = at('mine.yaml')
    expect(await saveClusterFiles(one, dialogs)).toEqual({ path: at('mine.yaml'), files: 1 })
  })

  it('writes nothing where the user cancels, and says so where there is nothing to write', async () => {
    chosen = null
    expect(await saveClusterFiles(several, dialogs)).toBeNull()
    expect(await saveClusterFiles(one, dialogs)).toBeNull()
    await expect(saveClusterFiles([], dialogs)).rejects.toMatchObject({ code: 'export.nothing' })
  })

  it('says why files cannot be written', async () => {
    chosen = at('a.yaml')
    await writeFile(chosen, 'a file where a folder should be')
    await expect(saveClusterFiles(several, dialogs)).rejects.toMatchObject({ code: 'export.unwritable' })
  })
})
