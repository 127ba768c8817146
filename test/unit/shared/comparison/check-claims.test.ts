import { describe, expect, test } from 'vitest'

import { checkClaims, type CheckedClaim, type Compared } from '#shared/comparison/index'
import type { VariantFacts } from '#shared/contract/comparison'
import type { RunResult } from '#shared/metrics/index'

import { fakeComparison, fakeDirection, fakeFacts, fakeVariantFacts, fakeWay, threeVariantRun, threeVariants } from '../../../fixture/fake-facts'

const [host, ipip, vxlan] = threeVariants as [VariantFacts, VariantFacts, VariantFacts]

function claim(id: string, compared: Compared = fakeComparison()): CheckedClaim {
  const found = checkClaims(compared).find((each) => each.id === id)!
  return { ...found, evidence: found.evidence.map((sentence) => sentence.replaceAll('\u202f', ' ')) }
}

/** The comparison of a run's variants that are built so, under the names that `fakeRun` gives them. */
function named(variants: readonly VariantFacts[], result: RunResult = threeVariantRun.result): Compared {
  const names = result.variants.map(({ name }) => name)
  const facts = fakeFacts(variants.map((variant, index) => ({ ...variant, variant: names[index]! })))
  return fakeComparison({ facts, run: { ...threeVariantRun, result } })
}

/** The verdict on a claim where the run's variants are built so. */
function verdict(id: string, variants: readonly VariantFacts[], result: RunResult = threeVariantRun.result): string {
  return claim(id, named(variants, result)).verdict
}

const TUNNEL = ['ipv4', 'udp', 'vxlan', 'ethernet']
const calicoVxlan = fakeVariantFacts('', { cni: 'calico', ways: [fakeWay(['node-1 vxlan.calico vxlan-encapsulate 190'], TUNNEL)] })
const calicoPlain = fakeVariantFacts('', { cni: 'calico', ways: [fakeWay(['node-1 cali0 nf-forward 900'], [])] })

/** The run with the CPU of its last variant times a factor. */
function withCpu(factor: number): RunResult {
  const { result } = threeVariantRun
  const [first, second, third] = result.variants
  const seeds = second!.seeds.map((seed) => ({ ...seed, nodes: seed.nodes.map((node) => ({ ...node, busyCores: node.busyCores * factor })) }))
  return { ...result, variants: [first!, second!, { ...third!, seeds }] }
}

/** The run with so many entries made in Cilium's map on each seed's first node, and none elsewhere. */
function withTracking(made: number): RunResult {
  const { result } = threeVariantRun
  const map = { table: 'cilium_ct4_global', peak: made, limit: 1000, made, evicted: 0, refused: 0, memoryBytes: 0 }
  return {
    ...result,
    variants: result.variants.map((variant) => ({
      ...variant, seeds: variant.seeds.map((seed) => ({ ...seed, nodes: seed.nodes.map((node, index) => ({ ...node, tracking: index === 0 ? [map] : [] })) })),
    })),
  }
}

