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

  it('has room for the routes of a thousand nodes', () => {
    const rows = Array.from({ length: 200_000 }, (_, row) => [String(row)])
    expect(textTable([{ heading: 'row', align: 'right' }], rows)).toMatch(/^ {3}row\n {5}0\n[^]*\n199999\n$/u)
  })
})
