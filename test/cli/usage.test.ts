import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { cliFile, runCli } from '../support/run-cli'

const example = path.resolve('resources/labs/calico-vs-cilium.cnilab.yaml')

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cni-lab-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function labFile(name: string, text: string): Promise<string> {
  const file = path.join(folder, name)
  await writeFile(file, text)
  return file
}

/** A lab that may be saved, though there is nothing in it to run. */
const bareLab = 'apiVersion: cnilab.dev/v1alpha1\nkind: Lab\nmetadata: {name: bare}\n'

describe('cni-lab', () => {
  it.each([
    ['no command', []],
    ['an unknown command', ['simulate']],
    ['an unknown option', ['run', example, '--fast']],
    ['too many arguments', ['run', example, example]],
    ['no file', ['run']],
    ['no files', ['validate']],
    ['a number of seeds that is none', ['run', example, '--seeds', 'many']],
    ['no seeds at all', ['run', example, '--seeds', '0']],
    ['a fraction of a worker', ['run', example, '--workers', '1.5']],
    ['a negative number of workers', ['run', example, '--workers', '-1']],
  ])('refuses %s with a reason on stderr and exit code 2', async (_what, args) => {
    const { code, out, error } = await runCli(args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(error).not.toBe('')
    expect(error).not.toMatch(/^ +at /mu)
  })

  it('prints help and version on stdout', async () => {
    const help = await runCli(['--help'])
    expect(help).toMatchObject({ code: 0, error: '' })
    for (const command of ['run', 'validate', 'schema']) expect(help.out).toMatch(new RegExp(`^  ${command} `, 'mu'))
    const version = await runCli(['--version'])
    expect(version.code).toBe(0)
    expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/u)
  })

  it('exports one file to stdout, several into a folder, and says on stderr what they do not hold', async () => {
    const calico = await runCli(['export', example, '--to', 'calico'])
    expect(calico.code).toBe(0)
    expect(calico.out).toMatch(/^apiVersion: operator\.tigera\.io\/v1\nkind: Installation\n/u)
    expect(calico.error).toContain('[export.in-other-file]')
    const out = path.join(folder, 'lab')
    expect(await runCli(['export', example, '--to', 'containerlab'])).toMatchObject({ code: 2, out: '' })
    expect((await runCli(['export', example, '--to', 'containerlab', '--out', out])).code).toBe(0)
    const again = path.join(folder, 'again.cnilab.yaml')
    expect((await runCli(['import', out, '--out', again])).code).toBe(0)
    expect((await runCli(['validate', again])).code).toBe(0)
  })

  it('makes no lab of what can be no part of one, and reports on no node that the lab has not', async () => {
    const out = path.join(folder, 'made.cnilab.yaml')
    const made = await runCli(['import', await labFile('list.yaml', '- 1\n- 2\n'), '--out', out])
    expect(made).toMatchObject({ code: 2, out: '', error: expect.stringContaining('[import.empty]') as string })
    expect(existsSync(out)).toBe(false)
    const routes = await runCli(['routes', example, '--variant', 'host', '--node', 'node-9'])
    expect(routes).toMatchObject({ code: 2, out: '', error: expect.stringContaining('"node-9". [routes.unknown-node]') as string })
  })

  it('exports to targets that it knows only', async () => {
    expect(await runCli(['export', example, '--to', 'terraform'])).toMatchObject({ code: 2, out: '', error: expect.stringContaining('Allowed choices are kind, helm') as string })
  })

  it('is built without Electron', async () => {
    const seen = new Set<string>()
    const imported: string[] = []
    const follow = async (file: string): Promise<void> => {
      // Comments name files too.
      if (seen.has(file) || !statSync(file, { throwIfNoEntry: false })?.isFile()) return
      seen.add(file)
      const specifiers = (await readFile(file, 'utf8')).matchAll(/\bfrom ?["']([^"']+)["']|\bimport ?\(? ?["']([^"']+)["']/gu)
      for (const [, from, direct] of specifiers) {
        const specifier = from ?? direct!
        if (specifier.startsWith('.')) await follow(path.resolve(path.dirname(file), specifier))
        else imported.push(specifier)
      }
    }
    await follow(cliFile)
    expect(seen.size).toBeGreaterThan(1)
    expect(imported).toContain('piscina')
    expect(imported).not.toContain('electron')
  })

  it('ends quietly when its reader goes away', async () => {
    const child = spawn('sh', ['-c', `"$0" "$1" schema | head -c 1`, process.execPath, cliFile], { stdio: 'pipe' })
    const errors: string[] = []
    child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text))
    await new Promise((resolve) => child.on('close', resolve))
    expect(errors).toEqual([])
  })
})

