import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { planCapture } from '#main/simulation/capture/index'
import { buildRunPlan } from '#main/simulation/plan/index'
import { captureFileOf, parseFilter, type CapturedFrames } from '#shared/capture/index'
import type { Lab } from '#shared/lab/index'
import { ProgressSlab, type SeedOutcome } from '#shared/metrics/index'
import { runTask } from '#worker/run-task'
import { afterAll, describe, expect, it } from 'vitest'

import { datapathLab } from '../../support/datapath-lab'

const MILLISECOND = 1e6
const folder = mkdtempSync(join(tmpdir(), 'cni-lab-run-capture-'))
afterAll(() => rmSync(folder, { recursive: true }))

const ends = { from: { pod: 'default/client-0' }, to: { pod: 'default/far-0' } }
const lab = shortened(
  datapathLab({
    traffic: [
      { name: 'stream', kind: 'tcp-stream', ...ends },
      { name: 'transactions', kind: 'tcp-crr', ...ends, request: '100B', response: '20kB' },
      { name: 'datagrams', kind: 'udp-stream', ...ends, payload: '1000B', rate: '100Mbit' },
      { name: 'pieces', kind: 'udp-stream', ...ends, payload: '4000B', rate: '200Mbit' },
      { name: 'echoes', kind: 'icmp', ...ends },
      { name: 'near', kind: 'tcp-rr', from: ends.from, to: { pod: 'default/near-0' }, request: '100B', response: '100B' },
    ],
  }),
)

function shortened(whole: Lab): Lab {
  return { ...whole, run: { ...whole.run, duration: (0.6 * MILLISECOND) as Lab['run']['duration'], warmup: 0 as Lab['run']['warmup'] } }
}

interface CapturedRun {
  readonly file: CapturedFrames
  readonly outcome: SeedOutcome
  /** The same run without. */
  readonly plain: () => SeedOutcome
}

/** A run with a capture. Frames are whole: tshark does not check what is cut. */
function capture(variant: string, interfaces: readonly string[], filterText?: string, captured: Lab = lab): CapturedRun {
  const filter = filterText === undefined ? undefined : parseFilter(filterText)
  if (typeof filter === 'string') throw new Error(filter)
  const planned = planCapture(captured, { variant, interfaces, snapLength: 70_000, ...(filter !== undefined && { filter }) })
  const built = buildRunPlan(captured, variant)
  if (!('task' in planned) || !('plan' in built)) throw new Error(JSON.stringify(planned))
  const task = { plan: built.plan, seed: 1, progress: ProgressSlab.create(built.plan.labels.traffic.length).buffer }
  const outcome = runTask({ ...task, capture: planned.task }, () => 0)
  return { file: planned.frames(outcome.captured!), outcome, plain: () => runTask(task, () => 0) }
}

/** Wireshark's severity of errors (epan/proto.h, PI_ERROR). */
const EXPERT_ERROR = 0x800000
const WRONG = [
  '_ws.malformed',
  `_ws.expert.severity >= ${EXPERT_ERROR}`,
  ...['ip', 'tcp', 'udp', 'icmp'].map((protocol) => `${protocol}.checksum.status == 0`),
].join(' || ')

function tshark(file: CapturedFrames, filter: string, ...fields: string[]): string[] {
  const path = join(folder, 'run.pcapng')
  writeFileSync(path, captureFileOf(file))
  const checks = ['ip.check_checksum', 'tcp.check_checksum', 'udp.check_checksum'].flatMap((name) => ['-o', `${name}:TRUE`])
  const ports = ['-d', 'udp.port==8472,vxlan', '-d', 'udp.port==51871,wg']
  const shown = ['frame.number', ...fields].flatMap((name) => ['-e', name])
  const { stdout, error } = spawnSync('tshark', ['-r', path, ...checks, ...ports, '-Y', filter, '-T', 'fields', ...shown], { encoding: 'utf8', maxBuffer: 1 << 26 })
  if (error !== undefined) throw error
  return stdout.split('\n').filter((line) => line !== '')
}

const hasTshark = spawnSync('tshark', ['--version']).error === undefined

