import { describe, expect, test } from 'vitest'

import { variantStyle } from '#shared/charts/variant-style'

type Rgb = readonly [number, number, number]

/** Looks before they start over. */
const indices = [0, 1, 2, 3, 4, 5, 6, 7]

const variantColour = (index: number): string => variantStyle(index).colour

/** A colour in linear sRGB (IEC 61966-2-1). */
function linear(colour: string): Rgb {
  const channel = (at: number): number => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [channel(1), channel(3), channel(5)]
}

/** Contrast as WCAG 2.2 defines it. */
function contrast(a: string, b: string): number {
  const luminance = ([red, green, blue]: Rgb): number => 0.2126 * red + 0.7152 * green + 0.0722 * blue
  const [light, dark] = [luminance(linear(a)), luminance(linear(b))].sort((x, y) => y - x)
  return (light! + 0.05) / (dark! + 0.05)
}

/** How dichromats see linear sRGB (Machado, Oliveira and Fernandes 2009, severity 1). */
const visions: Readonly<Record<string, readonly (readonly number[])[]>> = {
  'full colour vision': [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}

/** Distance in OKLab (Ottosson 2020) times 100, about 2 being just noticeable. */
function distance(a: string, b: string, vision: readonly (readonly number[])[]): number {
  const lab = (colour: string): Rgb => {
    const seen = vision.map((row) => Math.min(1, Math.max(0, row.reduce((sum, weight, index) => sum + weight * linear(colour)[index]!, 0)))) as unknown as Rgb
    const [l, m, s] = [
      0.4122214708 * seen[0] + 0.5363325363 * seen[1] + 0.0514459929 * seen[2],
      0.2119034982 * seen[0] + 0.6806995451 * seen[1] + 0.1073969566 * seen[2],
      0.0883024619 * seen[0] + 0.2817188376 * seen[1] + 0.6299787005 * seen[2],
    ].map(Math.cbrt) as unknown as Rgb
    return [
      0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    ]
  }
  const [p, q] = [lab(a), lab(b)]
  return 100 * Math.hypot(...p.map((value, index) => value - q[index]!))
}

describe('the look of variants', () => {
  test.each(indices)('colour %i stands out on the light and the dark surface', (index) => {
    expect(contrast(variantColour(index), '#ffffff')).toBeGreaterThanOrEqual(2.99)
    expect(contrast(variantColour(index), '#191d23')).toBeGreaterThanOrEqual(2.9)
  })

  test.each(Object.entries(visions))('no two colours look alike with %s', (_, vision) => {
    for (const a of indices) for (const b of indices.slice(a + 1)) {
      expect(distance(variantColour(a), variantColour(b), vision), `${a} and ${b}`).toBeGreaterThan(a < 5 && b < 5 ? 9 : 5)
    }
  })

  test('no two variants share marker and dash', () => {
    const looks = indices.map((index) => `${variantStyle(index).marker} ${variantStyle(index).dash.join(',')}`)
    expect(new Set(looks).size).toBe(indices.length)
  })

  test('starts over when there are more variants than looks', () => {
    expect(variantStyle(indices.length + 1)).toBe(variantStyle(1))
  })
})
