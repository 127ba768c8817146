import { mount } from '@vue/test-utils'
import { describe, expect, test } from 'vitest'

import DataTableView from '#renderer/charts/DataTableView.vue'
import { orderedRows } from '#renderer/charts/table-order'
import type { DataTable } from '#shared/charts/index'

const table: DataTable = {
  caption: 'A row per thing.',
  columns: [
    { key: 'name', label: 'Name', cells: ['node-10', 'node-2', 'node-1'] },
    { key: 'latency_ns', label: 'Latency', unit: 'ns', cells: [900, null, 12_000] },
    { key: 'unit', label: 'Unit', cells: ['ns', 'ns', 'ns'], fileOnly: true },
  ],
}

describe('orderedRows', () => {
  test('without an order rows stay as they are', () => {
    expect(orderedRows(table, '', null)).toEqual([0, 1, 2])
  })

  test('names sort as people count, numbers by value whatever their unit, and nothing goes last', () => {
    expect(orderedRows(table, '', { column: 0, descending: false })).toEqual([2, 1, 0])
    expect(orderedRows(table, '', { column: 1, descending: false })).toEqual([0, 2, 1])
    expect(orderedRows(table, '', { column: 1, descending: true })).toEqual([2, 0, 1])
  })

  test('a search finds rows that have every word, as they are shown', () => {
    expect(orderedRows(table, 'NODE 12.0', null)).toEqual([2])
    expect(orderedRows(table, 'node-1', null)).toEqual([0, 2])
    expect(orderedRows(table, 'nothing', null)).toEqual([])
  })
})

describe('DataTableView', () => {
  const cells = (view: ReturnType<typeof mount>): string[][] =>
    view.findAll('tbody tr').map((row) => row.findAll('td').map((cell) => cell.text().replaceAll('\u202f', ' ')))

  test('shows the columns for people, scaled, with a dash for what is missing', () => {
    const view = mount(DataTableView, { props: { table, name: 'Things' } })
    expect(view.findAll('th').map((heading) => heading.text())).toEqual(['Name', 'Latency'])
    expect(cells(view)).toEqual([['node-10', '900 ns'], ['node-2', '–'], ['node-1', '12.0 µs']])
    expect(view.find('caption').text()).toBe('Things. A row per thing.')
  })

  test('a heading sorts down, up, and not at all', async () => {
    const view = mount(DataTableView, { props: { table, name: 'Things' } })
    const heading = view.findAll('th')[1]!
    await heading.find('button').trigger('click')
    expect([heading.attributes('aria-sort'), cells(view)[0]?.[0]]).toEqual(['descending', 'node-1'])
    await heading.find('button').trigger('click')
    expect([heading.attributes('aria-sort'), cells(view)[0]?.[0]]).toEqual(['ascending', 'node-10'])
    await heading.find('button').trigger('click')
    expect([heading.attributes('aria-sort'), cells(view)[0]?.[0]]).toEqual([undefined, 'node-10'])
  })

  test('long tables are turned a page at a time, and searching starts at the first', async () => {
    const long: DataTable = { caption: '', columns: [{ key: 'n', label: 'N', cells: Array.from({ length: 250 }, (_, row) => `row ${row}`) }] }
    const view = mount(DataTableView, { props: { table: long, name: 'Rows' } })
    expect(cells(view)).toHaveLength(100)
    await view.findAll('button').find((button) => button.text() === 'Next')!.trigger('click')
    expect(cells(view)[0]).toEqual(['row 100'])
    await view.find('input').setValue('row 24')
    expect(cells(view).map(([text]) => text)).toEqual(['row 24', 'row 124', 'row 224', ...Array.from({ length: 10 }, (_, digit) => `row 24${digit}`)])
    await view.find('input').setValue('none')
    expect(view.text()).toContain('No row has “none”.')
  })
})
