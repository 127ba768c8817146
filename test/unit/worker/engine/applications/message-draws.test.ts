import { MessageSizes } from '#main/simulation/plan/message-sizes'
import { parseMessageSize, type MessageSize } from '#shared/lab/index'
import { SIZE_FORM, type FlowTable, type SizeTable } from '#shared/plan/index'
import { MessageDraws } from '#worker/engine/applications/message-draws'
import { describe, expect, it } from 'vitest'

const flows = {
  count: 2,
  requestBytes: Int32Array.of(100, 100),
  responseBytes: Int32Array.of(7, 7),
  requestSizes: Int32Array.of(-1, -1),
  responseSizes: Int32Array.of(0, 0),
} as unknown as FlowTable

const row = (form: number, scale: number, shape: number, points: readonly (readonly [number, number])[] = []): SizeTable => ({
  count: 1,
  form: Uint8Array.of(form),
  scale: Float64Array.of(scale),
  shape: Float64Array.of(shape),
  first: Int32Array.of(0, points.length),
  pointBytes: Float64Array.from(points, ([bytes]) => bytes),
  pointShare: Float64Array.from(points, ([, share]) => share),
})

function meanOf(sizes: SizeTable, count: number): number {
  const draws = new MessageDraws(flows, sizes, 1)
  let sum = 0
  for (let i = 0; i < count; i++) sum += draws.nextResponse(0)
  return sum / count
}

describe('sizes of messages', () => {
  it('are the same at both ends of a connection, in order, whoever asks first', () => {
    const draws = new MessageDraws(flows, row(SIZE_FORM.exponential, 5000, 0), 3)
    const atClient = Array.from({ length: 20 }, () => draws.nextResponse(0))
    const atServer = Array.from({ length: 20 }, () => draws.nextResponse(1))
    expect(atServer).toEqual(atClient)
    expect(new Set(atClient).size).toBeGreaterThan(10)
  })

  it('differ between connections and between seeds', () => {
    const draw = (seed: number, thread: number) => new MessageDraws(flows, row(SIZE_FORM.exponential, 5000, 0), seed).nextResponse(thread)
    expect(new Set([draw(1, 0), draw(1, 2), draw(2, 0)]).size).toBe(3)
  })

  it('have the mean of their distribution', () => {
    expect(meanOf(row(SIZE_FORM.exponential, 5000, 0), 100_000) / 5000).toBeCloseTo(1, 1)
    // A Pareto distribution from 1000 with shape 2.5 has the mean 1000 × 2.5 / 1.5.
    expect(meanOf(row(SIZE_FORM.pareto, 1000, 2.5), 100_000) / 1666.7).toBeCloseTo(1, 1)
    expect(meanOf(row(SIZE_FORM.table, 0, 0, [[1000, 0.5], [3000, 1]]), 100_000) / 1500).toBeCloseTo(1, 1)
  })

  // Alizadeh et al., pFabric, SIGCOMM 2013, section 5.1, says of both workloads which few flows hold 95 % of all bytes.
  it.each([
    ['web-search', 1e6, 0.3],
    ['data-mining', 35e6, 0.036],
  ])('of the measured distributions have their tails: %s', (name, longBytes, longShare) => {
    const sizes = new MessageSizes()
    sizes.row(parseMessageSize(name) as MessageSize)
    const draws = new MessageDraws(flows, sizes.finish(), 1)
    const drawn = Array.from({ length: 100_000 }, () => draws.nextResponse(0))
    const long = drawn.filter((bytes) => bytes > longBytes)
    const sum = (of: readonly number[]): number => of.reduce((total, bytes) => total + bytes, 0)
    expect(long.length / drawn.length / longShare).toBeCloseTo(1, 0.7)
    expect(sum(long) / sum(drawn)).toBeGreaterThan(0.93)
  })

  it('never leave a table', () => {
    const draws = new MessageDraws(flows, row(SIZE_FORM.table, 0, 0, [[1000, 0.5], [3000, 1]]), 1)
    for (let i = 0; i < 1000; i++) {
      const bytes = draws.nextResponse(0)
      expect(bytes).toBeGreaterThanOrEqual(1000)
      expect(bytes).toBeLessThanOrEqual(3000)
    }
  })

  it('are as given where all are alike', () => {
    const draws = new MessageDraws(flows, row(SIZE_FORM.exponential, 5000, 0), 1)
    expect([draws.nextRequest(0), draws.nextRequest(1), draws.nextRequest(0)]).toEqual([100, 100, 100])
  })
})
