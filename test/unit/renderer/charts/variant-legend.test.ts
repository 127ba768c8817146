import { mount } from '@vue/test-utils'
import { TooltipProvider } from 'reka-ui'
import { describe, expect, test } from 'vitest'
import { defineComponent, h, ref } from 'vue'

import VariantLegend from '#renderer/charts/VariantLegend.vue'
import { variantStyle } from '#shared/charts/index'

const variants = ['host', 'calico', 'cilium'].map((name, index) => ({ name, style: variantStyle(index) }))

/** A legend with its model, and what is hidden by now. */
function legend() {
  const hidden = ref<ReadonlySet<string>>(new Set())
  const keep = (next: ReadonlySet<string>): void => void (hidden.value = next)
  const holder = defineComponent(() => () =>
    h(TooltipProvider, null, {
      default: () => h(VariantLegend, { variants, baseline: 'host', hidden: hidden.value, 'onUpdate:hidden': keep }),
    }),
  )
  const view = mount(holder)
  const button = (name: string) => view.findAll('button').find((each) => each.text().startsWith(name))!
  return { button, hidden: () => [...hidden.value].toSorted() }
}

describe('VariantLegend', () => {
  test('a click hides a variant and shows it again', async () => {
    const { button, hidden } = legend()
    await button('calico').trigger('click', { detail: 1 })
    expect(hidden()).toEqual(['calico'])
    expect(button('calico').attributes('aria-pressed')).toBe('false')
    await button('calico').trigger('click', { detail: 1 })
    expect(hidden()).toEqual([])
  })

  test('a double click shows a variant alone, and another one all again', async () => {
    const { button, hidden } = legend()
    const doubleClick = async (): Promise<void> => {
      await button('cilium').trigger('click', { detail: 1 })
      await button('cilium').trigger('click', { detail: 2 })
      await button('cilium').trigger('dblclick')
    }
    await doubleClick()
    expect(hidden()).toEqual(['calico', 'host'])
    await doubleClick()
    expect(hidden()).toEqual([])
  })

  test('Shift with a click does the same for keyboards', async () => {
    const { button, hidden } = legend()
    await button('host').trigger('click', { shiftKey: true })
    expect(hidden()).toEqual(['calico', 'cilium'])
  })

  test('hiding the last one shows all, so that there is something to look at', async () => {
    const { button, hidden } = legend()
    for (const { name } of variants) await button(name).trigger('click', { detail: 1 })
    expect(hidden()).toEqual([])
  })
})
