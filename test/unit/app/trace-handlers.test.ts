import { readFile } from 'node:fs/promises'

import { beforeAll, describe, expect, it } from 'vitest'

import { traceHandlers } from '#main/app/trace-handlers'
import { traceInLab, type TraceTask } from '#main/pool/trace-task'
import { labCalls } from '#shared/contract/lab-api'

let text: string
beforeAll(async () => {
  text = await readFile('resources/labs/calico-vs-cilium.cnilab.yaml', 'utf8')
})

const ends = { variant: 'calico-ipip', from: 'default/client-0', to: 'default/server-0', protocol: 'tcp' } as const
const { tracePacket } = traceHandlers({ ask: <Outcome>(_: string, task: object) => Promise.resolve(traceInLab(task as TraceTask) as Outcome) }, () => null)

describe('tracing a packet for the window', () => {
  it('comes to the trace of the lab’s text', async () => {
    const trace = await tracePacket({ text, ...ends, port: 8080 })
    expect(trace).toMatchObject({ schema: 'cnilab/trace/v1', variant: 'calico-ipip', verdict: 'delivered' })
    expect(trace.hops.length).toBeGreaterThan(10)
  })

  it('refuses an end that the lab does not have', async () => {
    await expect(tracePacket({ text, ...ends, to: 'default/nobody' })).rejects.toMatchObject({ code: 'trace.refused', message: 'The lab has no pod default/nobody.' })
  })

  it('refuses a lab with errors, and says which', async () => {
    const broken = text.replace('rack: a', 'rack: nowhere')
    await expect(tracePacket({ text: broken, ...ends })).rejects.toMatchObject({ code: 'lab.invalid', problems: expect.arrayContaining([expect.objectContaining({ severity: 'error' })]) as unknown })
  })

  it('says so where the tracing breaks down', async () => {
    const broken = traceHandlers({ ask: () => Promise.reject(new Error('out of memory')) }, () => null)
    await expect(broken.tracePacket({ text, ...ends })).rejects.toMatchObject({ code: 'trace.failed' })
  })

  it('takes no other payload than the contract’s', () => {
    const [schema] = labCalls.tracePacket
    expect(schema.safeParse({ text, ...ends }).success).toBe(true)
    for (const wrong of [{ protocol: 'sctp' }, { port: 0 }, { port: 65_536 }, { port: 1.5 }, { from: '' }, { extra: 1 }]) {
      expect(schema.safeParse({ text, ...ends, ...wrong }).success).toBe(false)
    }
  })
})
