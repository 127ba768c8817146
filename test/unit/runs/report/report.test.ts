import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { html } from '#main/runs/report/html'
import { renderReport } from '#main/runs/report/render-report'
import type { ReportInput } from '#main/runs/report/report-input'
import { topologySvg } from '#main/runs/report/topology-svg'
import { reportData } from '#main/runs/report/report-data'
import { writeReport } from '#main/runs/report/write-report'
import { comparisonFacts } from '#main/simulation/comparison/index'
import { parseLab, type Lab } from '#shared/lab/index'
import { fakeRun } from '../../../fixture/fake-run'

const exampleFile = 'resources/labs/calico-vs-cilium.cnilab.yaml'
const names = ['host', 'calico-ipip', 'cilium-vxlan']

let labText: string
let input: Required<ReportInput>
let page: string

beforeAll(async () => {
  labText = await readFile(exampleFile, 'utf8')
  const { result, series } = fakeRun({ seeds: 2, durationSeconds: 0.2, warmupSeconds: 0.05 })
  const entry = {
    runId: 'run', lab: 'calico-vs-cilium', labHash: result.labHash, startedAt: '2026-11-23T02:11:00.000Z', variants: names,
    labVariants: names, seeds: 2, durationSeconds: 0.2, warmupSeconds: 0.05, outcome: 'done' as const,
  }
  const lab = parseLab(labText).lab!
  input = { run: { entry, result, series }, lab, labText, facts: comparisonFacts(lab), version: '1.2.3' }
  page = renderReport(input)
})

/** The page's text, without markup and with ordinary spaces. */
const textOf = (markup: string): string =>
  markup.replaceAll(/<style>[^]*?<\/style>/g, '').replaceAll(/<[^>]*>/g, ' ').replaceAll(/[\s\u202f]+/g, ' ')

describe('html', () => {
  test('escapes what is put in, unless it is HTML already', () => {
    const inner = html`<b>${'a < b & "c"'}</b>`
    expect(html`<p>${inner}${[1, null, false, "'"]}</p>`.text).toBe('<p><b>a &lt; b &amp; &quot;c&quot;</b>1&#39;</p>')
  })
})

