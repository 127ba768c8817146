import path from 'node:path'

import { extractFile } from '@electron/asar'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { expect, test as base } from '@playwright/test'

import { makeTemporaryFolder } from '../fixture/lab-app'

import { PackedApp } from './packed-app'

const test = base.extend<{ readonly app: PackedApp }>({
  app: async ({ browserName: _browserName }, use) => {
    const folder = await makeTemporaryFolder()
    const app = await PackedApp.launch(path.join(folder.path, 'user-data'))
    await use(app)
    await app.end()
    await folder.remove()
    expect(app.trouble.unexpected(), 'nothing went wrong unseen').toEqual([])
  },
})

test.describe('the packed app', () => {
  test('starts on the example from inside its archive', async ({ app }) => {
    expect(app.page.url()).toBe('app://cni-lab/index.html')
    const start = await app.page.evaluate(() => window.lab.getStartDocument())
    expect(start).toMatchObject({ ok: true, value: { path: null, name: 'calico-vs-cilium' } })
  })

  test('runs a lab in worker threads from inside its archive', async ({ app }) => {
    const finished = await app.page.evaluate(async () => {
      const start = await window.lab.getStartDocument()
      if (!start.ok) return start.error
      const text = start.value.text.replace(/^ {2}run: .*$/mu, '  run: {duration: 20ms, warmup: 5ms, seeds: 1}')
      const over = new Promise((resolve) => {
        window.lab.on('runFinished', resolve)
      })
      const run = await window.lab.startRun({ text })
      if (!run.ok) return run.error
      await over
      const data = await window.lab.getRun({ runId: run.value.runId })
      return data.ok ? data.value : data.error
    })
    expect(finished).toMatchObject({
      entry: { outcome: 'done' },
      result: { variants: [{ name: 'host' }, { name: 'calico-ipip' }, { name: 'cilium-vxlan' }] },
    })
  })

  test('knows its name and version', async ({ app }) => {
    const info = await app.page.evaluate(() => window.lab.getAppInfo())
    expect(info).toMatchObject({ ok: true, value: { name: 'CNI Lab', version: '0.1.0' } })
  })

  test('has its fuses set: not a plain Node, not to be inspected, runs only its own checked archive', async () => {
    const wire = await getCurrentFuseWire(process.env.CNI_LAB_PACKED ?? '')
    const isOn = (fuse: FuseV1Options): boolean => wire[fuse] === FuseState.ENABLE
    expect({
      runAsNode: isOn(FuseV1Options.RunAsNode),
      nodeOptions: isOn(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
      inspection: isOn(FuseV1Options.EnableNodeCliInspectArguments),
      fileProtocolPrivileges: isOn(FuseV1Options.GrantFileProtocolExtraPrivileges),
      onlyArchive: isOn(FuseV1Options.OnlyLoadAppFromAsar),
      archiveIntegrity: isOn(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
    }).toEqual({
      runAsNode: false,
      nodeOptions: false,
      inspection: false,
      fileProtocolPrivileges: false,
      onlyArchive: true,
      archiveIntegrity: true,
    })
  })

  test('brings its own licence, and the notices of the packages whose code is in its bundles', () => {
    const executable = process.env.CNI_LAB_PACKED ?? ''
    const archive = path.join(path.dirname(executable), process.platform === 'darwin' ? '../Resources' : 'resources', 'app.asar')
    const read = (...file: string[]): string => extractFile(archive, path.join(...file)).toString('utf8')
    expect(read('LICENSE')).toContain('Apache License')
    const window = read('out', 'renderer', 'third-party-notices.txt')
    expect(window).toMatch(/^vue [\d.]+ \(MIT\)$/mu)
    expect(window).toMatch(/^elkjs [\d.]+ \(EPL-2\.0.*\)$/mu)
    expect(window).toMatch(/^@fontsource-variable\/inter [\d.]+ \(OFL-1\.1\)$/mu)
    expect(read('out', 'main', 'third-party-notices.txt')).toMatch(/^zod [\d.]+ \(MIT\)$/mu)
  })
})
