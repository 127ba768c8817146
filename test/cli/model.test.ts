import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { tableRow, tableText } from '../support/measurement-table'
import { runCli } from '../support/run-cli'

let folder = ''
const file = (name: string, text: string): string => {
  const at = path.join(folder, name)
  writeFileSync(at, text)
  return at
}

beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'cni-lab-model-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const pod = (more: object) => tableRow({ key: 'cilium', scope: 'pod-to-pod', variant: { cni: 'cilium' }, value: 9, ...more })

describe('cni-lab model', () => {
  it('predicts every row in the table’s order, with ratios to the baseline', async () => {
    const rows = [
      pod({ metric: 'tcp-rr-us', value: 40 }),
      tableRow({ metric: 'tcp-rr-us', value: 30 }),
      tableRow(),
      pod({ use: 'directional' }),
    ]
    const table = file('table.json', tableText(rows, { baseline: 'host' }))
    const { code, out, error } = await runCli(['model', '--table', table, '--workers', '0', '--json'])
    expect(error).toContain('of 4 rows')
    expect(code).toBe(0)
    const result = JSON.parse(out) as { rows: Record<string, unknown>[]; summary: object }
    expect(result).toMatchObject({ schema: 'cnilab/model/v1', table: 'test', summary: { scored: 3 } })
    expect(result.rows.map(({ key, metric, measured }) => [key, metric, measured])).toEqual([
      ['cilium', 'tcp-rr-us', 40],
      ['host', 'tcp-rr-us', 30],
      ['host', 'tcp-stream-gbps', 9.4],
      ['cilium', 'tcp-stream-gbps', 9],
    ])
    for (const row of result.rows) expect(row['predicted']).toEqual(expect.any(Number))
    expect(result.rows[1]).toMatchObject({ measuredRatio: 1, predictedRatio: 1, errorPct: 0, use: 'score' })
  })

  it('prints a table for people', async () => {
    const table = file('plain.json', tableText([tableRow()]))
    const { code, out } = await runCli(['model', '--table', table, '--workers', '0'])
    expect(code).toBe(0)
    expect(out).toContain('1 scored rows: median error 0.0 %')
  })

  it('says what is wrong with a table and where, and exits with 2', async () => {
    const table = file('wrong.json', tableText([tableRow({ scope: 'pod-to-moon' })]))
    const { code, out, error } = await runCli(['model', '--table', table])
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(error).toContain('rows[0].scope')
    expect(error).toContain('[table.invalid]')
    expect(error).not.toContain(' at ')
  })

  it('asks for a table, and for one that can be read', async () => {
    expect((await runCli(['model'])).code).toBe(2)
    const missing = await runCli(['model', '--table', path.join(folder, 'missing.json')])
    expect(missing.code).toBe(2)
    expect(missing.error).toContain('missing.json')
  })
})
