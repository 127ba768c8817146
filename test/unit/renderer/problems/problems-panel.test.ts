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

test('many problems can be searched', async () => {
  const lost = Array.from({ length: 20 }, (_, index) => `      - {name: lost-${index}, namespace: default, replicas: 1, nodes: [nowhere-${index}]}\n`).join('')
  open(sampleText.replace(/( +workloads:[^\n]*\n)/u, `$1${lost}`))
  const panel = mount(ProblemsPanel)
  expect(panel.findAll('li').length).toBeGreaterThanOrEqual(20)
  await panel.get('input[aria-label="Search problems"]').setValue('nowhere-7 error')
  expect(panel.findAll('li')).toHaveLength(1)
  expect(panel.text()).toContain('1 of 20')
})
