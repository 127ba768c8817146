import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { TooltipProvider } from 'reka-ui'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { h } from 'vue'

import { ResultsView } from '#renderer/compare/index'
import { useComparisonStore } from '#renderer/stores/comparison'
import { useRunsStore } from '#renderer/stores/runs'

import { fakeFacts, threeVariants } from '../../../fixture/fake-facts'
import { FakeLabBridge, fakeRunData } from '../support/fake-lab-bridge'

let bridge: FakeLabBridge

beforeEach(() => {
  setActivePinia(createPinia())
  bridge = new FakeLabBridge()
  bridge.keeps(fakeRunData.entry)
  bridge.answers['getRun'] = () => ({ ok: true, value: fakeRunData })
  bridge.answers['compareRun'] = () => ({ ok: true, value: fakeFacts(threeVariants) })
  vi.stubGlobal('lab', bridge.lab)
})
afterEach(() => vi.unstubAllGlobals())

/** The results of a run, on their side with the comparison. */
async function comparison() {
  useComparisonStore().side = 'rows'
  const runs = useRunsStore()
  await runs.refresh()
  await runs.show(fakeRunData.entry.runId)
  const view = mount(() => h(TooltipProvider, null, { default: () => h(ResultsView) }), { global: { stubs: { ChartCanvas: true } } })
  await flushPromises()
  return view
}

describe('The comparison of a run', () => {
  test('has a row for each of the seven and a column for each variant', async () => {
    const view = await comparison()
    expect(view.findAll('th[scope=row]').map((row) => row.text().replace(/The lab has no policies.*/u, '').trim())).toEqual([
      'Infrastructure', 'Network protocols', 'Performance', 'Scalability', 'Security', 'Complexity', 'Resource consumption',
    ])
    expect(view.findAll('thead .variant').map((name) => name.text())).toEqual(['host', 'calico-ipip', 'cilium-vxlan'])
    expect(view.text()).toContain('In IPIP, +20 B')
  })

  test('shows what is behind a cell when it is pressed, and hides it when it is pressed again', async () => {
    const view = await comparison()
    const cell = view.findAll('button.cell').find((button) => button.text().startsWith('Network protocols, calico-ipip'))!
    await cell.trigger('click')
    expect(cell.attributes('aria-expanded')).toBe('true')
    const behind = view.find('[aria-label="Behind Network protocols, calico-ipip"]')
    expect(behind.text()).toContain('BGP UPDATE until the run’s end, all nodes')
    expect(behind.findAll('thead th').map((heading) => heading.text())).toEqual(['From', 'What', 'Value'])
    await cell.trigger('click')
    expect(view.find('[aria-label="Behind Network protocols, calico-ipip"]').exists()).toBe(false)
  })

  test('says of each claim what the run shows, and finds claims by words', async () => {
    const view = await comparison()
    const claims = () => view.findAll('.claim').map((claim) => [claim.find('.said').text(), claim.find('.status-badge').text()])
    expect(claims()).toContainEqual(['IPIP needs no overlay.', 'Does not hold'])
    await view.find('input[aria-label="Search claims"]').setValue('geneve larger')
    expect(claims()).toEqual([['Geneve is larger than VXLAN.', 'Not shown by this run']])
    await view.find('input[aria-label="Search claims"]').setValue('nonsense')
    expect(view.text()).toContain('No claim has “nonsense”.')
  })

  test('is of the run that is shown, and is asked for once', async () => {
    let asked = 0
    bridge.answers['compareRun'] = () => {
      asked += 1
      return { ok: true, value: fakeFacts(threeVariants) }
    }
    const view = await comparison()
    for (const side of ['Measured', 'Comparison']) await view.findAll('button').find((button) => button.text() === side)!.trigger('click')
    expect(asked).toBe(1)
  })

  test('a lab that is refused leaves what was measured, says why, and can be asked again', async () => {
    bridge.answers['compareRun'] = () => ({ ok: false, error: { code: 'comparison.failed', message: 'The thread was lost.' } })
    const view = await comparison()
    expect(view.find('[role=alert]').text()).toContain('The thread was lost.')
    expect(view.text()).toContain('cores per Gbit/s')
    bridge.answers['compareRun'] = () => ({ ok: true, value: fakeFacts(threeVariants) })
    await view.findAll('button').find((button) => button.text() === 'Try again')!.trigger('click')
    await flushPromises()
    expect(view.find('[role=alert]').exists()).toBe(false)
    expect(view.text()).toContain('In IPIP, +20 B')
  })
})
