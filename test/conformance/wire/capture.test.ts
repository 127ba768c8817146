import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { tracePacket } from '#main/simulation/trace/index'
import type { Trace, TraceHop } from '#shared/contract/trace'
import { captureOf } from '#shared/trace/index'
import { afterAll, describe, expect, it } from 'vitest'

import { DATAPATH_VARIANTS, datapathLab } from '../../support/datapath-lab'

const lab = datapathLab()
const folder = mkdtempSync(join(tmpdir(), 'cni-lab-capture-'))
afterAll(() => rmSync(folder, { recursive: true }))

const PAIRS = [
  ['default/client-0', 'default/far-0'],
  ['default/client-0', 'default/near-0'],
  ['default/client-0', 'node/node-2'],
  ['node/node-1', 'default/far-0'],
  ['default/client-0', 'external/outside'],
] as const

/** Wireshark's severity of errors (epan/proto.h, PI_ERROR). */
const EXPERT_ERROR = 0x800000
const WRONG = [
  '_ws.malformed',
  `_ws.expert.severity >= ${EXPERT_ERROR}`,
  'ip.checksum.status == 0',
  'tcp.checksum.status == 0',
  'udp.checksum.status == 0',
  'icmp.checksum.status == 0',
].join(' || ')

function tshark(file: string, filter: string, ...more: string[]): string[] {
  const checks = ['ip.check_checksum', 'tcp.check_checksum', 'udp.check_checksum'].flatMap((name) => ['-o', `${name}:TRUE`])
  const ports = ['-d', 'udp.port==8472,vxlan', '-d', 'udp.port==51871,wg']
  const { stdout, error } = spawnSync('tshark', ['-r', file, ...checks, ...ports, '-Y', filter, ...more], { encoding: 'utf8' })
  if (error !== undefined) throw error
  return stdout.split('\n').filter((line) => line !== '')
}

const hasTshark = spawnSync('tshark', ['--version']).error === undefined

const traceOf = (variant: string, from: string, to: string, protocol: 'tcp' | 'udp' | 'icmp'): Trace => {
  const result = tracePacket(lab, { variant, from, to, protocol })
  if ('trace' in result) return result.trace
  throw new Error(JSON.stringify(result))
}

function capture(traces: readonly Trace[]): string {
  const file = join(folder, 'trace.pcapng')
  writeFileSync(file, captureOf(traces))
  return file
}

describe.runIf(hasTshark)('captures of every mode, read by tshark', () => {
  it('have no malformed packet, no error and no bad checksum', () => {
    const traces = DATAPATH_VARIANTS.flatMap(({ name }) =>
      PAIRS.flatMap(([from, to]) => (['tcp', 'udp', 'icmp'] as const).map((protocol) => traceOf(name, from, to, protocol))),
    )
    const file = capture(traces)
    const isFrame = ({ captured, stage }: TraceHop) => captured !== undefined || stage.startsWith('switch')
    const wrong = tshark(file, WRONG, '-T', 'fields', '-e', 'frame.number', '-e', 'frame.comment')
    expect(wrong).toEqual([])
    expect(tshark(file, 'frame', '-T', 'fields', '-e', 'frame.number')).toHaveLength(
      traces.reduce((sum, { hops }) => sum + hops.filter(isFrame).length, 0),
    )
  })

  it('hold questions for MAC addresses and their answers', () => {
    const asked = DATAPATH_VARIANTS.flatMap(({ name }) => {
      const result = tracePacket(lab, { variant: name, from: 'default/client-0', to: 'default/far-0', protocol: 'arp' })
      return 'trace' in result ? [result.trace] : []
    })
    const file = capture(asked)
    expect(tshark(file, WRONG)).toEqual([])
    expect(tshark(file, 'arp')).toHaveLength(asked.length * 4)
  })

  it('have an interface for each device, raw IP where it has no Ethernet', () => {
    const file = capture([traceOf('calico-ipip', 'default/client-0', 'default/far-0', 'tcp')])
    const fields = ['frame.interface_name', 'frame.encap_type', 'frame.comment'].flatMap((name) => ['-e', name])
    const frames = tshark(file, 'frame', '-T', 'fields', ...fields)
    const [, encapsulation, comment] = frames.find((line) => line.startsWith('node-1 tunl0'))!.split('\t')
    // Wireshark's numbers: 1 Ethernet, 7 raw IP.
    expect(encapsulation).toBe('7')
    expect(comment).toContain('calico-ipip, request, ipip-encapsulate')
    expect(frames.find((line) => line.startsWith('node-1 eth0\t'))!.split('\t')[1]).toBe('1')
  })
})
