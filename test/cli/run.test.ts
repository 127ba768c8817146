import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { RunResult } from '#shared/metrics/index'

import { type CliOutcome, runCli } from '../support/run-cli'

const example = path.resolve('resources/labs/calico-vs-cilium.cnilab.yaml')

/** The example, cut short: 60 ms of which 10 ms are warm-up. */
async function shortLab(folder: string): Promise<string> {
  const text = await readFile(example, 'utf8')
  const short = text.replace(/^ {2}run: .*$/mu, '  run: {duration: 60ms, warmup: 10ms, seeds: 2}')
  const file = path.join(folder, 'short.cnilab.yaml')
  await writeFile(file, short)
  return file
}

function parse({ out }: CliOutcome): RunResult {
  return JSON.parse(out) as RunResult
}

describe('cni-lab run', () => {
  let folder: string
  let lab: string
  let first: CliOutcome
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cni-lab-'))
    lab = await shortLab(folder)
    first = await runCli(['run', lab, '--workers', '2', '--json', '--out', path.join(folder, 'out')])
  }, 120_000)
  afterAll(() => rm(folder, { recursive: true }))

  it('prints the result of every variant and seed, and ends with 0', () => {
    expect(first.code).toBe(0)
    const { schema, lab: name, durationSeconds, variants } = parse(first)
    expect({ schema, name, durationSeconds }).toEqual({ schema: 'cnilab/result/v1', name: 'calico-vs-cilium', durationSeconds: 0.06 })
    expect(variants.map((variant) => [variant.name, variant.seeds.map(({ seed }) => seed)])).toEqual([
      ['host', [1, 2]], ['calico-ipip', [1, 2]], ['cilium-vxlan', [1, 2]],
    ])
  })

  it('accounts for every packet of every variant and seed', () => {
    const seeds = parse(first).variants.flatMap((variant) => variant.seeds)
    for (const { packets } of seeds) {
      expect(packets.sent).toBeGreaterThan(0)
      expect(packets.sent).toBe(packets.delivered + packets.dropped + packets.inFlight)
    }
  })

  it('charges nodes what their stages cost', () => {
    for (const node of parse(first).variants.flatMap(({ seeds }) => seeds.flatMap(({ nodes }) => nodes))) {
      const coreSeconds = Object.values(node.cpuByStage).reduce((sum, seconds) => sum + seconds, 0)
      expect(coreSeconds).toBeCloseTo(node.busyCores * 0.05, 6)
      // Work that has begun when the run ends is counted in full: a hair over 1 is a core that never rested.
      expect(node.busiestCore).toBeLessThan(1.001)
      expect(node.busiestCore! * 8).toBeGreaterThanOrEqual(node.busyCores)
    }
  })

  it('has a latency wherever something was delivered', () => {
    for (const traffic of parse(first).variants.flatMap(({ seeds }) => seeds.flatMap((seed) => seed.traffic))) {
      expect(traffic.goodputBps).toBeGreaterThan(0)
      expect(traffic.latencyNs!.min).toBeGreaterThan(0)
      expect(traffic.latencyNs!.p50).toBeLessThanOrEqual(traffic.latencyNs!.p99)
    }
  })

  it('comes to the same bytes on one worker as on two and in the main thread, but for the time it took', async () => {
    const without = (outcome: CliOutcome): string => outcome.out.replaceAll(/"wallSeconds": .*/gu, '')
    for (const workers of ['1', '0']) {
      const again = await runCli(['run', lab, '--workers', workers, '--json'])
      expect(without(again)).toBe(without(first))
    }
  })

  it('writes the result and the figures over time', async () => {
    expect(await readFile(path.join(folder, 'out', 'results.json'), 'utf8')).toBe(first.out)
    expect(await readdir(path.join(folder, 'out'))).toContain('series.csv')
    const rows = (await readFile(path.join(folder, 'out', 'series.csv'), 'utf8')).trimEnd().split('\r\n')
    expect(rows.every((row) => row.split(',').length === 7)).toBe(true)
    expect(rows.length).toBeGreaterThan(100)
  })

  it('prints tables for people', async () => {
    const { code, out } = await runCli(['run', lab, '--seeds', '1', '--variant', 'host', '--variant', 'cilium-vxlan'])
    expect(code).toBe(0)
    expect(out).toContain('vs host')
    expect(out).not.toContain('calico-ipip')
  })
})

describe('cni-lab run, interrupted', () => {
  it('prints what it has and ends with 130', async () => {
    // 200 seeds take minutes; the interrupt comes with the first line of progress.
    const { code, out, error } = await runCli(['run', example, '--seeds', '200', '--workers', '2', '--json'], {
      interruptAt: '0 of 600 tasks done',
    })
    expect(code).toBe(130)
    expect(error).toBe('0 %, 0 of 600 tasks done\ncni-lab: interrupted; the figures cover what was simulated until then.\n')
    const result = JSON.parse(out) as RunResult
    expect(result.warnings.map((warning) => warning.code)).toContain('run.task-missing')
  })
})