describe.runIf(hasTshark)('captures during runs, read by tshark', () => {
  it.each([
    ['host', []],
    ['calico-ipip', ['node-1/tunl0', 'node-2/eth0 (default/far-0)']],
    ['calico-ebpf-vxlan', ['node-1/eth0 (default/client-0)']],
    ['calico-wireguard', ['node-1/wireguard.cali']],
    ['cilium-vxlan', ['node-1/cilium_vxlan', 'node-1/eth0 (default/client-0)']],
    ['cilium-geneve', ['node-2/cilium_geneve']],
    ['cilium-native-netkit', ['node-1/eth0 (default/client-0)']],
    ['cilium-vxlan-ipsec', []],
    ['flannel-vxlan', ['node-2/flannel.1']],
  ] as const)('of %s have no malformed packet, no error and no bad checksum', (variant, devices) => {
    const { file } = capture(variant, ['node-1/eth0', 'spine/tor-b', ...devices])
    expect(file.interfaces.filter(({ frames }) => frames < 10)).toEqual([])
    expect(tshark(file, WRONG, 'frame.interface_name', 'frame.comment', '_ws.expert.message')).toEqual([])
  })

  it.each(['node-1/eth0', 'node-1/eth0 (default/client-0)'])('of %s show streams without holes', (name) => {
    const { file } = capture('calico-ipip', [name], 'tcp')
    expect(tshark(file, 'tcp')).toHaveLength(file.interfaces[0]!.frames)
    expect(tshark(file, 'tcp.flags.syn == 1')).not.toEqual([])
    expect(tshark(file, 'tcp.analysis.ack_lost_segment || tcp.analysis.lost_segment || tcp.analysis.retransmission', 'frame.comment')).toEqual([])
  })

  it('of what a node forwards for an outside client show both its legs', () => {
    const service = {
      apiVersion: 'v1', kind: 'Service', metadata: { name: 'far', namespace: 'default' },
      spec: { type: 'NodePort', selector: { app: 'far' }, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] },
    }
    const traffic = [{ name: 'ask', kind: 'tcp-crr', from: { external: 'outside' }, to: { node: 'node-1', port: 30080 } }]
    const plain = datapathLab({ manifests: [service], traffic })
    const workloads = plain.cluster.workloads.map((workload) => ({ ...workload, labels: { app: workload.name } }))
    const asked = shortened({ ...plain, cluster: { ...plain.cluster, workloads } })
    for (const variant of ['calico-ipip', 'cilium-vxlan', 'flannel-vxlan']) {
      const { file } = capture(variant, ['node-1/eth0', 'node-2/eth0'], undefined, asked)
      expect(file.interfaces.filter(({ frames }) => frames < 8)).toEqual([])
      expect(tshark(file, WRONG, 'frame.interface_name', 'frame.comment', '_ws.expert.message')).toEqual([])
    }
  })

  it('give every packet of a connection an identification of its own but the answer to its SYN', () => {
    for (const name of ['node-1/eth0 (default/client-0)', 'node-1/tunl0', 'node-1/eth0', 'node-1/eth0 (default/near-0)']) {
      const { file } = capture('calico-ipip', [name], 'tcp')
      expect(tshark(file, 'ip.id == 0 && !(tcp.flags.syn == 1 && tcp.flags.ack == 1)', 'frame.comment')).toEqual([])
    }
  })

  it('have an interface for each device, with what it is', () => {
    const { file } = capture('calico-ipip', ['node-1/eth0', 'node-1/tunl0'])
    const rows = tshark(file, 'frame', 'frame.interface_name', 'frame.encap_type', 'frame.comment').map((line) => line.split('\t').slice(1))
    // Wireshark's numbers: 1 Ethernet, 7 raw IP.
    expect(new Set(rows.map(([name, encapsulation]) => `${name} ${encapsulation}`))).toEqual(new Set(['node-1/eth0 1', 'node-1/tunl0 7']))
    expect(rows[0]![2]).toMatch(/^flow \w+ 1, to the server; sent; goes on$/u)
  })
})

describe('a capture during a run', () => {
  it('leaves the run as it is', () => {
    const { outcome, plain } = capture('cilium-vxlan', ['node-1/eth0', 'node-1/cilium_vxlan', 'tor-a/spine'])
    expect(outcome.captured!.map(({ count }) => count > 0)).toEqual([true, true, true])
    const without = plain()
    expect(outcome.result.trajectoryHash).toBe(without.result.trajectoryHash)
    expect(outcome.result).toEqual(without.result)
    expect(without.captured).toBeUndefined()
  })

  it('keeps what matches its filter, in the tunnel and around it', () => {
    const all = capture('calico-vxlan', ['node-1/eth0']).file.interfaces[0]!.frames
    const frames = (filter: string) => capture('calico-vxlan', ['node-1/eth0'], filter).file.interfaces[0]!.frames
    const [tcp, others] = [frames('tcp'), frames('not tcp')]
    expect(tcp).toBeGreaterThan(0)
    expect(others).toBeGreaterThan(0)
    expect(tcp + others).toBe(all)
    expect(frames('udp and port 4789')).toBe(all)
    expect(frames('port 9')).toBe(0)
  })

  it.each([
    ['node-1', 'does not name an interface'],
    ['node-9/eth0', 'no node or switch "node-9"'],
    ['tor-a/node-2', 'it has ports to spine, node-1'],
    ['node-1/tunl0', 'there are'],
  ])('of %s is refused with what there is', (name, reason) => {
    const planned = planCapture(lab, { variant: 'cilium-vxlan', interfaces: [name], snapLength: 100 })
    expect('refused' in planned && planned.refused).toContain(reason)
  })
})
