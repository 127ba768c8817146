import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'

import { useCapturesStore } from '#renderer/stores/captures'
import { useDocumentStore } from '#renderer/stores/document'
import { useRunsStore } from '#renderer/stores/runs'

import { FakeLabBridge } from '../support/fake-lab-bridge'
import { sampleText } from '../support/sample-lab'
import { framesOfHex } from '../support/captured-frames'

const runId = '0b0e6b1c-3c5f-4d8a-9f60-000000000001'
const frames = framesOfHex(['4500002000014000401100000a0000010a0000029c400035000c000041424344'])

let bridge: FakeLabBridge

beforeEach(() => {
  setActivePinia(createPinia())
  bridge = new FakeLabBridge()
  bridge.answers['startRun'] = () => ({ ok: true, value: { runId, lab: 'l', labHash: 'h', durationSeconds: 1, warmupSeconds: 0, traffic: [], tasks: [], faults: [] } })
  bridge.answers['listRuns'] = () => ({ ok: true, value: [] })
  bridge.answers['getRun'] = () => ({ ok: false, error: { code: 'run.unknown', message: 'No.' } })
  bridge.answers['getCapture'] = () => ({ ok: true, value: frames })
  vi.stubGlobal('lab', bridge.lab)
  useDocumentStore().show({ path: null, name: 'sample', text: sampleText, edited: false, problems: [] })
})

afterEach(() => vi.unstubAllGlobals())

const callsOf = (name: string) => bridge.calls.filter((call) => call.name === name).map(({ parameters }) => parameters)

/** Starts a capture and lets its run end. */
async function captured(): Promise<ReturnType<typeof useCapturesStore>> {
  const captures = useCapturesStore()
  captures.change({ variant: 'host', interfaces: ['node-1/eth0'], filter: 'tcp' })
  expect(await captures.start()).toBe(true)
  useRunsStore().current = null
  await nextTick()
  await vi.waitFor(() => expect(captures.frames).toBeDefined(), { timeout: 30_000 })
  return captures
}

describe('a capture', () => {
  test('is one variant’s run with its first seed, whose frames are read when it is over', async () => {
    const captures = await captured()
    expect(callsOf('startRun')).toEqual([{
      text: sampleText, variants: ['host'], seeds: 1, capture: { variant: 'host', interfaces: ['node-1/eth0'], filter: 'tcp', snapLength: 256 },
    }])
    expect(callsOf('getCapture')).toEqual([{ runId }])
    expect(captures.captured).toEqual({ runId, variant: 'host' })
    expect(captures.isBusy).toBe(false)
  })

  test('says why where the run is refused, and reads nothing', async () => {
    const captures = useCapturesStore()
    bridge.answers['startRun'] = () => ({ ok: false, error: { code: 'capture.refused', message: 'No such interface.' } })
    captures.change({ variant: 'host', interfaces: ['node-9/eth0'] })
    expect(await captures.start()).toBe(false)
    expect(captures.refusal?.message).toBe('No such interface.')
    expect(callsOf('getCapture')).toEqual([])
  })

  test('gives the way of a frame’s packet by its interface and record', async () => {
    const captures = await captured()
    bridge.answers['traceCaptured'] = () => ({ ok: false, error: { code: 'capture.none', message: 'Gone.' } })
    expect(await captures.follow(0)).toBeUndefined()
    expect(callsOf('traceCaptured')).toEqual([{ runId, on: 0, record: 7 }])
    expect(captures.refusal?.message).toBe('Gone.')
  })

  test('is gone with another lab', async () => {
    const captures = await captured()
    useDocumentStore().show({ path: null, name: 'other', text: sampleText, edited: false, problems: [] })
    await nextTick()
    expect([captures.frames, captures.order.variant]).toEqual([undefined, ''])
  })
})