describe('Common claims', () => {
  test('are all told, those that the run shows something about first, and the others with what to add', () => {
    const claims = checkClaims(fakeComparison())
    const shown = claims.map((each) => each.verdict !== 'not-shown')
    expect(shown.lastIndexOf(true)).toBeLessThan(shown.indexOf(false))
    for (const { evidence, turns } of claims) {
      expect(evidence.length).toBeGreaterThan(0)
      expect(turns.length).toBeGreaterThan(40)
    }
    expect(claim('geneve-larger')).toMatchObject({ verdict: 'not-shown', evidence: ['Add two Cilium variants, with tunnelProtocol: vxlan and geneve.'] })
  })

  test('say nothing about a result without its lab', () => {
    const { facts: _, ...compared } = fakeComparison()
    expect(new Set(checkClaims(compared).map((each) => each.verdict))).toEqual(new Set(['not-shown']))
  })

  test('IPIP is an overlay of 20 bytes', () => {
    expect(claim('ipip-no-overlay')).toMatchObject({ verdict: 'fails', evidence: [expect.stringContaining('20 B of IPIP around a packet between nodes, 94 B on the wire')] })
    expect(verdict('ipip-no-overlay', [host, calicoVxlan, vxlan])).toBe('not-shown')
  })

  test('what several variants do alike is told once, and apart what one does otherwise within a subnet', () => {
    const plain = fakeWay([], [], { kind: 'one-subnet' })
    const facts = fakeFacts([
      { ...calicoVxlan, variant: 'host', ways: [calicoVxlan.ways[0]!, { ...calicoVxlan.ways[0]!, kind: 'one-subnet' }] },
      { ...calicoVxlan, variant: 'calico-ipip', ways: [calicoVxlan.ways[0]!, plain] },
      { ...vxlan, isDefault: false },
    ])
    expect(claim('calico-never-encapsulates', fakeComparison({ facts })).evidence).toEqual([
      'host, calico-ipip between nodes of two subnets: 50 B of VXLAN around a packet between nodes, 124 B on the wire.',
      'calico-ipip between nodes of one subnet: the packet as the pod sent it, 74 B on the wire.',
    ])
  })

  test('Calico does not encapsulate where its pool has no tunnel', () => {
    expect(claim('calico-never-encapsulates').verdict).toBe('fails')
    expect(verdict('calico-never-encapsulates', [host, calicoPlain, vxlan])).toBe('holds')
    expect(verdict('calico-never-encapsulates', [host, vxlan, vxlan])).toBe('not-shown')
  })

  test('what Cilium does by default is shown by a variant without settings only', () => {
    expect(claim('cilium-default-vxlan').verdict).toBe('holds')
    expect(verdict('cilium-default-vxlan', [host, ipip, { ...vxlan, isDefault: false }])).toBe('not-shown')
  })

  test('VXLAN costs more CPU than IPIP where the run measured more, and not where it measured less or the same', () => {
    expect(verdict('vxlan-costs-more', [host, ipip, calicoVxlan], withCpu(1.2))).toBe('holds')
    expect(verdict('vxlan-costs-more', [host, ipip, calicoVxlan], withCpu(0.8))).toBe('fails')
    expect(verdict('vxlan-costs-more', [host, ipip, calicoVxlan], withCpu(1))).toBe('fails')
    expect(claim('vxlan-costs-more').verdict).toBe('not-shown')
    const mixed = { ...calicoVxlan, ways: [calicoVxlan.ways[0]!, fakeWay([], [], { kind: 'one-subnet' })] }
    expect(verdict('vxlan-costs-more', [host, ipip, mixed], withCpu(1.2))).toBe('not-shown')
  })

  test('a difference that may be chance is judged neither way', () => {
    const [first, second, third] = withCpu(1).variants
    const seeds = third!.seeds.map((seed, index) => ({ ...seed, nodes: seed.nodes.map((node) => ({ ...node, busyCores: node.busyCores * (index === 0 ? 1.6 : 0.9) })) }))
    const noisy = { ...threeVariantRun.result, variants: [first!, second!, { ...third!, seeds }] }
    expect(verdict('vxlan-costs-more', [host, ipip, calicoVxlan], noisy)).toBe('depends')
  })

  test('eBPF is compared with variants that carry packets between nodes the same way only', () => {
    expect(claim('ebpf-needs-more').verdict).toBe('not-shown')
    const programs = fakeVariantFacts('', { cni: 'calico', ways: [fakeWay(['node-1 cali0 bpf-from-workload 900', 'node-1 tunl0 ipip-encapsulate 160'], ['ipv4'])] })
    expect(verdict('ebpf-needs-more', [host, ipip, programs], withCpu(0.8))).toBe('fails')
    const heavier = withCpu(0.8)
    const [first, second, third] = heavier.variants
    const seeds = third!.seeds.map((seed) => ({ ...seed, nodes: seed.nodes.map((node) => ({ ...node, memoryBytes: node.memoryBytes + 1e8 })) }))
    expect(verdict('ebpf-needs-more', [host, ipip, programs], { ...heavier, variants: [first!, second!, { ...third!, seeds }] })).toBe('depends')
  })

  test('VXLAN isolates no better where it lets as many pairs connect as others do', () => {
    expect(claim('vxlan-isolates').verdict).toBe('fails')
    const closed = { ...calicoVxlan, policies: { dialect: 'calico', unused: [], pairs: { allowed: 0, all: 2 } } }
    expect(verdict('vxlan-isolates', [host, ipip, closed])).toBe('depends')
  })

  test('BIRD adds routes by blocks: as many as nodes, not as pods', () => {
    expect(claim('bird-route-per-pod')).toMatchObject({ verdict: 'fails', evidence: [expect.stringContaining('999 routes to others')] })
  })

  test('services slow down connections where rules are tried one by one', () => {
    expect(claim('rules-need-services').verdict).toBe('depends')
    expect(verdict('rules-need-services', [host, ipip, calicoVxlan])).toBe('holds')
  })

  test('the rules of iptables are paid by the packet that opens a connection', () => {
    expect(claim('iptables-every-packet')).toMatchObject({ verdict: 'fails', evidence: [expect.stringMatching(/^calico-ipip: the 2 netfilter stages/u)] })
    const same = fakeWay(['node-1 cali0 nf-forward 900'], [], { answer: fakeDirection(['node-2 cali0 nf-forward 900'], []) })
    expect(verdict('iptables-every-packet', [host, { ...calicoPlain, ways: [same] }, vxlan])).toBe('depends')
  })

  test('Cilium tracks connections where packets are looked up or the run made entries, in whichever table', () => {
    expect(claim('cilium-no-conntrack')).toMatchObject({ verdict: 'fails', evidence: [expect.stringContaining('no hook of netfilter and 1 look-up in the kernel’s table of connections, 200 ns in all')] })
    const native = { ...vxlan, ways: [fakeWay(['node-1 lxc0 bpf-from-container 1400', 'node-1 eth0 qdisc 300'], [])] }
    expect(claim('cilium-no-conntrack', named([host, ipip, native], withTracking(0)))).toMatchObject({
      verdict: 'holds', evidence: [expect.stringContaining('no hook of netfilter and no look-up in the kernel’s table of connections; the run made no entries')],
    })
    expect(claim('cilium-no-conntrack', named([host, ipip, native], withTracking(6)))).toMatchObject({ verdict: 'fails', evidence: [expect.stringContaining('the run made 6 entries in cilium_ct4_global')] })
    expect(claim('cilium-no-conntrack', named([host, native, vxlan], withTracking(0))).verdict).toBe('depends')
  })

  test('BPF host routing bypasses the kernel only where between the sockets nothing but programs costs time', () => {
    const way = (...stages: string[]): VariantFacts => ({ ...vxlan, ways: [fakeWay(['node-1 lxc0 bpf-from-container 1400', ...stages], [])] })
    const routed = way('node-1 eth0 qdisc 300', 'node-1 eth0 nic-transmit 600', 'node-2 lxc1 bpf-to-container 1200')
    const legacy = way('node-1 lxc0 nf-forward 60', 'node-1 eth0 nic-transmit 600', 'node-2 lxc1 bpf-to-container 1200', 'node-2 eth0 backlog 200')
    expect(claim('bpf-bypasses-kernel', named([host, legacy, routed]))).toMatchObject({
      verdict: 'fails',
      evidence: [
        'cilium-vxlan: BPF host routing: between the sockets programs take 2.60 µs, the kernel’s own stages 900 ns (NIC, driver and queue 900 ns); a packet meets no hook of netfilter and no look-up in the kernel’s table of connections.',
        'calico-ipip: legacy host routing: between the sockets programs take 2.60 µs, the kernel’s own stages 860 ns (netfilter 60.0 ns, virtual devices 200 ns, NIC, driver and queue 600 ns); a packet meets FORWARD and no look-up in the kernel’s table of connections, 60.0 ns in all.',
      ],
    })
    expect(verdict('bpf-bypasses-kernel', [host, ipip, way('node-2 lxc1 bpf-to-container 1200')])).toBe('holds')
    expect(verdict('bpf-bypasses-kernel', [host, ipip, legacy])).toBe('not-shown')
  })

  test('a ClusterIP is answered on the client’s node', () => {
    const service = fakeWay([], [], { kind: 'service', to: 'service/default/server' })
    expect(verdict('clusterip-node', [host, { ...ipip, ways: [service] }, vxlan])).toBe('fails')
    const detour = { ...service, request: fakeDirection(['node-1 pod tcp-transmit 900', 'node-3 eth0 ip-forward 300', 'node-2 pod tcp-receive 900'], []) }
    expect(verdict('clusterip-node', [host, { ...ipip, ways: [detour] }, vxlan])).toBe('depends')
  })

  test('WireGuard stands alone, or comes on top of a tunnel, and not within a node', () => {
    const alone = fakeWay(['node-1 wireguard.cali wireguard-encrypt 900'], ['ipv4', 'udp', 'wireguard'])
    const onTop = fakeWay(['node-1 cilium_vxlan vxlan-encapsulate 190', 'node-1 cilium_wg0 wireguard-encrypt 900'], ['ipv4', 'udp', 'wireguard'])
    const local = fakeWay([], [], { kind: 'one-node' })
    const calico = { ...ipip, ways: [alone, local] }
    expect(verdict('wireguard-on-vxlan', [host, calico, vxlan])).toBe('fails')
    expect(verdict('wireguard-on-vxlan', [host, calico, { ...vxlan, ways: [onTop] }])).toBe('depends')
    expect(verdict('same-node-encrypted', [host, calico, vxlan])).toBe('fails')
    expect(verdict('same-node-encrypted', [host, ipip, vxlan])).toBe('not-shown')
  })

  test('Calico’s programs leave masquerading to netfilter, and ipvs leaves tracking to it', () => {
    const outside = fakeWay(['node-1 cali0 bpf-from-workload 900', 'node-1 eth0 nf-nat 300'], [], { kind: 'outside', to: 'external/client' })
    expect(verdict('calico-ebpf-no-iptables', [host, { ...ipip, ways: [outside] }, vxlan])).toBe('fails')
    const service = fakeWay(['node-1 cali0 nf-conntrack 300'], [], { kind: 'service', to: 'service/default/server' })
    const controlPlane = { ...ipip.controlPlane, tables: [{ table: 'ipvs rules', entries: 3 }] }
    expect(verdict('ipvs-no-conntrack', [host, { ...ipip, ways: [service], controlPlane }, vxlan])).toBe('fails')
  })
})
