import { MessageSizes, meanBytes, ONE_SIZE } from '#main/simulation/plan/message-sizes'
import { parseMessageSize, formatMessageSize, type MessageSize } from '#shared/lab/index'
import { SIZE_FORM } from '#shared/plan/index'
import { describe, expect, it } from 'vitest'

const size = (text: string) => parseMessageSize(text) as MessageSize

describe('sizes of messages', () => {
  it('of the measured distributions have the means that their papers simulate', () => {
    expect(meanBytes(size('web-search')) / (1138 * 1460)).toBeCloseTo(1, 1.5)
    expect(meanBytes(size('data-mining')) / (5117 * 1460)).toBeCloseTo(1, 2)
  })

  it('are told in words that are read again', () => {
    for (const text of ['10kB', 'exponential 10kB', 'pareto 10kB 1.3', 'web-search', 'data-mining']) {
      expect(formatMessageSize(size(text))).toBe(text)
    }
  })

  it.each(['', 'web', 'pareto', 'pareto 10kB 1', 'exponential', 'exponential 0B', 'web-search 10kB', '10', '0B', 'pareto 10kB 1.2 3'])('are not %j', (text) => {
    expect(parseMessageSize(text)).toBeTypeOf('string')
  })

  it('become a row each, equal ones the same', () => {
    const sizes = new MessageSizes()
    expect([sizes.row(size('10kB')), sizes.row(undefined)]).toEqual([ONE_SIZE, ONE_SIZE])
    expect(['exponential 1kB', 'web-search', 'exponential 1kB', 'pareto 3kB 1.5'].map((text) => sizes.row(size(text)))).toEqual([0, 1, 0, 2])
    const table = sizes.finish()
    expect([...table.form]).toEqual([SIZE_FORM.exponential, SIZE_FORM.table, SIZE_FORM.pareto])
    // A Pareto distribution of mean 3000 and shape 1.5 begins at 1000.
    expect(table.scale[2]).toBeCloseTo(1000, 9)
    expect(table.pointShare.at(-1)).toBe(1)
  })
})
