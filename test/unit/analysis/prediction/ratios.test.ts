import { summarisePrediction, withRatios } from '#main/analysis/prediction/ratios'
import { describe, expect, it } from 'vitest'

import { makeTable, tableRow } from '../../../support/measurement-table'

const calico = { cni: 'calico', dataplane: 'iptables', encapsulation: 'ipip', encryption: 'none' }
const pod = (key: string, value: number, more: object = {}) =>
  tableRow({ key, value, variant: calico, scope: 'pod-to-pod', ...more })

describe('ratios', () => {
  it('are to the baseline of the same metric and streams, whatever its scope', () => {
    const rows = [
      pod('a', 5),
      tableRow({ key: 'host', value: 10 }),
      tableRow({ key: 'host', value: 20, streams: 8 }),
      pod('a', 18, { streams: 8 }),
    ]
    const result = withRatios(makeTable(rows, { baseline: 'host' }), [6, 12, 20, 15])
    expect(result.map(({ measuredRatio }) => measuredRatio)).toEqual([0.5, 1, 1, 0.9])
    expect(result.map(({ predictedRatio }) => predictedRatio)).toEqual([0.5, 1, 1, 0.75])
    expect(result[0]!.errorPct).toBeCloseTo(0)
    expect(result[3]!.errorPct).toBeCloseTo(-16.667, 2)
  })

  it('are to the first scored row of the same metric, streams and scope where there is no baseline', () => {
    const rows = [
      pod('hint', 1, { use: 'directional' }),
      pod('a', 4),
      pod('b', 2),
      pod('b', 3, { scope: 'pod-to-service' }),
    ]
    const result = withRatios(makeTable(rows), [1, 8, 6, 3])
    expect(result.map(({ measuredRatio }) => measuredRatio)).toEqual([0.25, 1, 0.5, 1])
    expect(result.map(({ predictedRatio }) => predictedRatio)).toEqual([0.125, 1, 0.75, 1])
    expect(result[2]!.errorPct).toBeCloseTo(50)
  })

  it('are null where the baseline has no such row or nothing was predicted', () => {
    const rows = [tableRow({ value: 10 }), pod('a', 5, { streams: 2 }), pod('b', 5)]
    const result = withRatios(makeTable(rows, { baseline: 'host' }), [10, 5, null])
    expect(result[1]).toMatchObject({ measuredRatio: null, predictedRatio: null, errorPct: null })
    expect(result[2]).toMatchObject({ measuredRatio: 0.5, predictedRatio: null, errorPct: null })
  })
})

describe('the summary', () => {
  it('has the median of absolute errors over scored rows', () => {
    const rows = [tableRow({ value: 10 }), pod('a', 10), pod('b', 10), pod('c', 10, { use: 'directional' }), pod('d', 10)]
    const result = withRatios(makeTable(rows, { baseline: 'host' }), [10, 11, 8, 99, 7])
    // 0, 10, 20 and 30 percent.
    expect(summarisePrediction(result)).toMatchObject({ scored: 4 })
    expect(summarisePrediction(result).medianAbsErrorPct).toBeCloseTo(15)
  })

  it('counts the pairs over 5 % apart that come out in the measured order', () => {
    const rows = [pod('a', 10), pod('b', 10.4), pod('c', 8), pod('d', 6), pod('e', 1, { scope: 'same-node' })]
    // Telling pairs: a–c, a–d, b–c, b–d, c–d. Of them c–d is turned round and b–c is a draw.
    const result = withRatios(makeTable(rows), [10, 5, 5, 5.5, 7])
    expect(summarisePrediction(result).orderAgreement).toBeCloseTo(2 / 5)
  })

  it('compares rows of one scope only, and has no opinion without pairs', () => {
    const rows = [pod('a', 10), pod('b', 1, { scope: 'same-node' })]
    expect(summarisePrediction(withRatios(makeTable(rows), [1, 10])).orderAgreement).toBeNull()
  })
})
