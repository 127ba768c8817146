import { describe, expect, test } from 'vitest'

import { addressChart, addressMoments, addressTable, useTable } from '#renderer/control-plane/addresses'
import { agentChart, agentTable } from '#renderer/control-plane/agents'
import { momentsOf, nextMoment, timeBefore } from '#renderer/control-plane/at-time'
import { convergenceChart, spreadOf } from '#renderer/control-plane/convergence'
import { bgpTable, routeTable, sessionTable } from '#renderer/control-plane/node-tables'
import { sizeChart, sizeTable } from '#renderer/control-plane/sizes'
import { lightChartTheme, renderChartSvg, rowCount, type Chart, type DataTable } from '#shared/charts/index'

import { node, record } from './record'

const moments = momentsOf(node)

function rowsOf(table: DataTable, ...keys: readonly string[]) {
  const columns = keys.map((key) => table.columns.find((column) => column.key === key)!)
  return Array.from({ length: rowCount(table) }, (_, row) => columns.map(({ cells }) => cells[row]))
}

const drawn = (chart: Chart): string => renderChartSvg(chart, { theme: lightChartTheme, frame: 'file', hidden: new Set(), width: 700 })
const question = (seconds: number, onlyChanges = false) => ({ seconds, before: timeBefore(moments, seconds), onlyChanges })

describe('moments of a node', () => {
  test('are the times of its changes; those of one go are one, at its end', () => {
    expect(moments).toEqual([2, 5, 10.0002, 20])
  })

  test('lead on and back', () => {
    expect([nextMoment(moments, 5, 1), nextMoment(moments, 5, -1), nextMoment(moments, 20, 1), nextMoment(moments, 0, -1)]).toEqual([10.0002, 2, undefined, undefined])
  })

  test('are compared with just before the last one', () => {
    expect(timeBefore(moments, 1)).toBeUndefined()
    expect(timeBefore(moments, 15)).toBeCloseTo(9.9992, 9)
  })
})

describe('a node’s tables at a time', () => {
  test('hold the routes of the time, with what became of those before', () => {
    expect(rowsOf(routeTable(node, question(0)).table, 'change', 'prefix', 'next_hops')).toEqual([
      [null, '10.1.0.0/24', 'connected'], [null, '10.244.1.0/26', '10.1.0.12'], [null, '10.244.2.0/26', '10.1.0.12'],
    ])
    const { table, tones, changes } = routeTable(node, question(12))
    expect(rowsOf(table, 'change', 'prefix', 'next_hops', 'before')).toEqual([
      [null, '10.1.0.0/24', 'connected', null],
      ['gone', '10.244.1.0/26', '10.1.0.12', null],
      ['changed', '10.244.2.0/26', '10.1.0.13', '10.1.0.12'],
    ])
    expect([tones, changes]).toEqual([[undefined, 'removed', 'changed'], 2])
    expect(rowsOf(routeTable(node, question(20, true)).table, 'change', 'prefix', 'next_hops')).toEqual([['new', '10.244.10.0/26', 'blackhole']])
  })

  test('hold BGP’s paths; of a prefix that changed only the paths that did stand out', () => {
    expect(rowsOf(bgpTable(node, question(12)).table, 'change', 'next_hop', 'from', 'used')).toEqual([
      [null, '10.1.0.13', 'node-3', ''], ['new', '10.1.0.14', 'own', 'yes'], ['gone', '10.1.0.12', 'node-2', 'yes'],
    ])
    expect(bgpTable(node, question(1)).changes).toBe(0)
  })

  test('hold sessions with the state before', () => {
    expect(rowsOf(sessionTable(node, question(12)).table, 'change', 'state', 'before', 'since_s')).toEqual([['changed', 'Active', 'Established', 10]])
    expect(rowsOf(sessionTable(node, question(25)).table, 'change', 'state', 'before')).toEqual([[null, 'Active', null]])
    expect(rowCount(sessionTable(node, question(25, true)).table)).toBe(0)
  })
})

