import { describe, expect, it } from 'vitest'

import { allowsAll, cellAfterKey, countDifferences, matrixAxes, matrixCell, matrixTable, spanInSight, type MatrixFilter } from '#renderer/policies/matrix-model'
import { toCsv } from '#shared/charts/index'
import type { Reach, ReachCells } from '#shared/contract/reach'

const ALLOWED = 0b01_01_01
const DENIED_AT_INGRESS = 0b10_01_10
const NO_PAIR = 0
const MIXED = 0b11_01_11

/** Cells of two units of different classes, row by row. */
function cellsOf(cells: readonly number[]): ReachCells {
  return { between: Uint8Array.from(cells), own: Uint8Array.from([cells[0]!, cells[3]!]) }
}

function reachOf(variants: Record<string, readonly number[]>, differs?: readonly number[]): Reach {
  return {
    units: [{ id: 'shop/web', pods: 2 }, { id: 'shop/db', pods: 1 }],
    policyObjects: 1,
    classOf: Uint32Array.from([0, 1]),
    classes: 2,
    ...(differs === undefined ? {} : { differs: cellsOf(differs) }),
    variants: Object.entries(variants).map(([variant, cells]) => ({ variant, dialect: 'calico', cells: cellsOf(cells), traffic: [], idle: [] })),
  }
}

const single = reachOf({ calico: [ALLOWED, DENIED_AT_INGRESS, MIXED, NO_PAIR] })
const pair = reachOf({ calico: [ALLOWED, ALLOWED, MIXED, NO_PAIR], cilium: [ALLOWED, DENIED_AT_INGRESS, MIXED, NO_PAIR] }, [0, 0b101, 0, 0])

const all: MatrixFilter = { from: '', to: '', onlyDifferent: false, direction: 'both' }

describe('matrixAxes', () => {
  it('keeps rows and columns whose name has any of the words, whatever their case', () => {
    expect(matrixAxes(single, { ...all, from: 'WEB nothing', to: 'db' })).toEqual({ rows: [0], columns: [1] })
    expect(matrixAxes(single, { ...all, from: 'nothing' })).toEqual({ rows: [], columns: [0, 1] })
  })

  it('keeps rows and columns with a difference in the direction that is looked at', () => {
    expect(matrixAxes(pair, { ...all, onlyDifferent: true })).toEqual({ rows: [0], columns: [1] })
    expect(matrixAxes(pair, { ...all, onlyDifferent: true, direction: 'egress' })).toEqual({ rows: [], columns: [] })
  })
})

describe('matrixCell', () => {
  it('has one state where there is nothing to compare, by direction', () => {
    expect(matrixCell(single, 0, 1, 'both')).toEqual({ states: ['deny'], isDifferent: false, name: 'shop/web to shop/db: denied' })
    expect(matrixCell(single, 0, 1, 'egress').states).toEqual(['allow'])
    expect(matrixCell(single, 1, 0, 'both').states).toEqual(['some'])
    expect(matrixCell(single, 1, 1, 'both').name).toBe('shop/db to shop/db: nothing to decide')
  })

  it('has a state for each variant where they differ, and says so', () => {
    expect(matrixCell(pair, 0, 1, 'both')).toEqual({
      states: ['allow', 'deny'], isDifferent: true, name: 'shop/web to shop/db: differs, calico allowed, cilium denied',
    })
    expect(matrixCell(pair, 0, 1, 'egress').isDifferent).toBe(false)
  })
})

it('counts the differences in sight', () => {
  expect(countDifferences(pair, { rows: [0, 1], columns: [0, 1] }, 'both')).toBe(1)
  expect(countDifferences(pair, { rows: [1], columns: [0, 1] }, 'both')).toBe(0)
  expect(countDifferences(single, { rows: [0], columns: [1] }, 'both')).toBe(0)
})

it('tells matrices that deny nothing', () => {
  expect(allowsAll(reachOf({ flannel: [ALLOWED, ALLOWED, ALLOWED, NO_PAIR] }))).toBe(true)
  expect(allowsAll(single)).toBe(false)
})

describe('spanInSight', () => {
  it('holds the cells in sight and some around them, within the grid', () => {
    expect(spanInSight(1000, 32, 0, 320)).toEqual({ first: 0, end: 14 })
    expect(spanInSight(1000, 32, 3200, 320)).toEqual({ first: 96, end: 114 })
    expect(spanInSight(5, 32, 0, 320)).toEqual({ first: 0, end: 5 })
  })
})

describe('cellAfterKey', () => {
  const size = { rows: 10, columns: 5, page: 4 }
  const after = (key: string, withControl = false) => cellAfterKey(key, withControl, { row: 5, column: 2 }, size)

  it('walks cell by cell, by pages and to the edges', () => {
    expect(after('ArrowUp')).toEqual({ row: 4, column: 2 })
    expect(after('ArrowRight')).toEqual({ row: 5, column: 3 })
    expect(after('PageDown')).toEqual({ row: 9, column: 2 })
    expect(after('PageUp')).toEqual({ row: 1, column: 2 })
    expect(after('Home')).toEqual({ row: 5, column: 0 })
    expect(after('End', true)).toEqual({ row: 9, column: 4 })
    expect(after('ArrowDown', true)).toEqual({ row: 9, column: 2 })
  })

  it('stays inside the grid and leaves other keys alone', () => {
    expect(cellAfterKey('ArrowLeft', false, { row: 0, column: 0 }, size)).toEqual({ row: 0, column: 0 })
    expect(after('a')).toBeUndefined()
  })
})

it('writes the cells in sight as a table', () => {
  expect(toCsv(matrixTable(pair, { rows: [0], columns: [1] })).split('\r\n')).toEqual([
    'variant,from,to,verdict,egress,ingress',
    'calico,shop/web,shop/db,allow,allow,allow',
    'cilium,shop/web,shop/db,deny,allow,deny',
    '',
  ])
})
