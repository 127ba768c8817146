import { PASS_ENTRY, PROGRAM_END, STAGES, type RunPlan } from '#shared/plan/index'
import { describe, expect, it } from 'vitest'

import { datapathLab } from '../../../../support/datapath-lab'
import { planOf } from '../../../../support/plan-of'

const FLOW = { otherNode: 0, udp: 1, sameNode: 2 } as const

interface PassView {
  readonly entry: number
  readonly merges: boolean
  readonly stages: readonly string[]
}

function passesOf({ programs }: RunPlan, program: number): PassView[] {
  const numbers = Array.from({ length: programs.passCount }, (_, pass) => pass)
  return numbers.slice(programs.passFirst[program], programs.passFirst[program + 1]).map((pass) => ({
    entry: programs.entry[pass]!,
    merges: programs.merges[pass] === 1,
    stages: Array.from(
      programs.refStage.subarray(programs.refFirst[pass], programs.refFirst[pass + 1]),
      (stage) => STAGES[stage]!.id,
    ),
  }))
}

const plan = (variant: string, offloads: object = {}) => planOf(datapathLab({ nic: { offloads } }), variant)

function counts(passes: readonly PassView[]) {
  const stages = passes.flatMap((pass) => pass.stages)
  const hooks = ['nf-prerouting', 'nf-input', 'nf-forward', 'nf-output', 'nf-postrouting']
  return {
    hooks: stages.filter((stage) => hooks.includes(stage)).length,
    conntrack: stages.filter((stage) => stage === 'nf-conntrack').length,
    queues: passes.filter(({ entry }) => entry === PASS_ENTRY.backlog || entry === PASS_ENTRY.groCell).length,
  }
}

describe('the path between pods on two nodes', () => {
  // Hook visits, connection-tracking lookups and queues as counted from the sources of kernel, Felix and Cilium.
  it.each([
    ['host', { hooks: 0, conntrack: 0, queues: 0 }, { hooks: 0, conntrack: 0, queues: 0 }],
    ['calico-bgp', { hooks: 3, conntrack: 1, queues: 1 }, { hooks: 3, conntrack: 1, queues: 1 }],
    ['calico-ipip', { hooks: 5, conntrack: 2, queues: 1 }, { hooks: 5, conntrack: 2, queues: 2 }],
    ['calico-vxlan', { hooks: 5, conntrack: 1, queues: 1 }, { hooks: 5, conntrack: 1, queues: 2 }],
    ['calico-nftables-vxlan', { hooks: 5, conntrack: 1, queues: 1 }, { hooks: 5, conntrack: 1, queues: 2 }],
    ['calico-ebpf-bgp', { hooks: 0, conntrack: 0, queues: 1 }, { hooks: 0, conntrack: 0, queues: 0 }],
    ['calico-ebpf-vxlan', { hooks: 2, conntrack: 0, queues: 1 }, { hooks: 2, conntrack: 0, queues: 1 }],
    ['calico-wireguard', { hooks: 5, conntrack: 2, queues: 1 }, { hooks: 5, conntrack: 2, queues: 2 }],
    ['cilium-vxlan', { hooks: 2, conntrack: 1, queues: 1 }, { hooks: 2, conntrack: 1, queues: 2 }],
    ['cilium-vxlan-ebpf', { hooks: 2, conntrack: 1, queues: 1 }, { hooks: 2, conntrack: 1, queues: 1 }],
    ['cilium-native', { hooks: 3, conntrack: 1, queues: 1 }, { hooks: 3, conntrack: 1, queues: 1 }],
    ['cilium-native-ebpf', { hooks: 0, conntrack: 0, queues: 1 }, { hooks: 0, conntrack: 0, queues: 0 }],
    ['cilium-native-netkit', { hooks: 0, conntrack: 0, queues: 0 }, { hooks: 0, conntrack: 0, queues: 0 }],
    ['flannel-vxlan', { hooks: 5, conntrack: 2, queues: 1 }, { hooks: 5, conntrack: 2, queues: 2 }],
    ['flannel-host-gw', { hooks: 3, conntrack: 1, queues: 1 }, { hooks: 3, conntrack: 1, queues: 1 }],
  ])('with %s passes as many hooks and queues as the real one', (variant, sending, receiving) => {
    const run = plan(variant)
    expect(counts(passesOf(run, run.flows.forwardTx[FLOW.otherNode]!))).toEqual(sending)
    expect(counts(passesOf(run, run.flows.forwardRx[FLOW.otherNode]!))).toEqual(receiving)
  })

  it.each(['calico-wireguard', 'calico-ebpf-wireguard', 'cilium-native-wireguard', 'cilium-vxlan-wireguard'])(
    'with %s encrypts and decrypts on workers, and segments before it encrypts',
    (variant) => {
      const run = plan(variant)
      const sending = passesOf(run, run.flows.forwardTx[FLOW.otherNode]!)
      const receiving = passesOf(run, run.flows.forwardRx[FLOW.otherNode]!)
      const worker = (passes: readonly PassView[]) => passes.find(({ entry }) => entry === PASS_ENTRY.worker)?.stages
      expect(worker(sending)).toEqual(['gso-segment', 'wireguard-encrypt'])
      expect(worker(receiving)).toEqual(['wireguard-decrypt'])
      expect(receiving.find(({ merges }) => merges)?.stages[0]).toBe('wireguard-poll')
    },
  )

  it.each(['calico-vxlan-summing', 'calico-ebpf-vxlan-summing'])(
    'with %s splits trains before it encapsulates them, and sums datagrams there',
    (variant) => {
      const run = plan(variant)
      const encapsulation = (flow: number) => {
        const stages = passesOf(run, run.flows.forwardTx[flow]!).flatMap((pass) => pass.stages)
        const at = stages.indexOf('vxlan-encapsulate')
        return stages.slice(at - 1, at + 2)
      }
      expect(encapsulation(FLOW.otherNode)).toEqual(['gso-segment', 'vxlan-encapsulate', expect.any(String)])
      expect(encapsulation(FLOW.udp)).toEqual([expect.any(String), 'vxlan-encapsulate', 'checksum-transmit'])
      expect(passesOf(run, run.flows.forwardRx[FLOW.otherNode]!).find(({ merges }) => merges)?.entry).toBe(PASS_ENTRY.inline)
    },
  )

  it.each([
    ['host', -1],
    ['calico-ipip', 1],
    ['cilium-vxlan', -1],
  ])('with %s orphans the packet in pass %d of the sender: where ip_rcv sees it', (variant, pass) => {
    const run = plan(variant)
    const program = run.flows.forwardTx[FLOW.otherNode]!
    const absolute = pass < 0 ? -1 : run.programs.passFirst[program]! + pass
    expect(run.programs.orphanPass[program]).toBe(absolute)
  })

  it('ends at the NIC, and on the other node at the socket', () => {
    const { programs, flows } = plan('calico-ipip')
    expect(programs.end[flows.forwardTx[0]!]).toBe(PROGRAM_END.nic)
    expect(programs.end[flows.forwardRx[0]!]).toBe(PROGRAM_END.socket)
  })

  it('has no cost per byte for acknowledgements, and another stage that takes them', () => {
    const run = plan('cilium-vxlan')
    const stages = passesOf(run, run.flows.reverseAckRx[0]!).flatMap((pass) => pass.stages)
    expect(stages).toContain('tcp-ack-receive')
    expect(stages).not.toContain('tcp-receive')
  })

  it('costs more for the packet that opens the connection than for its answer', () => {
    const { programs, flows } = plan('calico-ipip')
    const first = (program: number) => {
      const from = programs.refFirst[programs.passFirst[program]!]
      const to = programs.refFirst[programs.passFirst[program + 1]!]
      const sum = (column: Float64Array) => column.subarray(from, to).reduce((total, cost) => total + cost, 0)
      return sum(programs.refFirstPerPacket) - sum(programs.refPerPacket)
    }
    expect(first(flows.forwardTx[0]!)).toBeGreaterThan(0)
    expect(first(flows.reverseTx[0]!)).toBe(0)
  })
})

