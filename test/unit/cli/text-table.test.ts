import { describe, expect, it } from 'vitest'

import { textTable } from '#main/cli/text-table'

describe('textTable', () => {
  it('makes columns as wide as their widest cell and leaves no space at the ends of lines', () => {
    const columns = [
      { heading: 'variant', align: 'left' },
      { heading: 'cores', align: 'right' },
      { heading: 'why', align: 'left' },
    ] as const
    expect(textTable(columns, [['host', '12.25', ''], ['cilium-vxlan', '3', 'eBPF']])).toBe(
      ['variant       cores  why', 'host          12.25', 'cilium-vxlan      3  eBPF', ''].join('\n'),
    )
  })
})
