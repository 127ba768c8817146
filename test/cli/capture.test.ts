import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { runCli } from '../support/run-cli'

const example = path.resolve('resources/labs/calico-vs-cilium.cnilab.yaml')

describe('cni-lab run --capture', () => {
  let folder: string
  let lab: string
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cni-lab-'))
    lab = path.join(folder, 'short.cnilab.yaml')
    const text = await readFile(example, 'utf8')
    await writeFile(lab, text.replace(/^ {2}run: .*$/mu, '  run: {duration: 4ms, warmup: 1ms, seeds: 2}'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  const run = (...args: string[]) => runCli(['run', lab, '--workers', '1', ...args])
  const cilium = ['--variant', 'cilium-vxlan']

  it('writes the frames of interfaces, and says how many', async () => {
    const pcap = path.join(folder, 'run.pcapng')
    const interfaces = ['--capture', 'node-1/eth0', '--capture', 'node-1/cilium_vxlan']
    const { code, error } = await run(...cilium, ...interfaces, '--filter', 'tcp', '--snap', '100', '--pcap', pcap)
    expect(code).toBe(0)
    expect(error).toMatch(/: [1-9]\d* frames on node-1\/eth0\n.*: [1-9]\d* frames on node-1\/cilium_vxlan\n/u)
    // The magic number of a section header block.
    expect((await readFile(pcap)).subarray(0, 4).toString('hex')).toBe('0a0d0d0a')
  })

  it.each([
    ['no file', [...cilium, '--capture', 'node-1/eth0'], '--pcap FILE'],
    ['a file alone', [...cilium, '--pcap', 'x.pcapng'], '--capture NODE/DEVICE'],
    ['all variants', ['--capture', 'node-1/eth0', '--pcap', 'x.pcapng'], 'one --variant'],
    ['several seeds', [...cilium, '--seeds', '3', '--capture', 'node-1/eth0', '--pcap', 'x.pcapng'], 'one seed'],
    ['an unknown device', [...cilium, '--capture', 'node-1/tun9', '--pcap', 'x.pcapng'], 'No traffic crosses "tun9" of node-1; there are cilium_vxlan, eth0'],
    ['a filter that means nothing', [...cilium, '--capture', 'node-1/eth0', '--filter', 'tcp 80', '--pcap', 'x.pcapng'], '"80" is not expected there'],
  ])('refuses %s with the reason and exit code 2', async (_what, args, reason) => {
    const { code, error } = await run(...args)
    expect(code).toBe(2)
    expect(error).toContain(reason)
    expect(error).not.toMatch(/^\s+at /mu)
  })
})
