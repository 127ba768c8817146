import { readFileSync } from 'node:fs'

import { controlPlaneHandlers } from '#main/app/control-plane-handlers'
import { recordControlPlaneInLab, scaleControlPlaneInLab, type RecordTask, type ScaleTask } from '#main/pool/control-plane-task'
import type { Waiting } from '#main/pool/question-thread'
import { describe, expect, it } from 'vitest'

const text = readFileSync('resources/labs/failures/bird-shutdown.cnilab.yaml', 'utf8')
/** Does what the thread does, here. */
const thread = {
  ask: <Outcome>(name: string, task: object): Promise<Outcome> =>
    Promise.resolve((name === 'recordControlPlaneInLab' ? recordControlPlaneInLab(task as RecordTask) : scaleControlPlaneInLab(task as ScaleTask)) as Outcome),
}
const { recordControlPlane, scaleControlPlane } = controlPlaneHandlers(thread, () => null, () => undefined)

describe('a control plane for the window', () => {
  it('comes to its record, of the nodes asked for', async () => {
    const record = await recordControlPlane({ text, variant: 'calico', nodes: ['node-2'] })
    expect(record).toMatchObject({ schema: 'cnilab/control-plane/v1', variant: 'calico', nodes: [{ name: 'node-2', kind: 'node' }] })
  })

  it('comes to the start of other sizes', async () => {
    expect(await scaleControlPlane({ text, variant: 'calico', sizes: [10, 20], podsPerNode: 5 })).toMatchObject([
      { nodes: 10, pods: 50, sessions: 45 },
      { nodes: 20, pods: 100, sessions: 190 },
    ])
  })

  it.each([
    ['a lab with errors', { text: text.replace('switch: tor', 'switch: nowhere'), variant: 'calico' }, 'lab.invalid'],
    ['a variant that the lab has not', { text, variant: 'other' }, 'control-plane.unknown-variant'],
    ['a node that the lab has not', { text, variant: 'calico', nodes: ['node-9'] }, 'control-plane.unknown-node'],
  ])('refuses %s', async (_, asked, code) => {
    await expect(recordControlPlane(asked)).rejects.toMatchObject({ code })
  })

  it('gives up what is asked when it is told to, and answers what is asked later', async () => {
    const calls = controlPlaneHandlers({
      ask: <Outcome>(name: string, task: object, waiting?: Waiting): Promise<Outcome> =>
        (task as RecordTask).nodes === undefined
          ? new Promise((_, reject) => {
              const abort = (): void => reject(new Error('aborted'))
              if (waiting?.signal?.aborted === true) abort()
              else waiting?.signal?.addEventListener('abort', abort)
            })
          : thread.ask<Outcome>(name, task),
    }, () => null, () => undefined)
    const asked = calls.recordControlPlane({ text, variant: 'calico' })
    const refused = expect(asked).rejects.toMatchObject({ code: 'control-plane.stopped' })
    expect(await calls.stopControlPlane(undefined)).toBeNull()
    await refused
    expect(await calls.recordControlPlane({ text, variant: 'calico', nodes: ['node-1'] })).toMatchObject({ variant: 'calico' })
  })

  it('says so where the simulation breaks down', async () => {
    const broken = controlPlaneHandlers({ ask: () => Promise.reject(new Error('out of memory')) }, () => null, () => undefined)
    await expect(broken.recordControlPlane({ text, variant: 'calico' })).rejects.toMatchObject({ code: 'control-plane.failed' })
  })
})
