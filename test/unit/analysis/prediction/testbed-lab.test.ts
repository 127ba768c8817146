import { readdirSync, readFileSync } from 'node:fs'

import { parseMeasurementTable } from '#main/analysis/prediction/index'
import { METRICS, SCOPES } from '#main/analysis/prediction/measurement-table'
import { kernelIn } from '#main/analysis/prediction/kernel-version'
import { testbedLab } from '#main/analysis/prediction/testbed-lab'
import { parseLab } from '#shared/lab/index'
import { describe, expect, it } from 'vitest'

import { makeTable, TESTBED, tableRow } from '../../../support/measurement-table'

const VARIANTS = [
  { cni: 'none' },
  ...['iptables', 'nftables', 'ebpf'].flatMap((dataplane) =>
    ['none', 'ipip', 'vxlan'].flatMap((encapsulation) =>
      ['none', 'wireguard'].map((encryption) => ({ cni: 'calico', dataplane, encapsulation, encryption })),
    ),
  ),
  ...['vxlan', 'geneve', 'disabled'].flatMap((tunnel) =>
    ['none', 'wireguard', 'ipsec'].map((encryption) => ({
      cni: 'cilium',
      tunnel,
      hostRouting: 'legacy',
      kubeProxyReplacement: false,
      encryption,
    })),
  ),
  { cni: 'flannel', backend: 'vxlan' },
  { cni: 'flannel', backend: 'host-gw' },
]

const labOf = (row: object, changes: object = {}) => {
  const table = makeTable([tableRow(row)], changes)
  return testbedLab(table, table.rows[0]!, { ghz: 3, nicMtu: 1500, segmentBytes: 1400 })
}

describe('the lab of a row', () => {
  it.each(VARIANTS)('is one that a plugin can be set up in: %o', (variant) => {
    const { problems } = parseLab(labOf({ variant, scope: 'pod-to-pod' }))
    expect(problems.filter(({ code }) => code !== 'not-modelled')).toEqual([])
  })

  it.each(METRICS.flatMap((metric) => SCOPES.map((scope) => [metric, scope])))('exists for %s and %s', (metric, scope) => {
    const { problems } = parseLab(labOf({ metric, scope, variant: { cni: 'flannel' } }))
    expect(problems.filter(({ code }) => code !== 'not-modelled')).toEqual([])
  })

  it('takes tunnels to be offloaded, except IPIP under kernels that were seen not to', () => {
    const tunnelOf = (row: object) => {
      const { spec } = JSON.parse(labOf(row)) as { spec: { nodes: [{ nic: { offloads: { tunnel: boolean } } }] } }
      return spec.nodes[0].nic.offloads.tunnel
    }
    expect(tunnelOf({ variant: { cni: 'calico' }, mode: 'IPIP; kernel 4.15.0-112-generic' })).toBe(true)
    expect(tunnelOf({ variant: { cni: 'calico' }, mode: 'IPIP (v3.16.0); kernel 5.4.0-45-generic' })).toBe(false)
    expect(tunnelOf({ variant: { cni: 'flannel' }, mode: 'kernel 5.4.0-45-generic' })).toBe(true)
    expect(tunnelOf({ variant: { cni: 'calico' } })).toBe(true)
  })

  it('lets Felix sum VXLAN in software in the years and on the kernels in which it does', () => {
    const sums = (year: number | null, kernel: string) =>
      labOf({ variant: { cni: 'calico', encapsulation: 'vxlan' } }, { year, testbed: { ...TESTBED, kernel } }).includes('ChecksumOffloadBroken=true')
    expect(sums(2023, '5.15')).toBe(true)
    expect(sums(2021, '5.4')).toBe(true)
    expect(sums(2021, '5.10')).toBe(false)
    expect(sums(2020, '5.4')).toBe(false)
    expect(sums(2026, '6.8')).toBe(false)
    expect(sums(null, '5.4')).toBe(false)
  })

  it('counts as many transactions of one client as of many', () => {
    const durationOf = (row: object) => (JSON.parse(labOf(row)) as { spec: { run: { duration: string } } }).spec.run.duration
    expect(durationOf({ metric: 'tcp-stream-gbps' })).toBe('120ms')
    expect(durationOf({ metric: 'tcp-rr-us' })).toBe('215ms')
    expect(durationOf({ metric: 'tcp-crr-per-s', streams: 4 })).toBe('65ms')
    expect(durationOf({ metric: 'udp-rr-per-s', streams: 128 })).toBe('40ms')
  })

  it('sends with sendfile where the table did', () => {
    expect(labOf({}, { testbed: { ...TESTBED, zeroCopy: true } })).toContain('"sendfile":true')
    expect(labOf({})).not.toContain('sendfile')
  })
})

describe('transmit queues', () => {
  const takesByCore = (kernel: string | undefined, testbed: object = {}) => labOf({}, { testbed: { ...TESTBED, kernel, ...testbed } }).includes('"xps":true')

  it('belong to cores, but where threads followed interrupts (before 4.16), or results tell that nothing overtook', () => {
    expect(takesByCore('5.15')).toBe(true)
    expect(takesByCore(undefined)).toBe(true)
    expect(takesByCore('4.15.0-112-generic')).toBe(false)
    expect(takesByCore('5.15', { keepsOrder: true })).toBe(false)
  })
})

describe('a kernel', () => {
  it('is the one that a text calls so, not a plugin’s version', () => {
    expect(kernelIn('IPIP Always, MTU 1440 (v3.16.0); u18.04-default kernel 4.15.0-112-generic')).toEqual([4, 15])
    expect(kernelIn('6.2')).toEqual([6, 2])
    expect(kernelIn('4.15 / 5.4 (see row mode)')).toEqual([4, 15])
    expect(kernelIn('VXLAN tunnel (v1.8.2)')).toBeUndefined()
    expect(kernelIn(undefined)).toBeUndefined()
  })
})

describe('the tables that ship with the app', () => {
  it('are read without complaint', () => {
    const folder = new URL('../../../../resources/calibration/tables/', import.meta.url)
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
    expect(names.length).toBeGreaterThan(2)
    for (const name of names) expect(parseMeasurementTable(readFileSync(new URL(name, folder), 'utf8'))).toHaveProperty('table')
  })
})
