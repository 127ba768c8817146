import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { type RunOptions, runCommand } from '#main/cli/run-command'
import { InProcessExecutor } from '#main/pool/in-process-executor'
import type { RunEngineTask } from '#shared/contract/engine-messages'

import { fakeEngine, fakeSetUpTask, stallingEngine } from '../../support/fake-set-up'
import { fakeTerminal } from './fake-terminal'

let folder: string
let lab: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cni-lab-'))
  lab = path.join(folder, 'lab.cnilab.yaml')
  await writeFile(lab, 'apiVersion: cnilab.dev/v1alpha1\nkind: Lab\nmetadata: {name: two-racks}\n')
})
afterEach(() => rm(folder, { recursive: true }))

function start(options: RunOptions = {}, runEngine: RunEngineTask = fakeEngine, interrupt = new AbortController()) {
  const terminal = fakeTerminal()
  const executor = new InProcessExecutor({ runEngine, setUp: fakeSetUpTask })
  const code = runCommand(lab, options, { terminal, executor, version: '1.2.3', listenForInterrupt: () => interrupt.signal })
  return { code, terminal: terminal.written }
}

describe('runCommand', () => {
  it('prints one JSON value on stdout and nothing else', async () => {
    const { code, terminal } = start({ json: true, variant: ['host', 'cilium-vxlan'], seeds: 3 })
    expect(await code).toBe(0)
    expect(JSON.parse(terminal.out)).toMatchObject({
      schema: 'cnilab/result/v1',
      lab: 'two-racks',
      durationSeconds: 1,
      variants: [{ name: 'host', seeds: [{ seed: 1 }, { seed: 2 }, { seed: 3 }] }, { name: 'cilium-vxlan' }],
    })
    expect(terminal.error).toBe('0 %, 0 of 6 tasks done\n')
  })

  it('prints a comparison for people', async () => {
    const { code, terminal } = start()
    expect(await code).toBe(0)
    expect(terminal.out).toMatch(/^two-racks: 1 s simulated, 2 seeds, differences to host/u)
  })

  it('writes result, series and report into a folder that it makes', async () => {
    const out = path.join(folder, 'a', 'b')
    const { code, terminal } = start({ json: true, out })
    expect(await code).toBe(0)
    expect(await readdir(out)).toEqual(expect.arrayContaining(['charts', 'report.html', 'results.json', 'series.csv']))
    expect(await readFile(path.join(out, 'results.json'), 'utf8')).toBe(terminal.out)
    const [header, first] = (await readFile(path.join(out, 'series.csv'), 'utf8')).split('\r\n')
    expect(header).toBe('variant,seed,t_ns,metric,name,unit,value')
    expect(first).toMatch(/^host,1,0,goodput,bulk,bit\/s,\d/u)
    expect(await readFile(path.join(out, 'report.html'), 'utf8')).toContain('<title>two-racks: comparison report</title>')
    // The charts' library takes seconds to load where it is not bundled.
  }, 60_000)

  it('refuses an output folder that can not be made before it runs', async () => {
    const { code, terminal } = start({ out: path.join(lab, 'results') })
    await expect(code).rejects.toMatchObject({ code: 'output.unwritable' })
    expect(terminal.out).toBe('')
  })

  it('prints the problems of a lab that can not run, each with place and code', async () => {
    await writeFile(lab, 'broken')
    const { code, terminal } = start({ json: true })
    await expect(code).rejects.toMatchObject({ code: 'lab.invalid' })
    expect(terminal.error).toBe(`${lab}:1: error: metadata.name: There is no name. [missing]\n`)
    expect(terminal.out).toBe('')
  })

  it('refuses a lab file that can not be read', async () => {
    await rm(lab)
    await expect(start().code).rejects.toMatchObject({ code: 'unreadable' })
  })

  it('prints what was measured when it is interrupted', async () => {
    const interrupt = new AbortController()
    const stalling = stallingEngine(5e8)
    const runEngine: RunEngineTask = (task) => {
      if (task.plan.variant === 'host') return fakeEngine(task)
      setTimeout(() => interrupt.abort())
      return stalling(task)
    }
    const { code, terminal } = start({ json: true, seeds: 1 }, runEngine, interrupt)
    expect(await code).toBe(130)
    expect(JSON.parse(terminal.out)).toMatchObject({ variants: [{ name: 'host' }, { name: 'calico-ipip' }] })
    expect(terminal.error).toContain('interrupted')
  })

  it('prints what is done, and the reason on stderr, when the run breaks down', async () => {
    const { code, terminal } = start({ json: true, seeds: 1 }, (task) => {
      if (task.plan.variant === 'host') return fakeEngine(task)
      throw new Error('no route')
    })
    expect(await code).toBe(2)
    expect(JSON.parse(terminal.out)).toMatchObject({ variants: [{ name: 'host' }], warnings: [{ code: 'run.task-failed' }, {}, {}, {}, {}, {}] })
    expect(terminal.error).toMatch(/^cni-lab: calico-ipip, seed 1: the simulation failed: no route\. \[run\.task-failed\]$/mu)
  })
})
