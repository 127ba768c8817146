import { describe, expect, test } from 'vitest'

import { compareFigures, figureOf } from '#shared/analysis/index'
import { fakeRun } from '../../../fixture/fake-run'

describe('compareFigures', () => {
  const { result } = fakeRun()
  const figures = compareFigures(result, 'host')

  test('every figure of every variant is there once', () => {
    const keys = figures.map((each) => `${each.figure.id} ${each.subject} ${each.variant}`)
    expect(new Set(keys).size).toBe(keys.length)
    expect(figures.filter((each) => each.figure.id === 'goodput' && each.subject === 'bulk').map((each) => each.variant)).toEqual([
      'host', 'calico-ipip', 'cilium-vxlan',
    ])
  })

  test('the mean is over the seeds and in the unit of the result', () => {
    const seeds = result.variants[1]!.seeds.map((seed) => seed.traffic[0]!.goodputBps)
    const { sample } = figureOf(figures, 'calico-ipip', 'goodput', 'bulk')!
    expect(sample.count).toBe(5)
    expect(sample.mean).toBeCloseTo(seeds.reduce((sum, value) => sum + value, 0) / 5, 3)
    expect(sample.min).toBe(Math.min(...seeds))
  })

  test('CPU per gigabit divides the cores of all nodes by the goodput of all traffic', () => {
    const seed = result.variants[0]!.seeds[0]!
    const cores = seed.nodes.reduce((sum, node) => sum + node.busyCores, 0)
    const gigabits = seed.traffic.reduce((sum, entry) => sum + entry.goodputBps, 0) / 1e9
    const one = compareFigures({ ...result, variants: [{ ...result.variants[0]!, seeds: [seed] }] }, 'host')
    expect(figureOf(one, 'host', 'cores-per-gigabit')?.sample).toMatchObject({ count: 1, mean: cores / gigabits, ci95: null })
  })

  test('the baseline has no difference, the others have one', () => {
    expect(figures.filter((each) => each.variant === 'host' && each.difference !== null)).toEqual([])
    const change = figureOf(figures, 'cilium-vxlan', 'goodput', 'bulk')!.difference!.relative!
    expect(change.mean).toBeLessThan(-0.02)
    expect(change.ci95).toBeGreaterThan(0)
  })

  test('any variant can be the baseline', () => {
    const swapped = compareFigures(result, 'cilium-vxlan')
    expect(figureOf(swapped, 'host', 'goodput', 'bulk')!.difference!.relative!.mean).toBeGreaterThan(0.02)
    expect(figureOf(swapped, 'cilium-vxlan', 'goodput', 'bulk')!.difference).toBeNull()
  })

  test('figures that were not measured are absent, not zero', () => {
    const [variant] = result.variants
    const silent = variant!.seeds.map((seed) => ({
      ...seed,
      traffic: seed.traffic.map(({ name, kind, packetsSent }) => ({ name, kind, packetsSent, packetsDelivered: 0, goodputBps: 0 })),
    }))
    const none = compareFigures({ ...result, variants: [{ ...variant!, seeds: silent }] }, 'host')
    expect(figureOf(none, 'host', 'latency-p50', 'ping')).toBeUndefined()
    expect(figureOf(none, 'host', 'cores-per-gigabit')).toBeUndefined()
    expect(figureOf(none, 'host', 'total-goodput')?.sample.mean).toBe(0)
  })
})