describe('the path inside a node', () => {
  it.each([
    ['host', 1],
    ['calico-ipip', 2],
    ['cilium-vxlan', 2],
  ])('with %s has %d backlogs, ends at the socket and needs no receive program', (variant, backlogs) => {
    const run = plan(variant)
    const program = run.flows.forwardTx[FLOW.sameNode]!
    expect(passesOf(run, program).filter(({ entry }) => entry === PASS_ENTRY.backlog)).toHaveLength(backlogs)
    expect(run.programs.end[program]).toBe(PROGRAM_END.socket)
    expect(run.flows.forwardRx[FLOW.sameNode]).toBe(-1)
  })

  it('with Cilium meets no netfilter hook', () => {
    const run = plan('cilium-vxlan')
    expect(counts(passesOf(run, run.flows.forwardTx[FLOW.sameNode]!)).hooks).toBe(0)
  })
})

describe('offloads', () => {
  const mergingPass = (run: RunPlan, flow: number) =>
    passesOf(run, run.flows.forwardRx[flow]!).find(({ merges }) => merges)

  it('merge segments right behind the NIC where it understands the tunnel', () => {
    expect(mergingPass(plan('calico-ipip'), 0)?.entry).toBe(PASS_ENTRY.inline)
    expect(mergingPass(plan('host', { tunnel: false }), 0)?.entry).toBe(PASS_ENTRY.inline)
  })

  it('leave merging to the GRO cell where it does not', () => {
    expect(mergingPass(plan('calico-ipip', { tunnel: false }), 0)?.entry).toBe(PASS_ENTRY.groCell)
  })

  it('merge nothing without GRO, and no datagrams', () => {
    expect(mergingPass(plan('host', { gro: false }), FLOW.otherNode)).toBeUndefined()
    expect(mergingPass(plan('host'), FLOW.udp)).toBeUndefined()
    expect(plan('host', { gro: false }).flows.groSegments[0]).toBe(1)
  })

  it('merge no more than the longest IPv4 packet holds, 65,535 bytes (GRO_LEGACY_MAX_SIZE)', () => {
    const { groSegments, mssBytes } = plan('host').flows
    const headers = 20 + 20 + 12
    const bytes = (segments: number) => headers + segments * mssBytes[FLOW.otherNode]!
    expect(bytes(groSegments[FLOW.otherNode]!)).toBeLessThanOrEqual(65_535)
    expect(bytes(groSegments[FLOW.otherNode]! + 1)).toBeGreaterThan(65_535)
  })

  it.each([
    ['host', {}, false],
    ['host', { tunnel: false }, false],
    ['host', { tso: false }, true],
    ['cilium-vxlan', {}, false],
    ['cilium-vxlan', { tunnel: false }, true],
  ])('of %s with %o segment in software: %s', (variant, offloads, software) => {
    const run = plan(variant, offloads)
    const stages = passesOf(run, run.flows.forwardTx[0]!).flatMap((pass) => pass.stages)
    expect(stages.includes('gso-segment')).toBe(software)
  })
})
