import { execFileSync } from 'node:child_process'
import { chmod, lstat, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { writeAtomically } from '#main/documents/write-atomically'

describe('writeAtomically', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cni-lab-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('creates a file and leaves nothing else behind', async () => {
    await writeAtomically(path.join(folder, 'a.yaml'), 'one')
    expect(await readdir(folder)).toEqual(['a.yaml'])
    expect(await readFile(path.join(folder, 'a.yaml'), 'utf8')).toBe('one')
  })

  it('replaces the content and keeps the permissions', async () => {
    const file = path.join(folder, 'a.yaml')
    await writeFile(file, 'one')
    await chmod(file, 0o640)
    await writeAtomically(file, 'two')
    expect(await readFile(file, 'utf8')).toBe('two')
    expect((await stat(file)).mode & 0o777).toBe(0o640)
  })

  it('never shows a reader a half-written file', async () => {
    const file = path.join(folder, 'a.yaml')
    const texts = ['a', 'b'].map((letter) => letter.repeat(1_000_000))
    await writeFile(file, texts[0]!)
    const writing = (async () => {
      for (let round = 0; round < 20; round++) await writeAtomically(file, texts[round % 2]!)
    })()
    const seen = new Set<string>()
    for (let round = 0; round < 40; round++) seen.add(await readFile(file, 'utf8'))
    await writing
    expect([...seen].filter((text) => !texts.includes(text))).toEqual([])
  })

  it('removes what was abandoned a day ago, and neither what may be in use nor files of others', async () => {
    const temporary = (digit: string): string => `.cni-lab-${digit.repeat(8)}-0000-4000-8000-000000000000.tmp`
    const names = [temporary('0'), temporary('1'), '.cni-lab-notes.tmp']
    for (const name of names) await writeFile(path.join(folder, name), 'half')
    const dayAndHour = Date.now() / 1000 - 25 * 60 * 60
    for (const name of [temporary('0'), '.cni-lab-notes.tmp']) await utimes(path.join(folder, name), dayAndHour, dayAndHour)
    await writeAtomically(path.join(folder, 'a.yaml'), 'one')
    expect((await readdir(folder)).toSorted()).toEqual([temporary('1'), '.cni-lab-notes.tmp', 'a.yaml'])
  })

  it('writes through a symbolic link', async () => {
    await writeFile(path.join(folder, 'real.yaml'), 'one')
    await symlink('real.yaml', path.join(folder, 'link.yaml'))
    await writeAtomically(path.join(folder, 'link.yaml'), 'two')
    expect(await readFile(path.join(folder, 'real.yaml'), 'utf8')).toBe('two')
  })

  it('makes the file that a symbolic link points to, and keeps the link', async () => {
    const link = path.join(folder, 'link.yaml')
    await symlink('later.yaml', link)
    await writeAtomically(link, 'one')
    expect((await lstat(link)).isSymbolicLink()).toBe(true)
    expect(await readFile(path.join(folder, 'later.yaml'), 'utf8')).toBe('one')
  })

  it('refuses links that lead in a circle', async () => {
    await symlink('b.yaml', path.join(folder, 'a.yaml'))
    await symlink('a.yaml', path.join(folder, 'b.yaml'))
    await expect(writeAtomically(path.join(folder, 'a.yaml'), 'one')).rejects.toThrow(/ELOOP/)
    expect(await readdir(folder)).toEqual(['a.yaml', 'b.yaml'])
  })

  it('replaces a file of the longest name there is', async () => {
    const file = path.join(folder, `${'a'.repeat(250)}.yaml`)
    await writeAtomically(file, 'one')
    await writeAtomically(file, 'two')
    expect(await readFile(file, 'utf8')).toBe('two')
  })

  it('writes into a pipe instead of replacing it', async () => {
    const pipe = path.join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const [read] = await Promise.all([readFile(pipe, 'utf8'), writeAtomically(pipe, 'one')])
    expect(read).toBe('one')
    expect((await stat(pipe)).isFIFO()).toBe(true)
  })

  it('keeps the old file when what it is to hold breaks off', async () => {
    const file = path.join(folder, 'a.yaml')
    await writeFile(file, 'one')
    async function* parts(): AsyncGenerator<string> {
      yield await Promise.resolve('tw')
      throw new Error('no more')
    }
    await expect(writeAtomically(file, parts())).rejects.toThrow('no more')
    expect(await readdir(folder)).toEqual(['a.yaml'])
    expect(await readFile(file, 'utf8')).toBe('one')
  })

  it('cleans up and keeps the target when the rename fails', async () => {
    const target = path.join(folder, 'a.yaml')
    await mkdir(target)
    await expect(writeAtomically(target, 'one')).rejects.toThrow()
    expect(await readdir(folder)).toEqual(['a.yaml'])
  })

  it('fails when the folder is missing', async () => {
    await expect(writeAtomically(path.join(folder, 'none', 'a.yaml'), 'one')).rejects.toThrow(/ENOENT/)
  })
})
