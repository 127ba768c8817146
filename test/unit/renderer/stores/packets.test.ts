import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { useDocumentStore } from '#renderer/stores/document'
import { usePacketsStore } from '#renderer/stores/packets'
import type { Trace } from '#shared/contract/trace'

import { FakeLabBridge } from '../support/fake-lab-bridge'
import { sampleText } from '../support/sample-lab'

const question = { variant: 'host', compared: 'calico', from: 'default/client-0', to: 'default/server-0', protocol: 'tcp' } as const

let bridge: FakeLabBridge

beforeEach(() => {
  setActivePinia(createPinia())
  bridge = new FakeLabBridge()
  bridge.answers['tracePacket'] = ({ variant }: { variant: string }) => ({ ok: true, value: traceOf(variant) })
  vi.stubGlobal('lab', bridge.lab)
  open()
})

afterEach(() => vi.unstubAllGlobals())

function traceOf(variant: string): Trace {
  return { schema: 'cnilab/trace/v1', variant, verdict: 'delivered', hops: [] }
}

function open(): void {
  useDocumentStore().show({ path: null, name: 'sample', text: sampleText, edited: false, problems: [] })
}

describe('the packet that is followed', () => {
  test('goes through both variants of the lab as it is', async () => {
    const packets = usePacketsStore()
    expect(await packets.trace(question)).toBe(true)
    expect(packets.traces.map(({ variant }) => variant)).toEqual(['host', 'calico'])
    expect(bridge.calls.map(({ parameters }) => parameters)).toEqual(['host', 'calico'].map((variant) =>
      ({ text: sampleText, variant, from: 'default/client-0', to: 'default/server-0', protocol: 'tcp' })))
  })

  test('goes through one where the other is the same or none', async () => {
    const packets = usePacketsStore()
    await packets.trace({ ...question, compared: 'host' })
    await packets.trace({ ...question, compared: '' })
    expect(bridge.calls).toHaveLength(2)
  })

  test('is not shown where one of the variants refuses it', async () => {
    const packets = usePacketsStore()
    await packets.trace(question)
    bridge.answers['tracePacket'] = ({ variant }: { variant: string }) =>
      variant === 'host' ? { ok: true, value: traceOf(variant) } : { ok: false, error: { code: 'trace.refused', message: 'No.' } }
    expect(await packets.trace(question)).toBe(false)
    expect(packets.refusal?.message).toBe('No.')
    expect(packets.traces).toEqual([])
  })

  test('is the one asked for last, whichever answer comes last', async () => {
    const packets = usePacketsStore()
    let answer: (trace: { ok: true; value: Trace }) => void = () => undefined
    bridge.answers['tracePacket'] = () => new Promise((resolve) => (answer = resolve))
    const slow = packets.trace({ ...question, compared: '' })
    bridge.answers['tracePacket'] = ({ variant }: { variant: string }) => ({ ok: true, value: traceOf(variant) })
    await packets.trace({ ...question, variant: 'calico', compared: '' })
    answer({ ok: true, value: traceOf('host') })
    expect(await slow).toBe(false)
    expect(packets.traces.map(({ variant }) => variant)).toEqual(['calico'])
  })

  test('is outdated once the lab is edited, and gone with another lab', async () => {
    const packets = usePacketsStore()
    await packets.trace(question)
    expect(packets.isOutdated).toBe(false)
    useDocumentStore().commit({ label: 'Edit', operations: [{ op: 'splice', offset: 0, removed: '', inserted: '# more\n' }] })
    expect(packets.isOutdated).toBe(true)
    open()
    await Promise.resolve()
    expect(packets.traces).toEqual([])
    expect(packets.question).toBeUndefined()
  })
})
