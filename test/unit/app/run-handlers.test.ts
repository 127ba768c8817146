import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { runHandlers } from '#main/app/run-handlers'
import type { RunService } from '#main/runs/run-service'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cni-lab-'))
  await writeFile(path.join(folder, 'policies.yaml'), 'kind: NetworkPolicy\n')
})
afterEach(() => rm(folder, { recursive: true }))

const text = 'spec: {cluster: {manifests: [{file: policies.yaml}, {file: ../outside.yaml}]}}\n'

describe('Starting a run', () => {
  it('reads the manifest files next to the open document', async () => {
    const start = vi.fn<RunService['start']>()
    await runHandlers({ start } as unknown as RunService, () => path.join(folder, 'lab.cnilab.yaml')).startRun({ text, seeds: 2 })
    expect(start).toHaveBeenCalledWith({ text, seeds: 2, files: new Map([['policies.yaml', 'kind: NetworkPolicy\n']]) })
  })

  it('finds none as long as the document has no place', async () => {
    const start = vi.fn<RunService['start']>()
    await runHandlers({ start } as unknown as RunService, () => null).startRun({ text })
    expect(start).toHaveBeenCalledWith({ text })
  })
})
