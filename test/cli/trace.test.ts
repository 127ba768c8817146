import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import type { Trace } from '#shared/contract/trace'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { runCli } from '../support/run-cli'

const lab = path.resolve('resources/labs/calico-vs-cilium.cnilab.yaml')
const between = ['--from', 'default/client-0', '--to', 'default/server-0']

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cni-lab-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('cni-lab trace', () => {
  it('prints the hops as JSON and writes the frames of the devices', async () => {
    const file = path.join(folder, 'trace.pcapng')
    const { code, out } = await runCli(['trace', lab, '--variant', 'cilium-vxlan', ...between, '--protocol', 'icmp', '--json', '--pcap', file])
    const trace = JSON.parse(out) as Trace
    expect([code, trace.schema, trace.verdict]).toEqual([0, 'cnilab/trace/v1', 'delivered'])
    expect(trace.hops.map(({ device }) => device)).toContain('cilium_vxlan')
    // The magic number of a section header block.
    expect((await readFile(file)).subarray(0, 4).toString('hex')).toBe('0a0d0d0a')
  })

  it.each([
    ['an unknown variant', ['--variant', 'nothing', ...between], 'The lab has no variant "nothing"; it has '],
    ['an unknown pod', ['--variant', 'host', '--from', 'default/nobody', '--to', 'default/server-0'], 'no pod default/nobody'],
    ['no ends', ['--variant', 'host'], '--from'],
    ['an unknown protocol', ['--variant', 'host', ...between, '--protocol', 'sctp'], 'sctp'],
  ])('refuses %s with the reason and exit code 2', async (_what, args, reason) => {
    const { code, error } = await runCli(['trace', lab, ...args])
    expect(code).toBe(2)
    expect(error).toContain(reason)
    expect(error).not.toMatch(/^\s+at /mu)
  })
})
