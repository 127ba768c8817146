import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { TooltipProvider } from 'reka-ui'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { h } from 'vue'

import { ResultsView } from '#renderer/compare/index'
import { useDocumentStore } from '#renderer/stores/document'
import { useRunsStore } from '#renderer/stores/runs'
import type { RunData } from '#shared/contract/run-messages'
import { parseLab } from '#shared/lab/index'
import { FakeLabBridge, fakeProgress, fakeRunData, fakeRunStarted } from '../support/fake-lab-bridge'

let bridge: FakeLabBridge

beforeEach(() => {
  setActivePinia(createPinia())
  bridge = new FakeLabBridge()
  bridge.keeps()
  vi.stubGlobal('lab', bridge.lab)
})
afterEach(() => vi.unstubAllGlobals())

/** The screen; pictures need a real canvas and are left out. */
function screen() {
  return mount(() => h(TooltipProvider, null, { default: () => h(ResultsView) }), { global: { stubs: { ChartCanvas: true } } })
}

/** The screen with a run. */
async function screenOf(data: RunData) {
  bridge.keeps(data.entry)
  bridge.answers['getRun'] = () => ({ ok: true, value: data })
  const runs = useRunsStore()
  await runs.refresh()
  await runs.show(data.entry.runId)
  const view = screen()
  await flushPromises()
  return view
}

describe('the Results screen', () => {
  test('says what to do before the first run', () => {
    expect(screen().text()).toContain('No results yet')
  })

  test('compares the variants of a run', async () => {
    const view = await screenOf(fakeRunData)
    const rows = view.findAll('.summary tbody tr').filter((row) => row.find('th').exists())
    expect(rows.map((row) => row.find('th').text())).toEqual(['host', 'calico-ipip', 'cilium-vxlan'])
    expect(rows[1]!.text()).toMatch(/−\d\.\d\u202f%/)
    expect(view.findAll('h3').map((title) => title.text())).toEqual([
      'Throughput over time: bulk', 'CPU over time', 'Latency percentiles: bulk', 'Latency distribution: bulk', 'CPU by stage',
      'Difference to host', 'All figures', 'Links', 'Drops',
    ])
  })

  test('a heading of the summary sorts the variants by its figure', async () => {
    const view = await screenOf(fakeRunData)
    const names = () => view.findAll('.summary tbody tr th').map((name) => name.text())
    const heading = view.findAll('.summary thead th').find((each) => each.text().startsWith('Goodput'))!
    const goodput = Object.fromEntries(fakeRunData.result.variants.map(({ name, seeds }) =>
      [name, seeds.reduce((sum, { traffic }) => sum + traffic.reduce((all, each) => all + each.goodputBps, 0), 0)]))
    const descending = names().sort((a, b) => goodput[b]! - goodput[a]!)
    await heading.find('button').trigger('click')
    expect([heading.attributes('aria-sort'), names()]).toEqual(['descending', descending])
    await heading.find('button').trigger('click')
    expect([heading.attributes('aria-sort'), names()]).toEqual(['ascending', descending.toReversed()])
    await heading.find('button').trigger('click')
    expect(names()).toEqual(['host', 'calico-ipip', 'cilium-vxlan'])
  })

  test('another baseline is compared with', async () => {
    const view = await screenOf(fakeRunData)
    const baseline = view.findAll('select').find((select) => select.element.labels[0]?.textContent === 'Baseline')!
    await baseline.setValue('cilium-vxlan')
    expect(view.text()).toContain('Difference to cilium-vxlan')
  })

  test('a run that failed says why, and marks what there is as partial', async () => {
    const variants = fakeRunData.result.variants.map((variant, index) => ({ ...variant, seeds: variant.seeds.slice(0, 2 - index) }))
    const view = await screenOf({
      ...fakeRunData,
      entry: { ...fakeRunData.entry, outcome: 'failed' },
      error: { code: 'run.worker-lost', message: 'The worker of cilium-vxlan with seed 1 was lost.' },
      result: { ...fakeRunData.result, variants },
    })
    expect(view.find('[role=alert]').text()).toBe(
      'The run failed. The worker of cilium-vxlan with seed 1 was lost. What was measured until then is shown below; it is partial.',
    )
    expect(view.text()).toContain('1 of 2 seeds')
    expect(view.text()).toContain('Nothing was measured.')
  })

  test('a run without any figures says so', async () => {
    const variants = fakeRunData.result.variants.map((variant) => ({ ...variant, seeds: [] }))
    const view = await screenOf({ ...fakeRunData, entry: { ...fakeRunData.entry, outcome: 'stopped' }, result: { ...fakeRunData.result, variants }, series: [] })
    expect(view.text()).toContain('No figures')
  })

  test('results of a lab that has changed since say so', async () => {
    useDocumentStore().lab = parseLab('apiVersion: cnilab.dev/v1alpha1\nkind: Lab\nmetadata: {name: other}').lab
    expect((await screenOf(fakeRunData)).text()).toContain('Lab changed since')
  })

  test('many warnings are folded after the first three', async () => {
    const warnings = Array.from({ length: 9 }, (_, index) => ({ code: `w.${index}`, message: `Mind ${index}.` }))
    const view = await screenOf({ ...fakeRunData, result: { ...fakeRunData.result, warnings } })
    expect(view.findAll('.notice')).toHaveLength(3)
    expect(view.find('.notices summary').text()).toBe('6 more')
  })

  test('warnings of a kind stand in one', async () => {
    const warnings = Array.from({ length: 16 }, (_, index) => ({ code: 'run.task-missing', message: `calico, seed ${index} ended before anything was measured.` }))
    const view = await screenOf({ ...fakeRunData, result: { ...fakeRunData.result, warnings } })
    expect(view.findAll('.notice')).toHaveLength(1)
    expect(view.find('.notices summary').text()).toBe('15 more like this')
  })

  test('warnings stand above the figures', async () => {
    expect((await screenOf(fakeRunData)).find('.notices').text()).toContain('node-3 has more pods than its block holds.')
  })

  test('a run under way shows how far it is and how long it takes', async () => {
    bridge.answers['startRun'] = () => ({ ok: true, value: fakeRunStarted })
    const runs = useRunsStore()
    const disconnect = runs.connect()
    await runs.start({ text: 'lab' })
    const view = screen()
    bridge.tell('runProgress', fakeProgress(0.05, 5e9))
    await new Promise((resolve) => requestAnimationFrame(resolve))
    await flushPromises()
    expect(view.find('[role=progressbar]').attributes('aria-valuenow')).toBe('25')
    expect(view.text()).toContain('about 3 s left')
    expect(view.findAll('.seed')).toHaveLength(6)
    disconnect()
  })

  test('a run that can not be read says so', async () => {
    bridge.keeps(fakeRunData.entry)
    bridge.answers['getRun'] = () => ({ ok: false, error: { code: 'run.unreadable', message: 'The files of this run can’t be read.' } })
    const runs = useRunsStore()
    await runs.refresh()
    await runs.show(fakeRunData.entry.runId)
    expect(screen().text()).toContain('The files of this run can’t be read.')
  })
})
