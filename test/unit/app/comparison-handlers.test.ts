import { readFileSync } from 'node:fs'

import { describe, expect, it, vi } from 'vitest'

import { comparisonHandlers } from '#main/app/comparison-handlers'
import { compareInLab, type ComparisonTask } from '#main/pool/comparison-task'
import type { Waiting } from '#main/pool/question-thread'
import type { RunService } from '#main/runs/run-service'

const text = readFileSync('resources/labs/calico-vs-cilium.cnilab.yaml', 'utf8')
const runId = '0b0e6b1c-3c5f-4d8a-9f60-000000000001'

/** The call for a run of a lab's text; the thread does what `ask` does, and the real one's task where it does nothing else. */
function calls(lab: string, ask = (_: string, task: object): unknown => compareInLab(task as ComparisonTask)) {
  const runs = {
    get: () => Promise.resolve({ entry: { variants: ['host', 'calico-ipip'] } }),
    labOf: () => Promise.resolve({ text: lab }),
  } as unknown as RunService
  return comparisonHandlers(runs, { ask: <Outcome>(name: string, task: object) => Promise.resolve().then(() => ask(name, task) as Outcome) }, () => undefined)
}

describe('The comparison of a run', () => {
  it('is of the variants that ran', async () => {
    const facts = await calls(text).compareRun({ runId })
    expect(facts).toMatchObject({ nodes: 2, pods: 2, variants: [{ variant: 'host', cni: 'none' }, { variant: 'calico-ipip', cni: 'calico' }] })
  })

  it('is refused for a lab with errors', async () => {
    await expect(calls(text.replace('switch: tor-a', 'switch: nowhere')).compareRun({ runId })).rejects.toMatchObject({ code: 'lab.invalid' })
  })

  it('is given up when it is stopped, and there when it is asked for again', async () => {
    const runs = { get: () => Promise.resolve({ entry: { variants: ['host'] } }), labOf: () => Promise.resolve({ text }) } as unknown as RunService
    const answers = [
      ({ signal }: Waiting) => new Promise((_, reject) => signal!.addEventListener('abort', () => reject(new Error('aborted')))),
      () => Promise.resolve(compareInLab({ text, variants: ['host'] })),
    ]
    const asked: unknown[] = []
    const ask = <Outcome>(_: string, __: object, waiting: Waiting = {}): Promise<Outcome> => {
      asked.push(waiting)
      return answers.shift()!(waiting) as Promise<Outcome>
    }
    const handlers = comparisonHandlers(runs, { ask }, () => undefined)
    const refused = expect(handlers.compareRun({ runId })).rejects.toMatchObject({ code: 'comparison.stopped' })
    await vi.waitFor(() => expect(asked).toHaveLength(1), { timeout: 30_000 })
    expect(await handlers.stopComparison(undefined)).toBeNull()
    await refused
    expect(await handlers.compareRun({ runId })).toMatchObject({ variants: [{ variant: 'host' }] })
  })

  it('says so where the thread breaks down', async () => {
    const broken = calls(text, () => {
      throw new Error('out of memory')
    })
    await expect(broken.compareRun({ runId })).rejects.toMatchObject({ code: 'comparison.failed' })
  })
})
