import { mount, type VueWrapper } from '@vue/test-utils'
import { TooltipProvider } from 'reka-ui'
import { describe, expect, test } from 'vitest'
import { defineComponent, h } from 'vue'

import { TextField } from '#renderer/ui/index'

type Properties = InstanceType<typeof TextField>['$props']

/** A mounted field, and what it committed. */
function field(properties: Partial<Properties> = {}): { readonly wrapper: VueWrapper; readonly committed: string[] } {
  const committed: string[] = []
  const own = { label: 'Rate', value: '10Gbit', onCommit: (text: string) => committed.push(text), ...properties }
  const host = defineComponent(() => () => h(TooltipProvider, null, () => h(TextField, own)))
  return { wrapper: mount(host), committed }
}

describe('a text field', () => {
  test('commits on Enter what was typed, without spaces around it', async () => {
    const { wrapper, committed } = field()
    await wrapper.get('input').setValue(' 25Gbit ')
    await wrapper.get('input').trigger('keydown', { key: 'Enter' })
    expect(committed).toContain('25Gbit')
  })

  test('does not commit what has not changed', async () => {
    const { wrapper, committed } = field()
    await wrapper.get('input').trigger('keydown', { key: 'Enter' })
    expect(committed).toEqual([])
  })

  test('keeps a text that is refused, with the reason tied to the field', async () => {
    const { wrapper, committed } = field({ check: (text) => `No ${text}.` })
    const input = wrapper.get('input')
    input.element.value = 'fast'
    await input.trigger('input')
    await input.trigger('keydown', { key: 'Enter' })
    expect(committed).toEqual([])
    expect([input.element.value, input.attributes('aria-invalid')]).toEqual(['fast', 'true'])
    expect(wrapper.get(`#${input.attributes('aria-describedby')!}`).text()).toBe('No fast.')
  })

  test('puts the old text back on Escape', async () => {
    const { wrapper, committed } = field()
    const input = wrapper.get('input')
    input.element.value = 'x'
    await input.trigger('input')
    await input.trigger('keydown', { key: 'Escape' })
    expect([input.element.value, committed]).toEqual(['10Gbit', []])
  })

  test('shows that things differ, and what holds while it is empty', () => {
    expect(field({ value: '', mixed: true }).wrapper.get('input').attributes('placeholder')).toBe('Mixed')
    expect(field({ value: '', placeholder: '25Gbit' }).wrapper.get('input').attributes('placeholder')).toBe('25Gbit')
  })

  test('shows what validation says of the text in force', () => {
    expect(field({ error: 'Too slow.' }).wrapper.text()).toContain('Too slow.')
  })
})
