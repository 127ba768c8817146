import { parseMeasurementTable } from '#main/analysis/prediction/index'
import { describe, expect, it } from 'vitest'

import { makeTable, TESTBED, tableRow, tableText } from '../../../support/measurement-table'

const problemsOf = (text: string) => {
  const parsed = parseMeasurementTable(text)
  return 'problems' in parsed ? parsed.problems : []
}

describe('a measurement table', () => {
  it('takes what is not known as absent', () => {
    const { testbed, baseline } = makeTable([tableRow()], { testbed: { ...TESTBED, cpuGhz: null, underlayMtu: null } })
    expect(testbed.cpuGhz).toBeUndefined()
    expect(testbed.underlayMtu).toBeUndefined()
    expect(baseline).toBeUndefined()
  })

  it('takes nulls for what is absent, wherever there may be one', () => {
    const nothing = Object.fromEntries(Object.keys(TESTBED).map((field) => [field, null]))
    const row = tableRow({ streams: null, saturated: null, perFlow: null, mss: null, mode: null, variant: { cni: 'flannel', backend: null } })
    const { testbed, rows } = makeTable([row], { testbed: nothing, year: null, caveat: null, fitted: null })
    expect(testbed).toMatchObject({ nicGbps: 10, zeroCopy: false })
    expect(rows[0]).toMatchObject({ streams: 1, saturated: false, perFlow: false, variant: { backend: 'vxlan' } })
  })

  it('fills in what a plugin does unless told otherwise', () => {
    const { rows } = makeTable([tableRow({ variant: { cni: 'cilium' } }), tableRow({ variant: { cni: 'calico' } })])
    expect(rows[0]!.variant).toMatchObject({ tunnel: 'vxlan', hostRouting: 'legacy', encryption: 'none' })
    expect(rows[1]!.variant).toMatchObject({ dataplane: 'iptables', encapsulation: 'ipip', encryption: 'none' })
  })

  it('passes over fields that it has no use for', () => {
    expect(problemsOf(tableText([tableRow({ note: 'by hand' })]))).toEqual([])
  })

  it.each([
    ['{', '', /^It is not JSON/u],
    [tableText([tableRow({ metric: 'udp-crr-per-s' })]), 'rows[0].metric', /Invalid option/u],
    [tableText([tableRow(), tableRow({ value: 0 })]), 'rows[1].value', />0/u],
    [tableText([tableRow({ variant: { cni: 'antrea' } })]), 'rows[0].variant.cni', /Invalid/u],
    [tableText([tableRow({ variant: { cni: 'calico', encapsulation: 'gre' } })]), 'rows[0].variant.encapsulation', /Invalid option/u],
    [tableText([tableRow({ variant: { cni: 'none', mtu: 9000 } })]), 'rows[0].variant', /mtu/u],
    [tableText([tableRow()], { baseline: 'bare' }), 'baseline', /No row has the key "bare"/u],
    [tableText([], {}), 'rows', /has no rows/u],
    [tableText([tableRow()], { schema: 'cnilab/measurements/v2' }), 'schema', /cnilab\/measurements\/v1/u],
  ])('says what is wrong and where: %#', (text, path, message) => {
    const [problem] = problemsOf(text)
    expect(problem?.path).toBe(path)
    expect(problem?.message).toMatch(message)
  })
})
