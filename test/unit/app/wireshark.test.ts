import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { findWireshark, openInWireshark } from '#main/app/wireshark'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cni-lab-'))
  await mkdir(path.join(folder, 'bin'))
})
afterEach(() => rm(folder, { recursive: true }))

/** A program that copies the file it is started with, as `wireshark -r FILE` would read it. */
async function install(): Promise<string> {
  const program = path.join(folder, 'bin', 'wireshark')
  await writeFile(program, `#!/bin/sh\n[ "$1" = -r ] && cp "$2" "${folder}/opened"\n`)
  await chmod(program, 0o755)
  return program
}

const place = () => ({ platform: 'linux' as const, searched: ['relative', path.join(folder, 'empty'), path.join(folder, 'bin')].join(path.delimiter) })

describe('Wireshark', () => {
  it('is found in the search path, and nowhere where it is not installed', async () => {
    expect(await findWireshark(place())).toBeUndefined()
    const program = await install()
    expect(await findWireshark(place())).toBe(program)
    await chmod(program, 0o644)
    expect(await findWireshark(place())).toBeUndefined()
  })

  it('is started with a file of the capture', async () => {
    await install()
    await openInWireshark(Uint8Array.of(1, 2, 3), place())
    await vi.waitFor(async () => expect([...(await readFile(path.join(folder, 'opened')))]).toEqual([1, 2, 3]), 5000)
  })

  it('is missed in words where it is not installed', async () => {
    await expect(openInWireshark(new Uint8Array(0), place())).rejects.toMatchObject({ code: 'wireshark.missing' })
  })
})
