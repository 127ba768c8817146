import { describe, expect, test } from 'vitest'

import { comparisonTable, detailTable, sevenRows, type Compared } from '#shared/comparison/index'
import type { VariantFacts } from '#shared/contract/comparison'

import { fakeComparison, fakeFacts, fakeVariantFacts, fakeWay, threeVariants } from '../../../fixture/fake-facts'

/** What the cells of a row say, by variant, with ordinary spaces. */
function cells(id: string, compared: Compared = fakeComparison()): Record<string, string[]> {
  const row = sevenRows(compared).find((each) => each.id === id)!
  return Object.fromEntries(row.cells.map(({ variant, lines }) => [variant, lines.map((line) => line.replaceAll('\u202f', ' '))]))
}

const missing = (id: string, compared: Compared): (string | undefined)[] =>
  sevenRows(compared).find((each) => each.id === id)!.cells.map((cell) => cell.missing)

describe('The seven rows', () => {
  test('have a cell for each variant, in the order that people know', () => {
    const rows = sevenRows(fakeComparison())
    expect(rows.map(({ title }) => title)).toEqual([
      'Infrastructure', 'Network protocols', 'Performance', 'Scalability', 'Security', 'Complexity', 'Resource consumption',
    ])
    for (const { cells: all } of rows) expect(all.map(({ variant }) => variant)).toEqual(['host', 'calico-ipip', 'cilium-vxlan'])
  })

  test('tell the devices, what carries packets between nodes and whose stages they are', () => {
    expect(cells('infrastructure')).toEqual({
      host: ['pod → eth0', 'Not encapsulated', '3 stages'],
      'calico-ipip': ['pod → cali… → tunl0 → eth0', 'In IPIP, +20 B', '6 stages, 2 netfilter'],
      'cilium-vxlan': ['pod → lxc… → cilium_vxlan → eth0', 'In VXLAN, +50 B', '6 stages, 1 netfilter, 1 eBPF'],
    })
  })

  test('tell apart what is encapsulated between subnets only', () => {
    const ways = [fakeWay(['node-1 vxlan.calico vxlan-encapsulate 200'], ['ipv4', 'udp', 'vxlan', 'ethernet']), fakeWay([], [], { kind: 'one-subnet' })]
    const facts = fakeFacts([fakeVariantFacts('host'), fakeVariantFacts('calico-ipip', { cni: 'calico', ways }), threeVariants[2]!])
    expect(cells('infrastructure', fakeComparison({ facts }))['calico-ipip']).toContain('In VXLAN, +50 B between nodes of two subnets')
    expect(cells('infrastructure', fakeComparison({ facts }))['calico-ipip']).toContain('Not encapsulated between nodes of one subnet')
  })

  test('tell headers on the wire and messages of the control plane', () => {
    expect(cells('protocols')).toEqual({
      host: ['Ethernet, IPv4, TCP', 'No plugin, no messages'],
      'calico-ipip': ['Ethernet, IPv4, IPv4, TCP', 'BGP, 1 session a node', '6 OPEN, 14 UPDATE'],
      'cilium-vxlan': ['Ethernet, IPv4, UDP, VXLAN 4096, Ethernet, IPv4, TCP', 'No routing protocol: watches of the API server'],
    })
  })

  test('tell what was measured with its change against the baseline', () => {
    const { host, 'calico-ipip': ipip } = cells('performance')
    expect(host![0]).toMatch(/^Goodput \d.* Gbit\/s$/u)
    expect(ipip![0]).toMatch(/^Goodput \d.* Gbit\/s \(−1\.\d %\)$/u)
    expect(ipip!.at(-1)).toMatch(/^CPU 0\.\d+ cores per Gbit\/s \(\+4\d\.\d %\)$/u)
  })

  test('tell how state grows with nodes and services', () => {
    expect(cells('scalability')).toEqual({
      host: ['No state of a plugin', '10 → 1000 services: 80 → 8000 rules', 'A first packet tries 15 → 1005 of them'],
      'calico-ipip': ['10 → 1000 nodes: 9 → 999 sessions a node', '180 → 1 998 000 UPDATEs and 2090 → 20 999 000 events of watches to start', '99 % of pairs of nodes know each other in 1.00 s → 1.00 s', '10 → 1000 services: 80 → 8000 rules', 'A first packet tries 15 → 1005 of them'],
      'cilium-vxlan': ['10 → 1000 nodes: 9 → 999 routes a node, told by watches', '2090 → 20 999 000 events of watches to start', '99 % of pairs of nodes know each other in 1.00 s → 1.00 s', '10 → 1000 services: 60 → 6000 map entries, no rules'],
    })
  })

  test('say how many policies count, what they leave open, what is encrypted and what was denied', () => {
    const open = fakeComparison()
    expect(cells('security', open)['calico-ipip']).toEqual(['Would enforce policies as Calico reads them', 'Not encrypted'])
    expect(missing('security', open)[1]).toContain('The lab has no policies')
    const [host, calico, cilium] = threeVariants as [VariantFacts, VariantFacts, VariantFacts]
    const encrypted = fakeWay(['node-1 cilium_wg0 wireguard-encrypt 900'], ['ipv4', 'udp', 'wireguard'])
    const facts = fakeFacts([
      host, { ...calico, policies: { dialect: 'calico', unused: [{ object: 'CiliumNetworkPolicy a', reason: 'only Cilium reads it' }], pairs: { allowed: 1, all: 2 } } }, { ...cilium, ways: [encrypted] },
    ], { policies: 3 })
    const told = cells('security', fakeComparison({ facts }))
    expect(told['calico-ipip']).toEqual(['2 of 3 policies, as Calico reads them', '1 of 2 pairs of pods may connect', 'Not encrypted'])
    expect(told['host']![0]).toBe('None of 3 policies enforced')
    expect(told['cilium-vxlan']).toContain('Encrypted between nodes: WireGuard')
    expect(missing('security', fakeComparison({ facts }))).toEqual([undefined, undefined, undefined])
  })

  test('count daemons, devices and tables', () => {
    expect(cells('complexity')).toMatchObject({
      host: ['1 daemon: kube-proxy', '2 kinds of devices: pod, eth0', '2 routes, 0 service rules'],
      'cilium-vxlan': ['1 daemon: cilium-agent', '4 kinds of devices: pod, lxc…, cilium_vxlan, eth0', '2 routes, 0 service rules, 1 BPF map with 9 entries'],
    })
  })

  test('tell CPU and memory as the run has them', () => {
    const compared = fakeComparison()
    const host = cells('resources', compared)['host']!
    const cores = compared.figures.find(({ variant, figure }) => variant === 'host' && figure.id === 'total-cores')!.sample.mean
    expect(host[0]).toContain(`${cores.toFixed(2)} cores busy`)
  })

  test('a lab with pods on one node only says what to add', () => {
    const facts = fakeFacts(threeVariants.map((variant) => ({ ...variant, ways: [fakeWay([], [], { kind: 'one-node' })] })))
    expect(missing('infrastructure', fakeComparison({ facts }))).toEqual(Array.from({ length: 3 }, () => expect.stringContaining('No two pods are on different nodes') as string))
  })

  test('of a result alone only what was measured is told', () => {
    const { facts: _, ...compared } = fakeComparison()
    expect(cells('infrastructure', compared)).toEqual({ host: ['Not known'], 'calico-ipip': ['Not known'], 'cilium-vxlan': ['Not known'] })
    expect(cells('performance', compared)).toEqual(cells('performance'))
  })

  test('a control plane that is too large says why', () => {
    const facts = fakeFacts(threeVariants.map((variant) => ({ ...variant, controlPlane: { refused: 'Use route reflectors.' } })))
    expect(missing('complexity', fakeComparison({ facts }))).toEqual(['Use route reflectors.', 'Use route reflectors.', 'Use route reflectors.'])
  })
})

describe('Its tables', () => {
  const rows = sevenRows(fakeComparison())

  test('have a column for each variant and a row for each of the seven', () => {
    const table = comparisonTable(rows)
    expect(table.columns.map(({ label }) => label)).toEqual(['Row', 'host', 'calico-ipip', 'cilium-vxlan'])
    expect(table.columns[1]!.cells).toHaveLength(7)
  })

  test('say of every figure behind a cell where it is from', () => {
    const from = detailTable(rows).columns.find(({ key }) => key === 'from')!.cells
    expect(new Set(from)).toEqual(new Set(['packet', 'control plane', 'run', 'other sizes']))
  })
})
