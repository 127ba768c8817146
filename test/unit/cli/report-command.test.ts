import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { reportCommand, type ReportOptions } from '#main/cli/report-command'
import type { ReportData } from '#main/runs/report/report-data'
import { writeRun } from '#main/runs/write-run'

import { fakeRun } from '../../fixture/fake-run'

const names = ['host', 'calico-ipip', 'cilium-vxlan']
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cnilab-report-'))
  const { result, series } = fakeRun({ seeds: 2, durationSeconds: 0.2, warmupSeconds: 0.05 })
  const entry = {
    runId: '6e1f2f3e-0000-4000-8000-000000000001', lab: 'calico | cilium', labHash: result.labHash, startedAt: '2026-11-23T02:11:00.000Z',
    variants: names, labVariants: names, seeds: 2, durationSeconds: 0.2, warmupSeconds: 0.05, outcome: 'done' as const,
  }
  const labText = await readFile('resources/labs/calico-vs-cilium.cnilab.yaml', 'utf8')
  await writeRun(folder, { record: { entry }, result, series, labText })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** What the command prints. */
async function report(run: string, options: ReportOptions): Promise<string> {
  let out = ''
  const terminal = { out: (content: string | Uint8Array) => void (out += typeof content === 'string' ? content : Buffer.from(content).toString('latin1')), error: () => undefined, width: null }
  expect(await reportCommand(run, options, { terminal, version: '1.2.3' })).toBe(0)
  return out
}

describe('cni-lab report', () => {
  it('makes the page of a run out of its folder', async () => {
    const page = await report(folder, { format: 'html' })
    expect(page).toMatch(/^<!doctype html>/u)
    expect(page).toContain('id="repeat"')
    for (const name of names) expect(page).toContain(name)
  })

  it('gives the figures as data', async () => {
    const data = JSON.parse(await report(folder, { format: 'json' })) as ReportData
    expect(data).toMatchObject({ schema: 'cnilab/report/v1', baseline: 'host', seeds: 2, warmupSeconds: 0.05, version: '1.2.3' })
    expect(data.variants.map(({ name }) => name)).toEqual(names)
    const goodput = data.figures.filter(({ figure }) => figure === 'total-goodput')
    expect(goodput.map(({ variant }) => variant)).toEqual(names)
    expect(goodput[0]!.change).toBeUndefined()
    expect(goodput[1]!.change!.mean).toBeCloseTo(goodput[1]!.mean / goodput[0]!.mean - 1, 1)
    expect(data.tables['links']!.length).toBeGreaterThan(0)
  })

  it('writes Markdown whose tables keep their columns', async () => {
    const text = await report(folder, { format: 'md' })
    expect(text).toContain('# calico \\| cilium: comparison report')
    const rows = text.split('\n').filter((line) => line.startsWith('| '))
    const widths = rows.map((row) => row.replaceAll(/\\\|/gu, '').split('|').length)
    const summary = rows.findIndex((row) => row.startsWith('| Variant'))
    expect(new Set(widths.slice(summary, summary + 2 + names.length)).size).toBe(1)
    expect(text).toMatch(/```yaml\n[^]*apiVersion: cnilab.dev\/v1alpha1[^]*```\n$/u)
  })

  it('makes do with a result, and does not say what it cannot know', async () => {
    const result = path.join(folder, 'results.json')
    const page = await report(result, { format: 'html' })
    expect(page).toContain('id="figures"')
    expect(page).not.toContain('of it warm-up')
    expect(page).not.toContain('id="repeat"')
    expect(await report(result, { format: 'md' })).not.toContain('of it warm-up')
    expect(JSON.parse(await report(result, { format: 'json' }))).not.toHaveProperty('warmupSeconds')
  })

  it('writes into a file', async () => {
    const file = path.join(folder, 'out.md')
    expect(await report(folder, { format: 'md', out: file })).toBe('')
    expect(await readFile(file, 'utf8')).toContain('comparison report')
  })

  it('makes a PDF with the charts, on several pages', async () => {
    const pdf = await report(folder, { format: 'pdf' })
    expect(pdf).toMatch(/^%PDF-1\.\d\n[^]*%%EOF\n$/u)
    expect(pdf.match(/\/Type \/Page\b(?!s)/gu)!.length).toBeGreaterThan(2)
    expect(pdf).toContain('Roboto')
  })

  it('refuses what is no run, with what to do', async () => {
    const other = path.join(folder, 'other.json')
    await writeFile(other, '{}')
    await expect(report(other, { format: 'md' })).rejects.toMatchObject({ code: 'report.unreadable' })
    await expect(report(path.join(folder, 'nowhere'), { format: 'md' })).rejects.toMatchObject({ code: 'report.unreadable' })
  })

  it.each([
    ['cut off', (text: string) => text.slice(0, text.length / 2), /It is not JSON/u],
    ['of another version', (text: string) => text.replace('result/v1', 'result/v2'), /schema: /u],
    ['with a number for a list', (text: string) => text.replace(/"warnings": \[[^]*?\]/u, '"warnings": 1'), /warnings: .*expected array/u],
    ['with a figure left out', (text: string) => text.replace(/"goodputBps": [^,]*,/u, ''), /variants\[0\]\.seeds\[0\]\.traffic\[0\]\.goodputBps: /u],
    ['with a figure that is none', (text: string) => text.replace(/"p99": [^,]*,/u, '"p99": null,'), /latencyNs\.p99: /u],
  ])('refuses a result %s, and says where', async (_, damage, place) => {
    const damaged = path.join(folder, 'damaged.json')
    const whole = await readFile(path.join(folder, 'results.json'), 'utf8')
    await writeFile(damaged, damage(whole))
    await expect(report(damaged, { format: 'md' })).rejects.toMatchObject({ code: 'report.unreadable', message: expect.stringMatching(place) as string })
  })

  it('reads a result with fields that a later version adds', async () => {
    const later = path.join(folder, 'later.json')
    const whole = await readFile(path.join(folder, 'results.json'), 'utf8')
    await writeFile(later, whole.replace('{', '{"added": [1],'))
    expect(await report(later, { format: 'md' })).toContain('comparison report')
  })
})
