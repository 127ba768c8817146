import { mount } from '@vue/test-utils'
import { describe, expect, test } from 'vitest'
import { h } from 'vue'

import { FAILURE_LABS, findFailures, readPage } from '#renderer/failures/failure-labs'
import { markdownElements } from '#renderer/failures/markdown'
import { parseLab } from '#shared/lab/index'

const shown = (text: string): string => mount(() => h('div', markdownElements(text))).html({ raw: true })

describe('failure labs', () => {
  test('each has a title, a summary and a page, and the name that its page is found by', () => {
    expect(FAILURE_LABS.length).toBeGreaterThanOrEqual(19)
    for (const { id, title, summary, page, text } of FAILURE_LABS) {
      expect([title, summary, page].filter((part) => part === ''), id).toEqual([])
      expect(parseLab(text).lab?.name ?? id, id).toBe(id)
    }
  })

  test('are found by words of their pages, all of which have to be there', () => {
    expect(findFailures(FAILURE_LABS, 'hold time').map(({ id }) => id)).toContain('hold-timer')
    expect(findFailures(FAILURE_LABS, 'VXLAN-blocked').map(({ id }) => id)).toEqual(['vxlan-blocked'])
    expect(findFailures(FAILURE_LABS, 'hold unheard-of-word')).toEqual([])
    expect(findFailures(FAILURE_LABS, ' ')).toEqual(FAILURE_LABS)
  })

  test('a page is taken apart into title, first paragraph and the rest', () => {
    expect(readPage('# A *title*\n\nOne `line`\nand more.\n\n**Why.** x\n')).toEqual({
      title: 'A *title*', summary: 'One line and more.', page: 'One `line`\nand more.\n\n**Why.** x',
    })
  })
})

describe('the Markdown of pages', () => {
  test('becomes elements', () => {
    expect(shown('A **b** and `c < d`\n\n- one\n- *two*\n\n## Next')).toBe(
      '<div><p>A <strong>b</strong> and <code>c &lt; d</code></p><ul><li>one</li><li><em>two</em></li></ul><h4>Next</h4></div>')
    expect(shown('| a | b |\n| --- | --- |\n| 1 | `2` |')).toContain('<td><code>2</code></td>')
  })

  test('never brings markup, scripts or links of its own along', () => {
    const html = shown('<script>alert(1)</script>\n\nA <img src=x onerror=y> [go](javascript:z) ![p](http://q)\n\n<div onclick="a">b</div>')
    expect(html).not.toMatch(/<(?:script|img|a|div on)/u)
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(html).toContain('go (javascript:z)')
  })
})
