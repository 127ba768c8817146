import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { TooltipProvider } from 'reka-ui'
import { beforeEach, describe, expect, test } from 'vitest'
import { h } from 'vue'

import { TrustDialog } from '#renderer/trust/index'
import { predictionPoints } from '#renderer/trust/prediction-points'

beforeEach(() => setActivePinia(createPinia()))

describe('how far off the app is', () => {
  test('is told for every table, with its source of doubt', async () => {
    const app = mount(() => h(TooltipProvider, null, { default: () => h(TrustDialog, { open: true }) }), {
      attachTo: document.body,
      global: { stubs: { ChartCanvas: true } },
    })
    await flushPromises()
    const text = document.body.textContent
    expect(text).toContain('How far off the app is')
    expect(text).toContain('InfraBuilder benchmark-k8s-cni-2020-08')
    expect(text).toMatch(/\d+\.\d %/u)
    expect(document.querySelectorAll('select option').length).toBeGreaterThan(2)
    app.unmount()
  })

  test('has no mark for rows without a ratio', () => {
    const row = { key: 'calico-wg', scope: 'pod-to-pod', metric: 'tcp-rr-us', streams: 1, measured: 1, use: 'score' }
    const marks = predictionPoints([
      { ...row, predicted: 2, measuredRatio: 1, predictedRatio: 2 },
      { ...row, predicted: null, measuredRatio: 1, predictedRatio: null },
      { ...row, predicted: 2, measuredRatio: null, predictedRatio: null },
    ])
    expect(marks).toEqual([expect.objectContaining({ series: 'calico', label: 'calico-wg', scored: true, predictedRatio: 2 })])
  })
})
