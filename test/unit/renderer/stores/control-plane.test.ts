import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'

import { CLUSTER_SIZES, MOST_RECORDED, useControlPlaneStore } from '#renderer/stores/control-plane'
import { useDocumentStore } from '#renderer/stores/document'
import type { ControlPlaneRecord, ControlPlaneSize } from '#shared/contract/control-plane'

import { FakeLabBridge } from '../support/fake-lab-bridge'
import { sampleText } from '../support/sample-lab'

const size: ControlPlaneSize = {
  nodes: 0, pods: 0, sessions: 0, sessionsPerNode: 0, messages: 0, updates: 0, routesPerNode: 0, rulesPerNode: 0, mapEntriesPerNode: 0, memoryPerNode: 0,
}

function recordOf(variant: string): ControlPlaneRecord {
  return { schema: 'cnilab/control-plane/v1', variant, durationSeconds: 5, convergedAfterSeconds: 0, nodes: [], changes: [] }
}

let bridge: FakeLabBridge

beforeEach(() => {
  setActivePinia(createPinia())
  bridge = new FakeLabBridge()
  bridge.answers['recordControlPlane'] = ({ variant }: { variant: string }) => ({ ok: true, value: recordOf(variant) })
  bridge.answers['scaleControlPlane'] = ({ sizes: [nodes] }: { sizes: number[] }) => ({ ok: true, value: [{ ...size, nodes }] })
  bridge.answers['stopControlPlane'] = () => ({ ok: true, value: null })
  vi.stubGlobal('lab', bridge.lab)
  open(sampleText)
})

afterEach(() => vi.unstubAllGlobals())

function open(text: string): void {
  useDocumentStore().show({ path: null, name: 'sample', text, edited: false, problems: [] })
}

const asked = (name: string) => bridge.calls.filter((call) => call.name === name).map(({ parameters }) => parameters)

describe('the record of a control plane', () => {
  test('is that of the chosen variant, of all nodes', async () => {
    const store = useControlPlaneStore()
    store.variantWanted = 'calico'
    await store.refresh()
    expect(store.record?.variant).toBe('calico')
    expect(asked('recordControlPlane')).toEqual([{ text: sampleText, variant: 'calico' }])
  })

  test('is of the chosen node alone where there are many', async () => {
    const nodes = Array.from({ length: MOST_RECORDED + 1 }, (_, index) => `    - {name: n-${index}, uplinks: [{switch: tor-a}]}`).join('\n')
    open(sampleText.replace('  nodes:\n', `  nodes:\n${nodes}\n`))
    const store = useControlPlaneStore()
    store.nodeWanted = 'n-7'
    await store.refresh()
    expect(asked('recordControlPlane')).toMatchObject([{ nodes: ['n-7'] }])
  })

  test('keeps the time within the run, and says why there is none', async () => {
    const store = useControlPlaneStore()
    store.time = 9
    await store.refresh()
    expect(store.time).toBe(5)
    bridge.answers['recordControlPlane'] = () => ({ ok: false, error: { code: 'control-plane.too-large', message: '12.5 million sessions.' } })
    await store.refresh()
    expect([store.record, store.refusal?.message]).toEqual([undefined, '12.5 million sessions.'])
  })

  test('that is given up is not waited for, and not shown when it comes', async () => {
    let answer: (value: unknown) => void = () => undefined
    bridge.answers['recordControlPlane'] = () => new Promise((resolve) => (answer = resolve))
    const store = useControlPlaneStore()
    const refreshed = store.refresh()
    await store.stop()
    answer({ ok: true, value: recordOf('host') })
    await refreshed
    expect([store.work, store.record, store.refusal?.code]).toEqual([undefined, undefined, 'control-plane.stopped'])
    expect(asked('stopControlPlane')).toHaveLength(1)
  })
})

describe('clusters of other sizes', () => {
  test('are started variant by variant, the small ones first', async () => {
    const store = useControlPlaneStore()
    await store.study()
    expect(asked('scaleControlPlane').map((parameters) => parameters as { variant: string; sizes: number[] }).map(({ variant, sizes }) => `${variant} ${sizes.join()}`).slice(0, 3)).toEqual(['host 10', 'calico 10', 'host 20'])
    expect(store.studies.map(({ variant, sizes }) => [variant, sizes.map(({ nodes }) => nodes)])).toEqual([['host', [...CLUSTER_SIZES]], ['calico', [...CLUSTER_SIZES]]])
    expect(store.progress).toBeUndefined()
  })

  test('keep what there is when they are stopped', async () => {
    const store = useControlPlaneStore()
    bridge.answers['scaleControlPlane'] = ({ sizes: [nodes] }: { sizes: number[] }) => {
      if (nodes === 20) void store.stop()
      return { ok: true, value: [{ ...size, nodes }] }
    }
    await store.study()
    expect(store.studies.map(({ sizes }) => sizes.map(({ nodes }) => nodes))).toEqual([[10], [10]])
    expect(store.progress).toBeUndefined()
  })

  test('are outdated by an edit of the lab, and forgotten with another', async () => {
    const store = useControlPlaneStore()
    const document = useDocumentStore()
    await store.study()
    document.commit({ label: 'x', operations: [{ op: 'set', path: ['metadata', 'name'], value: 'other' }] })
    expect(store.isStudyOutdated).toBe(true)
    open(sampleText)
    await nextTick()
    expect(store.studies).toEqual([])
  })
})
