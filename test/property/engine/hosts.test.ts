import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runLab } from '../../support/run-lab'

const nic = fc.record({
  rate: fc.constantFrom('1Gbit', '10Gbit', '40Gbit'),
  queues: fc.integer({ min: 1, max: 4 }),
  tso: fc.boolean(),
  gro: fc.boolean(),
  tunnel: fc.boolean(),
})
const node = fc.record({ cores: fc.integer({ min: 1, max: 4 }), nic })
const end = fc.constantFrom('pod: default/a-0', 'pod: default/a-1', 'pod: default/b-0', 'node: n1', 'node: n2')
const entry = fc
  .record({
    kind: fc.constantFrom('tcp-stream', 'tcp-rr', 'udp-stream', 'udp-flood', 'udp-rr', 'icmp', 'tcp-crr', 'http'),
    from: end,
    to: end,
    streams: fc.integer({ min: 1, max: 3 }),
  })
  .filter(({ from, to }) => from !== to)

type Node = typeof node extends fc.Arbitrary<infer Value> ? Value : never
type Entry = typeof entry extends fc.Arbitrary<infer Value> ? Value : never

const nodeText = (name: string, { cores, nic: { rate, queues, tso, gro, tunnel } }: Node): string =>
  `    - {name: ${name}, cpu: {cores: ${cores}, ghz: 2.5}, nic: {rate: ${rate}, mtu: 1500, queues: ${Math.min(queues, cores)}, offloads: {tso: ${tso}, gro: ${gro}, tunnel: ${tunnel}}}, uplinks: [{switch: tor, delay: 1us}]}`

/** What an entry says beyond its ends, for kinds that need some. */
const OPTIONS: Readonly<Record<string, string>> = {
  'udp-stream': ', rate: 300Mbit, payload: 1200B, arrivals: poisson',
  'udp-flood': ', payload: 1200B',
  icmp: ', rate: 10Mbit',
  http: ', response: pareto 20kB 1.4, requestRate: 4000',
}

const entryText = ({ kind, from, to, streams }: Entry, index: number): string => {
  const options = OPTIONS[kind] ?? ''
  return `    - {name: t${index}, kind: ${kind === 'udp-flood' ? 'udp-stream' : kind}, from: {${from}}, to: {${to}, port: 80}, streams: ${streams}${options}}`
}

const labText = (nodes: readonly [Node, Node], traffic: readonly Entry[]): string => `
apiVersion: cnilab.dev/v1alpha1
kind: Lab
metadata: {name: random}
spec:
  fabric:
    switches: [{name: tor, role: tor}]
  nodes:
${nodeText('n1', nodes[0])}
${nodeText('n2', nodes[1])}
  cluster:
    podCIDR: 10.244.0.0/16
    serviceCIDR: 10.96.0.0/16
    namespaces: [{name: default}]
    workloads:
      - {name: a, namespace: default, replicas: 2, nodes: [n1], ports: [{name: p, port: 80}]}
      - {name: b, namespace: default, replicas: 1, nodes: [n2], ports: [{name: p, port: 80}]}
  variants:
    - {name: host, cni: none}
    - {name: ipip, cni: calico, settings: {ipPool: {ipipMode: Always, vxlanMode: Never}}}
    - {name: vxlan, cni: cilium, settings: {routingMode: tunnel, tunnelProtocol: vxlan}}
  traffic:
${traffic.map(entryText).join('\n')}
  run: {duration: 20ms, warmup: 4ms, seeds: 1}
`

describe('hosts with cores', () => {
  it('never spend more time than their cores have, account for all of it by stage, and repeat themselves', () => {
    fc.assert(
      fc.property(
        fc.tuple(node, node),
        fc.array(entry, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('host', 'ipip', 'vxlan'),
        fc.nat(100),
        (nodes, traffic, variant, seed) => {
          const outcome = runLab(labText(nodes, traffic), variant, seed)
          outcome.result.nodes.forEach(({ busyCores, cpuByStage }, index) => {
            // A step that began just before an edge of the measured time is counted whole: a little over is right.
            expect(busyCores).toBeLessThanOrEqual(nodes[index]!.cores * 1.02)
            const seconds = Object.values(cpuByStage).reduce((sum, spent) => sum + spent, 0)
            expect(seconds).toBeCloseTo(busyCores * 0.016, 9)
          })
          expect(runLab(labText(nodes, traffic), variant, seed)).toEqual(outcome)
        },
      ),
      { numRuns: 40 },
    )
  })
})
