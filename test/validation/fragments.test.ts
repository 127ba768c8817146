import { describe, expect, it } from 'vitest'
import type { SeedResult } from '#shared/metrics/index'
import { runLab } from '../support/run-lab'

interface Wish {
  readonly traffic: string
  /** MTU of the links between the racks. */
  readonly trunk?: number
  readonly icmpErrors?: boolean
}

/** Two racks with a node each, whose NICs have an MTU of 1500. */
const lab = ({ traffic, trunk = 9000, icmpErrors = true }: Wish): string => `
apiVersion: cnilab.dev/v1alpha1
kind: Lab
metadata: {name: fragments}
spec:
  fabric:
    switches:
      - {name: tor-a, icmpErrors: ${icmpErrors}}
      - {name: tor-b, icmpErrors: ${icmpErrors}}
    links: [{ends: [tor-a, tor-b], rate: 1Gbit, mtu: ${trunk}}]
  nodes:
    - {name: n1, nic: {rate: 10Gbit}, uplinks: [{switch: tor-a}]}
    - {name: n2, nic: {rate: 10Gbit}, uplinks: [{switch: tor-b}]}
  cluster:
    podCIDR: 10.244.0.0/16
    serviceCIDR: 10.96.0.0/16
    namespaces: [{name: default}]
    workloads:
      - {name: server, namespace: default, replicas: 1, ports: [{name: p, port: 5201}], nodes: [n2]}
      - {name: client, namespace: default, replicas: 1, nodes: [n1]}
  variants:
    - {name: host, cni: none}
    - {name: ipip, cni: calico, settings: {ipPool: {ipipMode: Always, vxlanMode: Never}}}
    - {name: vxlan, cni: cilium, settings: {routingMode: tunnel, tunnelProtocol: vxlan}}
  traffic:
    - {name: t, from: {pod: default/client-0}, to: {pod: default/server-0, port: 5201}, ${traffic}}
  run: {duration: 300ms, warmup: 0ms, seeds: 1}
`

const run = (wish: Wish, variant: string): SeedResult => runLab(lab(wish), variant).result

describe('a plugin that was told of a larger MTU than there is', () => {
  const mistaken = (variant: string): string =>
    lab({ traffic: 'kind: tcp-stream' })
      .replaceAll('nic: {rate: 10Gbit}', 'nic: {rate: 10Gbit, mtu: 1400}')
      .replace('variants:', `variants:\n    - {name: mistaken, ${variant}}`)

  it('has its VXLAN packets split by the node, and all arrives', () => {
    const { traffic, drops, packets } = runLab(mistaken('cni: calico, settings: {ipPool: {ipipMode: Never, vxlanMode: Always}, felixConfiguration: {vxlanMTU: 1450}}'), 'mistaken').result
    // A full segment of 1398 bytes goes in packets of 1396 and 124 bytes with 38 bytes of framing each.
    const ceiling = 1398 / (1396 + 124 + 2 * 38)
    expect(traffic[0]!.goodputBps / 1e9).toBeGreaterThan(ceiling - 0.02)
    expect(traffic[0]!.goodputBps / 1e9).toBeLessThan(ceiling + 0.001)
    expect(drops['packet-too-big']).toBeUndefined()
    expect(packets.sent).toBe(packets.delivered + packets.inFlight + Object.values(drops).reduce((sum, count) => sum + count, 0))
  })

  it('has its IPIP packets refused once, and its senders told', () => {
    const { traffic, drops } = runLab(mistaken('cni: calico, settings: {ipPool: {ipipMode: Always, vxlanMode: Never}, felixConfiguration: {ipipMTU: 1450}}'), 'mistaken').result
    // An MTU of 1380 is left: 1328 bytes with headers of 72 and framing of 38.
    expect(traffic[0]!.goodputBps / 1e9).toBeGreaterThan(1328 / 1438 - 0.02)
    expect(drops['packet-too-big']).toBeGreaterThan(0)
    expect(drops['packet-too-big']).toBeLessThan(100)
  })
})

describe('datagrams longer than the pod’s MTU', () => {
  // 3000 bytes of payload: 3008 behind the IP header, in pieces of 1480, 1456 and 1424 bytes (words of eight).
  it.each([
    ['host', 3],
    ['ipip', 3],
    ['vxlan', 3],
  ])('leave in pieces and arrive whole: %s', (variant, pieces) => {
    const { packets, traffic, drops } = run({ traffic: 'kind: udp-stream, rate: 200Mbit, payload: 3000B' }, variant)
    const [{ packetsSent, packetsDelivered, goodputBps }] = traffic as [SeedResult['traffic'][number]]
    expect(drops).toEqual({})
    expect(goodputBps / 200e6).toBeCloseTo(1, 2)
    expect(packetsSent % pieces).toBe(0)
    expect(packetsSent - packetsDelivered).toBeLessThan(20)
    expect(packets.sent).toBe(packetsSent)
  })

  it('of a ping are answered in pieces', () => {
    const { traffic, drops } = run({ traffic: 'kind: icmp, payload: 8000B' }, 'vxlan')
    expect(traffic[0]!.transactionsPerSecond).toBeGreaterThan(100)
    expect(drops).toEqual({})
  })

  it.each(['ipip', 'vxlan'])('are put together on a host that they never leave: %s', (variant) => {
    const onOneNode = lab({ traffic: 'kind: icmp, payload: 8000B' }).replace('nodes: [n1]', 'nodes: [n2]')
    const { traffic, packets } = runLab(onOneNode, variant).result
    expect(traffic[0]!.transactionsPerSecond).toBeGreaterThan(100)
    expect(packets.inFlight).toBeLessThan(20)
  })
})

describe('a path with a link of 1400 bytes', () => {
  const bulk = 'kind: tcp-stream'

  it.each(['host', 'ipip'])('tells TCP, which sends shorter segments from then on: %s', (variant) => {
    const { traffic, drops, nodes } = run({ traffic: bulk, trunk: 1400 }, variant)
    // One for each: path MTU discovery knows no limit, which is six at once for other errors. In front of a tunnel the node refuses one itself.
    const told = drops['packet-too-big']! - (variant === 'host' ? 0 : 1)
    expect(told).toBeGreaterThan(6)
    expect(nodes[0]!.icmp).toEqual({ IcmpInDestUnreachs: told })
    // Segments of 1400 bytes with their tunnel's header carry 1348 (1328) bytes.
    const payload = variant === 'host' ? 1348 : 1328
    expect(traffic[0]!.goodputBps / (1e9 * (payload / 1438))).toBeGreaterThan(0.8)
  })

  it('splits what a tunnel without DF carries, and nobody is told', () => {
    const { packets, traffic, drops } = run({ traffic: bulk, trunk: 1400 }, 'vxlan')
    expect(drops['packet-too-big']).toBeUndefined()
    expect(packets.sent).toBeGreaterThan(traffic[0]!.packetsSent * 1.3)
    expect(traffic[0]!.goodputBps).toBeGreaterThan(0.7e9)
  })

  it.each(['host', 'ipip'])('is a black hole where switches keep quiet: %s', (variant) => {
    const { traffic, drops } = run({ traffic: bulk, trunk: 1400, icmpErrors: false }, variant)
    expect(traffic[0]!.goodputBps).toBe(0)
    expect(drops['packet-too-big']).toBeGreaterThan(0)
  })

  it('carries short requests past the black hole', () => {
    const { traffic } = run({ traffic: 'kind: tcp-rr', trunk: 1400, icmpErrors: false }, 'host')
    expect(traffic[0]!.transactionsPerSecond).toBeGreaterThan(1000)
  })
})
