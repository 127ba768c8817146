import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'

import { ProblemsPanel } from '#renderer/problems/index'
import { useCanvasStore, type CanvasVerbs } from '#renderer/stores/canvas'
import { useDocumentStore } from '#renderer/stores/document'

import { sampleText } from '../support/sample-lab'

beforeEach(() => setActivePinia(createPinia()))

function open(text: string): void {
  useDocumentStore().show({ path: null, name: 'sample', text, edited: false, problems: [] })
}

test('the list says that there is nothing wrong', () => {
  open(sampleText)
  expect(mount(ProblemsPanel).text()).toContain('No problems')
})

test('a problem is shown with its code and line, and pressing it reveals what it is about', async () => {
  open(sampleText.replace('rate: 10Gbit', 'rate: 10Gbps'))
  const reveal = vi.fn()
  useCanvasStore().verbs = { reveal } as unknown as CanvasVerbs
  const problem = mount(ProblemsPanel).get('button')
  expect(problem.text()).toMatch(/error:.*Gbps.*node-1.*wrong-unit.*line 16/su)
  await problem.trigger('click')
  expect(reveal).toHaveBeenCalledWith('node:node-1')
})
