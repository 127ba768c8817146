import { describe, expect, test } from 'vitest'

import { cellText, isNumeric, rowCount, toCsv, type DataTable } from '#shared/charts/index'

const table: DataTable = {
  caption: 'A row per thing.',
  columns: [
    { key: 'name', label: 'Name', cells: ['a, "b"', 'plain', '–'] },
    { key: 'rate_bps', label: 'Rate', unit: 'bit/s', cells: [9.41e9, 1 / 3, null] },
    { key: 'value', label: 'Value', unit: ['ns', 'share', 'cores'], cells: [42_500, 0.25, 1.5] },
  ],
}

/** With ordinary spaces. */
const plain = (text: string): string => text.replaceAll('\u202f', ' ')

describe('toCsv', () => {
  test('it has a header, CRLF, quotes where needed, base units and nothing for missing values', () => {
    expect(toCsv(table)).toBe(
      'name,rate_bps,value\r\n"a, ""b""",9410000000,42500\r\nplain,0.333333333333,0.25\r\n–,,1.5\r\n',
    )
  })

  test('very small and very large numbers stay numbers that every reader takes', () => {
    const extremes: DataTable = { caption: '', columns: [{ key: 'x', label: 'x', cells: [1e-9, 2 ** 53, 0, -1.5] }] }
    expect(toCsv(extremes).split('\r\n').slice(1, 5).map(Number)).toEqual([1e-9, 9007199254740000, 0, -1.5])
  })
})

describe('cells for people', () => {
  test('numbers are scaled and carry the unit of their column or row', () => {
    expect(plain(cellText(table.columns[1]!, 0))).toBe('9.41 Gbit/s')
    expect([0, 1, 2].map((row) => plain(cellText(table.columns[2]!, row)))).toEqual(['42.5 µs', '25.0 %', '1.50 cores'])
  })

  test('what is missing is a dash', () => {
    expect(cellText(table.columns[1]!, 2)).toBe('–')
  })

  test('columns with numbers are numeric', () => {
    expect(table.columns.map(isNumeric)).toEqual([false, true, true])
    expect(rowCount(table)).toBe(3)
  })
})