describe('the report', () => {
  test('loads nothing from anywhere', () => {
    expect(page.match(/<script|<link|<img|<iframe|@import|url\((?!#)|(?:src|href)="[^#]/i)).toBeNull()
  })

  test('has headings in order, a title and a language', () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect(page).toContain('<title>calico-vs-cilium: comparison report</title>')
    const levels = [...page.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level))
    expect(levels[0]).toBe(1)
    levels.slice(1).forEach((level, index) => expect(level - levels[index]!).toBeLessThanOrEqual(1))
  })

  test('tells each variant’s figures with their change, interval and reasons', () => {
    const text = textOf(page)
    expect(text).toMatch(/calico-ipip 2 9?/)
    expect(text).toContain('baseline')
    expect(text).toMatch(/−1\.\d % ± \S+ %/)
    expect(text).toContain('bulk moves less payload')
  })

  test('compares the variants in seven rows and checks claims, all with what is behind them', () => {
    const section = page.slice(page.indexOf('id="comparison"'), page.indexOf('id="charts"'))
    const text = textOf(section)
    expect([...section.matchAll(/<th scope="row">([^<]+)/g)].map(([, title]) => title)).toEqual([
      'Infrastructure', 'Network protocols', 'Performance', 'Scalability', 'Security', 'Complexity', 'Resource consumption',
    ])
    expect(text).toContain('pod eth0 → cali… → tunl0 → eth0')
    expect(text).toContain('IPIP needs no overlay. Does not hold')
    expect(text).toContain('claims that this run shows nothing about, and what to add')
    expect(text).toMatch(/The \d{2,} figures behind the cells/u)
  })

  test('as data has the same rows and claims; of a result alone it has what was measured', () => {
    const { comparison } = reportData(input)
    expect(comparison.rows).toHaveLength(7)
    expect(comparison.claims.find(({ id }) => id === 'ipip-no-overlay')).toMatchObject({ verdict: 'fails' })
    const { facts: _, ...alone } = input
    expect(reportData(alone).comparison.rows[0]!.cells[0]).toMatchObject({ lines: ['Not known'] })
    expect(reportData(alone).comparison.rows[2]!.cells[0]!.details.length).toBeGreaterThan(5)
  })

  test('draws every chart in the page, each with its data and how it was computed', () => {
    const figures = [...page.matchAll(/<figure[^]*?<\/figure>/g)].map(([figure]) => figure)
    expect(figures).toHaveLength(9)
    for (const figure of figures) {
      expect(figure).toMatch(/<svg role="img" aria-labelledby="[^"]+"/)
      expect(figure).toContain('Data of this chart')
      expect(figure).toMatch(/<p class="explanation">.{40}/)
    }
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('has what it takes to repeat the run', () => {
    const text = textOf(page)
    expect(text).toContain('cni-lab run calico-vs-cilium.cnilab.yaml --seeds 2 --out results')
    expect(text).toContain(input.run.entry.labHash)
    expect(text).toContain(input.run.result.variants[0]!.seeds[0]!.trajectoryHash)
    expect(text).toContain('routingMode: tunnel, tunnelProtocol: vxlan')
    expect(page).toContain('- {name: host, cni: none} # pods in the host network: the baseline')
  })

  test('a run of some variants is repeated with those', () => {
    const some = { ...input, run: { ...input.run, entry: { ...input.run.entry, variants: ['host'] } } }
    expect(textOf(renderReport(some))).toContain('--seeds 2 --variant host --out results')
  })

  test('names the source of each cost that went in', () => {
    const text = textOf(page)
    expect(text).toMatch(/ipip-encapsulate .*?ns\/packet \d+ %/)
    expect(text).not.toContain('vxlan-encapsulate (')
  })

  test('says what to mind', () => {
    expect(textOf(page)).toContain('node-3 has more pods than its block holds.')
    const single = { ...input.run.result, warnings: [{ code: 'run.single-seed', message: 'One seed only.' }] }
    expect(textOf(renderReport({ ...input, run: { ...input.run, result: single } }))).toContain('No intervals. One seed only.')
    const failed = { ...input, run: { ...input.run, error: { code: 'run.worker-lost', message: 'A worker was lost.' } as const } }
    expect(textOf(renderReport(failed))).toContain('The run failed. A worker was lost. What was measured until then is partial.')
  })

  test('texts of the user stay texts', () => {
    const lab = { ...input.lab, description: '<script>alert(1)</script>' }
    expect(renderReport({ ...input, lab })).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  })

  test('a run without figures still makes a report', () => {
    const variants = input.run.result.variants.map((variant) => ({ ...variant, seeds: [] }))
    const empty = renderReport({ ...input, run: { ...input.run, result: { ...input.run.result, variants }, series: [] } })
    expect(textOf(empty)).toContain('Nothing was measured.')
  })
})

describe('the picture of the network', () => {
  const names2 = (lab: Lab): string => textOf(topologySvg(lab).text)

  test('has every switch, node, external host and rack of a small lab, and a line per link', () => {
    expect(names2(input.lab)).toMatch(/rack a .*rack b .*spine-1 .*client .*tor-a .*node-1 .*tor-b .*node-2/)
    expect(topologySvg(input.lab).text.match(/<path d="M/g)).toHaveLength(5)
  })

  test('many nodes of one switch are one box with their number', () => {
    const [node] = input.lab.nodes
    const many = Array.from({ length: 40 }, (_, index) => ({ ...node!, name: `worker-${index}` }))
    const text = names2({ ...input.lab, nodes: many })
    expect(text).toContain('40 nodes')
    expect(text).not.toContain('worker-1 ')
  })

  test('a lab without links or nodes has a picture, too', () => {
    const bare = { ...input.lab, nodes: [], external: [], fabric: { racks: [], switches: [], links: [] } }
    expect(topologySvg(bare).text).toMatch(/^<svg viewBox="0 0 \d+ \d+"/)
  })
})

describe('writeReport', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cni-lab-report-'))
    await writeReport(path.join(folder, 'new'), input)
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('writes the page and every chart as drawing and figures, and nothing else', async () => {
    expect(await readdir(path.join(folder, 'new'))).toEqual(['charts', 'report.html'])
    const files = await readdir(path.join(folder, 'new', 'charts'))
    const stems = (extension: string): string[] => files.filter((file) => file.endsWith(extension)).map((file) => path.basename(file, extension))
    expect(stems('.svg')).toEqual(stems('.csv').filter((stem) => stem !== 'figures' && stem !== 'comparison'))
    expect(stems('.svg')).toContain('latency-cdf-ping')
    expect(files).toHaveLength(20)
  })

  test('a drawing carries its title, its explanation and its legend', async () => {
    const svg = await readFile(path.join(folder, 'new', 'charts', 'throughput-bulk.svg'), 'utf8')
    expect(svg).toContain('>Throughput over time: bulk<')
    expect(svg).toContain('averaged over windows of')
    expect(svg).toContain('>cilium-vxlan')
  })
})