describe('who knew what when', () => {
  test('is how many nodes a change reached, and when the last of them', () => {
    expect(spreadOf(record.changes[0]!)).toEqual({ nodes: 3, done: 2, lastSeconds: 1 })
    expect(spreadOf({ ...record.changes[0]!, steps: [] })).toEqual({ nodes: 0, done: 0, lastSeconds: null })
  })

  test('is drawn, and every step is in the table', () => {
    const chart = convergenceChart(record.changes)
    expect(drawn(chart)).toContain('default/web-0 created')
    const rows = rowsOf(chart.table, 'node', 'known_after_s', 'done_after_s')
    expect(rows[0]!.slice(1).map((seconds) => Number((seconds as number).toFixed(6)))).toEqual([0.1, 0.2])
    expect(rows[2]).toEqual(['node-3', null, null])
    expect(chart.describe([{ seriesName: 'default/web-0 created, at 10.0\u202fs', dataIndex: 1, value: [0.2, 1 / 3] }], { theme: lightChartTheme, frame: 'window', hidden: new Set(), width: 0 })?.lines[0]?.value).toBe('33.33 %')
  })
})

describe('addresses and agents', () => {
  test('free addresses are those that nobody has at the time', () => {
    const columns = ['range', 'pods', 'own', 'lent', 'lent_to', 'free', 'borrowed']
    expect(rowsOf(addressTable([node], 0), ...columns)).toEqual([['10.244.0.0/26', 1, 1, 1, 'node-2 1', 59, 1]])
    expect(rowsOf(addressTable([node], 13), ...columns)).toEqual([['10.244.0.0/26', 0, 1, 1, 'node-2 1', 60, 0]])
    expect(drawn(addressChart([node], 0))).toContain('Free')
  })

  test('blocks are there from when they were claimed', () => {
    expect(rowsOf(addressTable([node], 15), 'range', 'claimed_s', 'pods')).toEqual([['10.244.0.0/26', null, 1], ['10.244.0.64/26', 15, 1]])
  })

  test('every address has its owner, and what differs from before', () => {
    expect(addressMoments([node])).toEqual([12, 15])
    expect(rowsOf(useTable([node], { seconds: 12, before: 11.999, onlyChanges: true }).table, 'change', 'address', 'used_by')).toEqual([['gone', '10.244.0.2', 'default/web-0']])
    const { table, changes } = useTable([node], { seconds: 15, before: 14.999, onlyChanges: true })
    expect(rowsOf(table, 'change', 'address', 'used_by')).toEqual([['new', '10.244.0.2', 'default/web-1'], ['new', '10.244.0.65', 'default/web-2']])
    expect(changes).toBe(2)
  })

  test('agents without a published figure are in the table, not in the chart', () => {
    expect(rowsOf(agentTable([node]), 'agent', 'memory_bytes', 'running')).toEqual([
      ['bird', 1e7, expect.stringMatching(/^0.* to 2.*, 5.* to the end$/)], ['felix', null, 'all the time'],
    ])
    const svg = drawn(agentChart([node], 'memory'))
    expect(svg).toContain('bird')
    expect(svg).not.toContain('felix')
  })
})

describe('clusters of other sizes', () => {
  const size = { nodes: 10, pods: 200, sessions: 45, sessionsPerNode: 9, messages: 180, updates: 180, routesPerNode: 32, rulesPerNode: 0, mapEntriesPerNode: 0, memoryPerNode: 1e8 }
  const studies = [
    { variant: 'mesh', sizes: [{ ...size, knownSeconds: { p50: 4, p99: 5, last: 6 } }, { ...size, nodes: 5000, messages: 5e7, refused: 'A full mesh of 5,000 nodes …' }] },
    { variant: 'watch', sizes: [{ ...size, messages: 90 }] },
  ]

  test('are drawn on logarithmic axes where they span orders of magnitude, with what is not known left out', () => {
    expect(sizeChart(studies, ['watch', 'mesh'], 'messages').explanation).toContain('logarithmic')
    expect(sizeChart(studies, ['watch', 'mesh'], 'sessions').explanation).not.toContain('logarithmic')
    expect(drawn(sizeChart(studies, ['watch', 'mesh'], 'last'))).toContain('All know each other against cluster size')
  })

  test('say why a size is not simulated', () => {
    expect(rowsOf(sizeTable(studies), 'variant', 'nodes', 'all_known_s', 'refused')).toEqual([
      ['mesh', 10, 6, null], ['mesh', 5000, null, 'A full mesh of 5,000 nodes …'], ['watch', 10, null, null],
    ])
  })
})