describe.skipIf(!existsSync('/dev/full'))('cni-lab on a full disk', () => {
  it('says that its output can not be written', async () => {
    const child = spawn('sh', ['-c', `"$0" "$1" schema > /dev/full`, process.execPath, cliFile], { stdio: 'pipe' })
    let error = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      error += text
    })
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(2)
    expect(error).toBe("cni-lab: The output can't be written: the disk is full. [output.unwritable]\n")
  })
})

describe.skipIf(process.platform === 'win32')('cni-lab, given what is no file', () => {
  it.each([
    ['import', ['import', '/dev/zero', '--out', '/dev/null'], 'import.unreadable'],
    ['routes --vectors', ['routes', '--vectors', '/dev/zero'], 'vectors.unreadable'],
    ['reach --vectors', ['reach', '--vectors', '/dev/zero'], 'vectors.unreadable'],
    ['report', ['report', '/dev/zero'], 'report.unreadable'],
  ])('ends %s of a device without end with a reason', async (_what, args, reason) => {
    const { code, error } = await runCli(args)
    expect(code).toBe(2)
    expect(error).toMatch(new RegExp(`longer than \\d+ MiB.*\\[${reason}\\]`, 'u'))
  })

  it('ends at once when it is interrupted while it waits for a pipe', async () => {
    const pipe = path.join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const child = spawn(process.execPath, [cliFile, 'validate', pipe], { stdio: 'ignore' })
    // Opens when the command does.
    const writer = await open(pipe, 'w')
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([null, 'SIGINT'])
    await writer.close()
  })
})

describe('cni-lab schema', () => {
  it('prints a JSON Schema', async () => {
    const { code, out } = await runCli(['schema'])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' })
    expect(await runCli(['schema', '--json'])).toMatchObject({ code: 0, out })
  })
})

describe('cni-lab validate', () => {
  it('finds nothing wrong with the example', async () => {
    const { code, out } = await runCli(['validate', example, '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual({ schema: 'cnilab/problems/v1', file: example, problems: [] })
  })

  it('accepts a lab with nothing to run in it', async () => {
    expect(await runCli(['validate', await labFile('bare.cnilab.yaml', bareLab)])).toMatchObject({ code: 0, error: '' })
  })

  it('prints each problem with its place and code, and ends with 2 on an error', async () => {
    const file = await labFile('bad.cnilab.yaml', `${bareLab}spec:\n  nodes: 5\n`)
    const { code, out, error } = await runCli(['validate', file])
    expect(code).toBe(2)
    expect(out).toContain(`${file}:5: error: spec.nodes: `)
    expect(out).toContain('[wrong-type]')
    expect(error).toBe(`cni-lab: ${file}: 1 error (wrong-type)\n`)
  })

  it('answers several files with one array, in their order', async () => {
    const good = await labFile('good.cnilab.yaml', bareLab)
    const { code, out } = await runCli(['validate', '--json', path.join(folder, 'missing'), good])
    expect(code).toBe(2)
    expect(JSON.parse(out)).toMatchObject([{ problems: [{ code: 'unreadable', line: 1 }] }, { file: good, problems: [] }])
  })

  it('ends with 0 where there are warnings only', async () => {
    const file = await labFile('odd.cnilab.yaml', `${bareLab}spec: {fabric: {switches: [{name: tor, role: tor}]}}\n`)
    const { code, out } = await runCli(['validate', file, '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ problems: [{ code: 'unlinked-switch', severity: 'warning' }] })
  })
})

describe('cni-lab run refuses', () => {
  it.each([
    ['a lab with errors', 'kind: Lab\n', [], 'lab.invalid'],
    ['a lab without variants', bareLab, [], 'run.no-variants'],
  ])('%s', async (_what, text, options, reason) => {
    const { code, out, error } = await runCli(['run', await labFile('lab.cnilab.yaml', text), ...options])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(error).toContain(`[${reason}]`)
  })

  it('a variant that the lab does not have, and names those it has', async () => {
    const { code, error } = await runCli(['run', example, '--variant', 'weave'])
    expect(code).toBe(2)
    expect(error).toMatch(/"weave".*"host".*\[run\.unknown-variant\]/u)
  })

  it.each([
    ['a folder', '.', 'unreadable'],
    ['a missing file', 'missing', 'unreadable'],
    ['a binary file', process.execPath, 'too-large'],
  ])('%s', async (_what, file, reason) => {
    const { code, error } = await runCli(['run', path.resolve(folder, file)])
    expect(code).toBe(2)
    expect(error).toContain(`[${reason}]`)
  })

  it('an output folder that can not be made', async () => {
    const inFile = path.join(await labFile('file', ''), 'results')
    const { code, error } = await runCli(['run', example, '--out', inFile])
    expect(code).toBe(2)
    expect(error).toContain('[output.unwritable]')
  })
})
