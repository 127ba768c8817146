import { describe, expect, it } from 'vitest'

import { resultText } from '#main/cli/result-text'
import { summarise } from '#main/analysis/summarise'

import { fakeRun } from '../../fixture/fake-run'

const { result } = fakeRun({ seeds: 5 })
const single = fakeRun({ seeds: 1 }).result

/** The text without its explanations, whose wording is not decided here. */
function tables(text: string): string {
  return text.replace(/^Why\n(?: {2}.*\n)*/mu, '')
}

describe('resultText', () => {
  it('shows a comparison of three variants over five seeds', async () => {
    await expect(tables(resultText(result))).toMatchFileSnapshot('../../fixture/cli/three-variants.txt')
  })

  it('shows one variant with one seed, without differences and intervals', async () => {
    const text = resultText({ ...single, variants: single.variants.slice(0, 1) })
    await expect(tables(text)).toMatchFileSnapshot('../../fixture/cli/one-variant.txt')
  })

  it('tells of tables of connections that are full, and of no others', () => {
    const entry = { limit: 1024, made: 1024, evicted: 0, refused: 0, memoryBytes: 0 }
    const [host] = single.variants
    const nodes = host!.seeds[0]!.nodes.map((node) => ({
      ...node, tracking: [{ ...entry, table: 'nf_conntrack', peak: 1024, refused: 16 }, { ...entry, table: 'cali_v4_ct', peak: 5 }],
    }))
    const text = resultText({ ...single, variants: [{ ...host!, seeds: [{ ...host!.seeds[0]!, nodes }] }] })
    expect(text).toMatch(/nf_conntrack +1024 +1024 +0 +16/u)
    expect(text).not.toContain('cali_v4_ct')
    expect(resultText(single)).not.toContain('Connection tracking')
  })

  it('tells of nodes whose cores cut rounds of polls short, and of no others', () => {
    const [host] = single.variants
    const [first, ...others] = host!.seeds[0]!.nodes
    const nodes = [{ ...first!, timeSqueezes: 42 }, ...others]
    const text = resultText({ ...single, variants: [{ ...host!, seeds: [{ ...host!.seeds[0]!, nodes }] }] })
    const [, squeezed] = text.split(/^Softirq.*$/mu)
    expect(squeezed).toMatch(new RegExp(`^\\n *variant +node +time_squeeze\\n *${host!.name} +${first!.name} +42\\n\\n`, 'u'))
    expect(resultText(single)).not.toContain('Softirq')
  })

  it('explains each variant in sentences', () => {
    const text = resultText(result)
    for (const { name } of result.variants) expect(text).toMatch(new RegExp(`^  ${name}: [^\n]+\\.$`, 'mu'))
  })

  it('compares with the first variant', () => {
    const [host, calico] = result.variants
    const text = resultText({ ...result, variants: [calico!, host!] })
    expect(text).toContain('vs calico-ipip')
    expect(text).not.toContain('vs host')
  })

  it('says that nothing was measured, and why', () => {
    const warnings = [{ code: 'run.worker-lost', message: 'host, seed 1: its worker ended.' }]
    expect(resultText({ ...result, variants: [], warnings })).toBe(
      'Nothing was measured.\nMind\n  host, seed 1: its worker ended. [run.worker-lost]\n',
    )
  })

  it('shows a dash where a variant lacks a figure that another has', () => {
    const seeds = single.variants[1]!.seeds.map((seed) => ({
      ...seed,
      traffic: seed.traffic.map(({ latencyNs: _, ...traffic }) => traffic),
    }))
    const silent = { name: 'calico-ipip', seeds, summary: summarise(seeds) }
    const text = resultText({ ...single, variants: [single.variants[0]!, silent] })
    expect(text).toMatch(/calico-ipip +9\.09\sGbit\/s.*–/u)
  })
})
