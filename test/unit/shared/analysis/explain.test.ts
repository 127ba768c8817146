import { describe, expect, test } from 'vitest'

import { compareFigures, explain } from '#shared/analysis/index'
import type { RunResult } from '#shared/metrics/index'
import { fakeRun, fakeVariants } from '../../../fixture/fake-run'

/** Sentences by variant, with ordinary spaces. */
function sentences(result: RunResult, baseline = 'host'): Record<string, string[]> {
  const explained = explain(result, compareFigures(result, baseline), baseline)
  return Object.fromEntries(explained.map((each) => [each.variant, each.sentences.map((text) => text.replaceAll('\u202f', ' '))]))
}

describe('explain', () => {
  test('it names what changed, by how much, and the stages that cost it', () => {
    const told = sentences(fakeRun().result)
    expect(told['calico-ipip']).toMatchInlineSnapshot(`
      [
        "bulk moves less payload: 9.09 Gbit/s instead of 9.22 Gbit/s (−1.4 %).",
        "ping completes fewer transactions: 21 212 /s instead of 29 182 /s (−27.3 %).",
        "ping takes longer at the median: 42.4 µs instead of 31.0 µs (+36.9 %).",
        "A gigabit costs more CPU, +0.107 cores per Gbit/s (+43.2 %): netfilter +0.0480, encapsulation +0.0230, virtual devices +0.0211.",
        "The link tor-a → spine-1 is full (98.2 %): the wire sets the throughput.",
        "Packets were lost, most of them to qdisc-full: 12 a run.",
      ]
    `)
    expect(told['cilium-vxlan']).toMatchInlineSnapshot(`
      [
        "bulk moves less payload: 8.91 Gbit/s instead of 9.22 Gbit/s (−3.4 %).",
        "ping completes fewer transactions: 23 546 /s instead of 29 182 /s (−19.3 %).",
        "ping takes longer at the median: 38.2 µs instead of 31.0 µs (+23.4 %).",
        "A gigabit costs more CPU, +0.105 cores per Gbit/s (+42.5 %): eBPF programs +0.0474, encapsulation +0.0296, virtual devices +0.0178.",
        "No link is full (the busiest, tor-a → spine-1, 96.2 %); node-2 works most, 1.80 cores.",
      ]
    `)
  })

  test('links side by side are not added up', () => {
    const { result } = fakeRun()
    const beside = { ...result, variants: result.variants.map((variant) => ({
      ...variant, seeds: variant.seeds.map((seed) => ({ ...seed, links: seed.links.flatMap((link) => [{ ...link, utilisation: 0.5 }, { ...link, utilisation: 0.6 }]) })),
    })) }
    expect(sentences(beside)['host']).toEqual([expect.stringContaining('No link is full (the busiest, node-1 → tor-a (2), 60.0 %)')])
  })

  test('the baseline is told what bounded it, and nothing about differences', () => {
    expect(sentences(fakeRun().result)['host']).toEqual(['The link tor-a → spine-1 is full (99.6 %): the wire sets the throughput.'])
  })

  test('traffic whose packets overtook each other is named, with what was sent again for it', () => {
    const { result } = fakeRun()
    const overtaking = (share: number, retransmits = 1183): RunResult => ({ ...result, variants: result.variants.map((variant) => ({
      ...variant, seeds: variant.seeds.map((seed) => ({ ...seed, traffic: seed.traffic.map((each) => (
        each.name === 'bulk' ? { ...each, packetsDelivered: 100_000, outOfOrder: share * 100_000, retransmits } : each)) })),
    })) })
    expect(sentences(overtaking(0.12))['host']!.at(-1)).toBe(
      '12.0 % of the packets of bulk arrived before earlier ones: receivers merge less (GRO), and 1183 a run were sent again.',
    )
    expect(sentences(overtaking(0.12, 0))['host']!.at(-1)).toBe('12.0 % of the packets of bulk arrived before earlier ones: receivers merge less (GRO).')
    expect(sentences(overtaking(0.004))['host']).toHaveLength(1)
  })

  test('where no link is full, a core that is sets the pace', () => {
    const { result } = fakeRun()
    const cilium = result.variants[2]!
    const seeds = cilium.seeds.map((seed) => ({
      ...seed,
      nodes: seed.nodes.map((node, index) => ({ ...node, busiestCore: index === 1 ? 0.997 : 0.6 })),
    }))
    expect(sentences({ ...result, variants: [...result.variants.slice(0, 2), { ...cilium, seeds }] })['cilium-vxlan']!.at(-1)).toBe(
      'No link is full (the busiest, tor-a → spine-1, 96.2 %), but a core of node-2 is (99.7 %): it sets the pace.',
    )
  })

  test('of traffic that did not arrive at all it says that, and what took it', () => {
    const { result } = fakeRun()
    const calico = result.variants[1]!
    const seeds = calico.seeds.map((seed) => ({
      ...seed,
      drops: { ...seed.drops, 'no-route': 3500 },
      traffic: seed.traffic.map((entry) => (entry.name === 'bulk' ? { ...entry, goodputBps: 0 } : entry)),
    }))
    const told = sentences({ ...result, variants: [result.variants[0]!, { ...calico, seeds }] })['calico-ipip']!
    expect(told.slice(0, 3)).toEqual([
      'Nothing of bulk arrived.',
      'Packets were lost, most of them to no-route: 3500 a run.',
      'ping completes fewer transactions: 21 212 /s instead of 29 182 /s (−27.3 %).',
    ])
    const silent = { ...calico, name: 'silent', seeds: calico.seeds.map((seed) => ({ ...seed, drops: {}, traffic: seed.traffic.map((entry) => ({ ...entry, goodputBps: 0 })) })) }
    expect(sentences({ ...result, variants: [result.variants[0]!, silent] })['silent']!.join(' ')).not.toContain('within half a percent')
  })

  test('a variant like the baseline is told to be like it', () => {
    const [host] = fakeVariants
    const { result } = fakeRun({ variants: [host!] })
    const twin = { ...result.variants[0]!, name: 'twin' }
    expect(sentences({ ...result, variants: [...result.variants, twin] })['twin']![0]).toBe(
      'All of it is within half a percent of host, or within chance.',
    )
  })

  test('a difference within chance is not told', () => {
    const { result } = fakeRun({ seeds: 2 })
    const noisy = { ...result.variants[1]!, seeds: result.variants[0]!.seeds.map((seed, index) => ({
      ...seed,
      traffic: seed.traffic.map((entry) => ({ ...entry, goodputBps: entry.goodputBps * (index === 0 ? 1.3 : 0.9) })),
    })) }
    const told = sentences({ ...result, variants: [result.variants[0]!, noisy] })['calico-ipip']!
    expect(told.join(' ')).not.toContain('payload')
  })

  test('a variant without seeds is told to have no figures', () => {
    const { result } = fakeRun()
    const lost = { ...result.variants[2]!, seeds: [] }
    expect(sentences({ ...result, variants: [...result.variants.slice(0, 2), lost] })['cilium-vxlan']).toEqual(['Nothing was measured.'])
  })
})
