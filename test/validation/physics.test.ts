import { describe, expect, it } from 'vitest'
import { runLab } from '../support/run-lab'

interface Wish {
  readonly mtu?: number
  readonly delay?: string
  readonly rate?: string
  readonly duration?: string
}

/** Two nodes on one switch with cores to spare, one TCP stream between pods. */
const stream = ({ mtu = 1500, delay = '1us', rate = '10Gbit', duration = '300ms' }: Wish): string => `
apiVersion: cnilab.dev/v1alpha1
kind: Lab
metadata: {name: physics}
spec:
  fabric:
    switches: [{name: tor, role: tor}]
  nodes:
    - {name: n1, cpu: {cores: 8, ghz: 4}, nic: {rate: ${rate}, mtu: ${mtu}, queues: 8, offloads: {tso: true, gro: true, tunnel: true}}, uplinks: [{switch: tor, delay: ${delay}, mtu: ${mtu}}]}
    - {name: n2, cpu: {cores: 8, ghz: 4}, nic: {rate: ${rate}, mtu: ${mtu}, queues: 8, offloads: {tso: true, gro: true, tunnel: true}}, uplinks: [{switch: tor, delay: ${delay}, mtu: ${mtu}}]}
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
    - {name: bulk, kind: tcp-stream, from: {pod: default/client-0}, to: {pod: default/server-0, port: 5201}}
  run: {duration: ${duration}, warmup: 100ms, seeds: 1}
`

const share = (text: string, variant: string, rateBps: number): number =>
  runLab(text, variant).result.traffic[0]!.goodputBps / rateBps

describe('a TCP stream on an idle link', () => {
  it.each([
    ['host', 1500, 0.9415],
    ['ipip', 1500, 0.9285],
    ['vxlan', 1500, 0.909],
    ['host', 9000, 0.99],
    ['ipip', 9000, 0.9878],
    ['vxlan', 9000, 0.9845],
  ])('reaches the goodput ceiling of %s at MTU %i', (variant, mtu, ceiling) => {
    const reached = share(stream({ mtu }), variant, 10e9)
    expect(reached).toBeLessThanOrEqual(ceiling + 0.0005)
    expect(reached).toBeGreaterThan(ceiling - 0.003)
  })

  it.each(['host', 'ipip', 'vxlan'])('is not slower on a link of twice the delay that its window covers: %s', (variant) => {
    const near = share(stream({ delay: '50us', duration: '600ms' }), variant, 10e9)
    const far = share(stream({ delay: '100us', duration: '600ms' }), variant, 10e9)
    expect(far / near).toBeGreaterThan(0.995)
  })

  it('is limited by its window over the round-trip time where that is less than the link', () => {
    // The receive window of 3 MiB on a path of 2 × 2 × 10 ms: 3 MiB / 40 ms, less what queues and stacks add.
    const bps = runLab(stream({ delay: '10ms', duration: '3s' }), 'host').result.traffic[0]!.goodputBps
    const limit = (3 * 1024 * 1024 * 8) / 0.04
    expect(bps / limit).toBeLessThanOrEqual(1.001)
    expect(bps / limit).toBeGreaterThan(0.9)
  })
})

describe('the shortest frames', () => {
  it('take the wire for 84 bytes: 1.488 million a second at one gigabit', () => {
    const text = stream({ rate: '1Gbit', duration: '120ms' })
      .replace('kind: tcp-stream', 'kind: udp-stream, rate: 100Mbit, payload: 1B')
      .replace('seeds: 1}', 'seeds: 1, hostCosts: false}')
    const { traffic } = runLab(text, 'host').result
    // 20 ms are measured; a datagram has one byte.
    expect(traffic[0]!.goodputBps / 8 / 1_488_095).toBeCloseTo(1, 2)
  })
})
