import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { readLabFile } from '#main/cli/read-lab-file'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cni-lab-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function read(content: string | Uint8Array) {
  const file = path.join(folder, 'lab.cnilab.yaml')
  await writeFile(file, content)
  return readLabFile(file)
}

describe('readLabFile', () => {
  it('reads UTF-8, with or without a byte order mark', async () => {
    expect(await read('name: Köln\n')).toEqual({ text: 'name: Köln\n' })
    expect(await read('\uFEFFname: a\n')).toEqual({ text: 'name: a\n' })
    expect(await read('')).toEqual({ text: '' })
  })

  it('says where a file stops being UTF-8, though there be a U+FFFD before', async () => {
    const content = Buffer.concat([Buffer.from('a: \uFFFD\nb: 2\nc: '), Buffer.from([0xff, 0xfe]), Buffer.from('\n')])
    expect(await read(content)).toMatchObject({ problem: { code: 'not-utf8', line: 3 } })
  })

  it.each([
    ['a missing file', 'missing', /there is no such file/u],
    ['a folder', '.', /it is a folder/u],
    ['a path through a file', 'file/lab', /its folder does not exist/u],
  ])('says of %s why it can not be read', async (_what, name, reason) => {
    await writeFile(path.join(folder, 'file'), '')
    const { problem } = (await readLabFile(path.join(folder, name))) as { problem: { code: string; message: string } }
    expect(problem.code).toBe('unreadable')
    expect(problem.message).toMatch(reason)
  })

  it('reads no more than a lab may be long', async () => {
    expect(await read(Buffer.alloc(16 * 1024 * 1024 + 1, 'a'))).toMatchObject({ problem: { code: 'too-large' } })
  })

  it.skipIf(process.platform === 'win32')('does not hang on a device without end', async () => {
    expect(await readLabFile('/dev/zero')).toMatchObject({ problem: { code: 'too-large' } })
  })
})
