import { expect, test } from 'vitest'

import { linkLoads, linkText, linkWidth } from '#renderer/designer/link-loads'
import type { RunResult } from '#shared/metrics/index'
import { fakeRun } from '../../../fixture/fake-run'
import { outlineOf, sampleText } from '../support/sample-lab'

const outline = outlineOf(sampleText)
const [uplink] = outline.links

/** A result whose variants have these shares of time busy, there and back, and so many losses. */
function resultOf(...shares: readonly (readonly [there: number, back: number, drops: number])[]): RunResult {
  const { result } = fakeRun()
  return {
    ...result,
    variants: shares.map(([there, back, drops], index) => ({
      ...result.variants[index]!,
      name: `variant-${index}`,
      seeds: result.variants[index]!.seeds.map((seed) => ({
        ...seed,
        links: [
          { ends: uplink!.endNames, utilisation: there, drops: 0 },
          { ends: [uplink!.endNames[1], uplink!.endNames[0]] as const, utilisation: back, drops },
        ],
      })),
    })),
  }
}

test('a link is as busy as its busier direction, of the variant that used it most', () => {
  const result = resultOf([0.2, 0.5, 0], [0.7, 0.1, 0])
  expect(linkLoads(outline, result).get(uplink!.id)?.share).toBeCloseTo(0.7)
  expect(linkLoads(outline, result, 'variant-0').get(uplink!.id)?.share).toBeCloseTo(0.5)
  expect(linkLoads(outline, result).size).toBe(1)
})

test('links side by side have a load each', () => {
  const { ends, endNames } = uplink!
  const second = { ...uplink!, id: `${uplink!.id}#2` as const, endNames: [endNames[1], endNames[0]] as const, ends: [ends[1], ends[0]] as const }
  const result = resultOf([0.2, 0.5, 0])
  const [variant] = result.variants
  const [there, back] = variant!.seeds[0]!.links
  const links = [there!, back!, { ...back!, utilisation: 0.1 }, { ...there!, utilisation: 0.3 }]
  const loads = linkLoads({ ...outline, links: [uplink!, second] }, { ...result, variants: [{ ...variant!, seeds: [{ ...variant!.seeds[0]!, links }] }] })
  expect([uplink!, second].map(({ id }) => loads.get(id)?.share)).toEqual([0.5, 0.3])
})

test('what is written on a line says how busy it was and what was lost, and its rate where no run is shown', () => {
  const load = linkLoads(outline, resultOf([0.2, 0.5, 3])).get(uplink!.id)!
  const link = { rate: '25G', full: '25G · 1us', bundle: [uplink!.id] }
  expect(linkText({ ...link, load }, 'load').replaceAll('\u202f', ' ')).toBe('50.0 % · 3 lost')
  expect([linkText(link, 'load'), linkText({ ...link, load }, 'short'), linkText(link, 'none')]).toEqual(['25G', '25G', ''])
  expect(linkWidth({ ...link, load })).toBeGreaterThan(linkWidth(link))
})
