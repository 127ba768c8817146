import { fitHost, type Simulate } from '#main/analysis/prediction/fit-host'
import { nominalHost } from '#main/analysis/prediction/testbed-lab'
import { describe, expect, it } from 'vitest'

import { makeTable, TESTBED, tableRow } from '../../../support/measurement-table'

/** Hosts whose streams run at 2 Gbit/s per GHz, and whose transactions take 10 us and the time of waking up. */
const simulate: Simulate = (row, { ghz, defaults }) => {
  const transactionUs = 10 + (defaults['idleExit'] ?? 2000) / 1000
  if (row.metric === 'tcp-stream-gbps') return Promise.resolve(2 * ghz)
  return Promise.resolve(row.metric === 'tcp-rr-per-s' ? 1e6 / transactionUs : transactionUs)
}

const unknownClock = { testbed: { ...TESTBED, cpuGhz: null }, baseline: 'host' }

describe('constants of hosts', () => {
  it('are the clock that brings the baseline’s stream to what was measured', async () => {
    const { ghz } = await fitHost(makeTable([tableRow({ value: 5 })], unknownClock), simulate)
    expect(Math.abs(ghz - 2.5)).toBeLessThan(0.05)
  })

  it('are left alone by streams at line rate and by rows that are not of the baseline', async () => {
    const rows = [tableRow({ value: 9.4 }), tableRow({ key: 'other', variant: { cni: 'calico' }, scope: 'pod-to-pod', value: 5 })]
    const table = makeTable(rows, unknownClock)
    expect(await fitHost(table, simulate)).toEqual(nominalHost(table.testbed))
  })

  it('are as nominal in a table without baseline', async () => {
    expect(await fitHost(makeTable([tableRow({ value: 5 })]), simulate)).toEqual({ ghz: 3, defaults: {} })
  })

  it('have the wake-up time that explains transactions, given as rates or as times', async () => {
    const rates = makeTable([tableRow({ metric: 'tcp-rr-per-s', value: 1e6 / 40 })], unknownClock)
    const times = makeTable([tableRow({ metric: 'tcp-rr-us', value: 40 })], unknownClock)
    for (const table of [rates, times]) {
      const { defaults } = await fitHost(table, simulate)
      expect(Math.abs(defaults['idleExit']! - 30_000)).toBeLessThan(1000)
    }
  })

  it('end at their bounds where nothing within explains the baseline', async () => {
    const { ghz } = await fitHost(makeTable([tableRow({ value: 8.9 })], { baseline: 'host', testbed: { ...TESTBED, cpuGhz: 1 } }), simulate)
    expect(ghz).toBe(2.5)
  })
})
