/**
 * Labs drawn at random, small enough to run in a fraction of a second: fabrics of every shape, links with every
 * discipline and impairment, nodes with and without cores, every plugin's modes, every kind of traffic.
 */

import type { Lab } from '#shared/lab/record/lab'
import fc from 'fast-check'

import { DATAPATH_VARIANTS } from './datapath-lab'
import { makeLab } from './make-lab'

/** A lab and the variant of it to run. */
export interface RandomLab {
  readonly lab: Lab
  readonly variant: string
  readonly seed: number
}

const given = <Value>(arbitrary: fc.Arbitrary<Value>, yes: number, no: number): fc.Arbitrary<Value | undefined> =>
  fc.oneof({ arbitrary, weight: yes }, { arbitrary: fc.constant(undefined), weight: no })

const maybe = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> => given(arbitrary, 2, 1)

/** Most links of a lab are plain: what is wrong with the others shows better. */
const rarely = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> => given(arbitrary, 1, 7)

const discipline = fc.constantFrom(
  { kind: 'droptail' },
  { kind: 'pfifo_fast' },
  { kind: 'prio' },
  { kind: 'red', min: '5kB', max: '30kB', probability: 0.1 },
  { kind: 'red', min: '5kB', max: '30kB', weight: 0.1, ecn: true },
  { kind: 'threshold', threshold: '15kB' },
  { kind: 'codel', target: '50us', interval: '500us' },
  { kind: 'codel', target: '50us', interval: '500us', ecn: true },
  { kind: 'fq_codel', target: '50us', interval: '500us', flows: 8 },
  { kind: 'fq_codel', target: '50us', interval: '500us', ecn: false },
  { kind: 'fq', flows: 16, flowLimit: 30 },
  { kind: 'fq', maxRate: '500Mbit' },
)

const link = fc.record({
  rate: maybe(fc.constantFrom('100Mbit', '1Gbit', '2.5Gbit', '10Gbit')),
  delay: maybe(fc.constantFrom('0ns', '1us', '37us', '250us')),
  queue: maybe(fc.constantFrom('3p', '50p', '20kB', '1MB')),
  discipline: given(discipline, 1, 1),
  loss: rarely(fc.constantFrom(0.001, 0.05)),
  lossBursts: rarely(fc.constant({ begin: 0.002, end: 0.2 })),
  corrupt: rarely(fc.constantFrom(0.001, 0.03)),
  duplicate: rarely(fc.constantFrom(0.001, 0.05)),
  jitter: rarely(fc.constantFrom('500ns', '40us')),
  jitterReorders: rarely(fc.boolean()),
  reorder: rarely(fc.constantFrom(0.001, 0.05)),
  mtu: rarely(fc.constantFrom(600, 1400, 1600, 9000)),
})

const nic = fc.record({
  rate: fc.constantFrom('1Gbit', '10Gbit', '25Gbit'),
  mtu: fc.constantFrom(1500, 1500, 9000),
  queues: fc.constantFrom(1, 2),
  ring: rarely(fc.constant(32)),
  coalesce: rarely(fc.record({ rx: maybe(fc.constantFrom('0ns', '30us')), tx: maybe(fc.constantFrom('0ns', '8us')) })),
  udpHash: rarely(fc.constantFrom('sd', 'sdfn')),
  xps: maybe(fc.boolean()),
  offloads: maybe(fc.record({ tso: fc.boolean(), gro: fc.boolean(), tunnel: fc.boolean() })),
  qdisc: maybe(discipline),
  qdiscLimit: rarely(fc.constantFrom('20p', '100kB')),
  bond: rarely(
    fc.record({
      mode: fc.constantFrom('active-backup', 'balance-xor', '802.3ad'),
      xmitHashPolicy: fc.constantFrom('layer2', 'layer2+3', 'layer3+4', 'encap3+4'),
    }),
  ),
})

const sharedBuffer = fc.record({ size: fc.constantFrom('30kB', '500kB'), alpha: fc.constantFrom(0.25, 1, 8) })

const fabric = fc
  .record({ tors: fc.integer({ min: 1, max: 3 }), spines: fc.integer({ min: 0, max: 2 }) })
  .chain(({ tors, spines }) => {
    const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}-${i}`)
    const torNames = names('tor', tors)
    // Without spines the racks are a chain.
    const ends =
      spines > 0
        ? torNames.flatMap((tor) => names('spine', spines).map((spine) => [tor, spine]))
        : torNames.slice(1).map((tor, i) => [torNames[i], tor])
    return fc.record({
      torNames: fc.constant(torNames),
      switches: fc.tuple(
        ...torNames.map((name) => fc.record({ name: fc.constant(name), sharedBuffer: rarely(sharedBuffer), icmpErrors: rarely(fc.constant(false)) })),
        ...names('spine', spines).map((name) =>
          fc.record({ name: fc.constant(name), role: fc.constant('spine'), sharedBuffer: rarely(sharedBuffer) }),
        ),
      ),
      links: fc.tuple(...ends.map((pair) => link.map((properties) => ({ ...properties, ends: pair })))),
    })
  })

const node = (name: string, tors: readonly string[]) =>
  fc.record({
    name: fc.constant(name),
    cpu: fc.record({ cores: fc.integer({ min: 1, max: 3 }), ghz: fc.constantFrom(2, 3.5), idleExit: rarely(fc.constant('20us')) }),
    nic,
    netdevMaxBacklog: rarely(fc.constant(30)),
    netdevBudget: rarely(fc.constant(20)),
    uplinks: fc
      .tuple(fc.array(link, { minLength: 1, maxLength: 2 }), fc.shuffledSubarray([...tors, ...tors], { minLength: 2, maxLength: 2 }))
      .map(([links, switches]) => links.map((properties, i) => ({ ...properties, switch: switches[i] }))),
  })

const NODES = ['node-0', 'node-1', 'node-2'] as const
/** Ends of traffic and where they are. */
const ENDS = [
  { end: { pod: 'default/client-0' }, host: 'node-0' },
  { end: { pod: 'default/client-1' }, host: 'node-1' },
  { end: { pod: 'default/server-0' }, host: 'node-1' },
  { end: { pod: 'default/server-1' }, host: 'node-2' },
  ...NODES.map((node) => ({ end: { node }, host: node })),
  { end: { external: 'outside' }, host: 'outside' },
] as const

type End = (typeof ENDS)[number]

/** Whether traffic makes sense: not to oneself, on one host only where that takes time, into the cluster only to nodes. */
function connects(from: End, to: End, hostCosts: boolean): boolean {
  if (from === to || (from.host === to.host && !hostCosts)) return false
  return from.host !== 'outside' || 'node' in to.end
}

/** Of sockets, from less than a segment on. */
const buffers = { sendBuffer: rarely(fc.constantFrom('1kB', '30kB')), receiveBuffer: rarely(fc.constantFrom('1kB', '30kB')) }

const entry = (hostCosts: boolean) => {
  const end = fc.constantFrom(...ENDS)
  const kinds = fc.oneof(
    fc.record({
      kind: fc.constant('tcp-stream'),
      congestion: maybe(fc.constantFrom('cubic', 'reno', 'dctcp', 'bbr')),
      reverse: rarely(fc.constant(true)),
      sendfile: rarely(fc.constant(true)),
      rate: rarely(fc.constant('200Mbit')),
      noDelay: rarely(fc.boolean()),
      ...buffers,
    }),
    fc.record({
      kind: fc.constant('udp-stream'),
      rate: fc.constantFrom('50Mbit', '2Gbit'),
      payload: fc.constantFrom('64B', '1200B', '1472B', '4kB'),
      arrivals: fc.constantFrom('constant', 'poisson'),
      ...buffers,
    }),
    fc.record({ kind: fc.constantFrom('tcp-rr', 'tcp-crr'), request: fc.constantFrom('1B', '3kB'), response: fc.constantFrom('1B', '20kB') }),
    fc.record({ kind: fc.constant('udp-rr'), request: fc.constantFrom('1B', '1kB'), timeout: fc.constant('2ms') }),
    fc.record({ kind: fc.constant('icmp'), payload: fc.constantFrom('56B', '1kB', '3kB'), timeout: fc.constant('1ms') }),
    fc.record({ kind: fc.constant('http'), response: fc.constantFrom('300B', 'exponential 10kB') }),
  )
  return fc
    .record({ kinds, from: end, to: end, streams: fc.constantFrom(1, 1, 3), dscp: rarely(fc.constantFrom(10, 46)), start: maybe(fc.constantFrom('0s', '1ms')) })
    .filter(({ from, to }) => connects(from, to, hostCosts))
    .map(({ kinds: { kind, ...options }, from, to, ...rest }) => {
      const target = to.host === 'outside' ? to.end : { ...to.end, port: 80 }
      return { kind, from: from.end, to: target, ...options, ...rest }
    })
}

const spec = fc.tuple(fabric, fc.boolean()).chain(([{ torNames, switches, links }, hostCosts]) => {
  return fc.record({
    fabric: fc.constant({ switches, links }),
    nodes: fc.tuple(...NODES.map((name) => node(name, torNames))),
    cluster: fc.constant({
      workloads: [
        { name: 'client', replicas: 2, nodes: ['node-0', 'node-1'] },
        { name: 'server', replicas: 2, nodes: ['node-1', 'node-2'], ports: [{ name: 'p', port: 80 }] },
      ],
    }),
    external: link.map((properties) => [{ ...properties, name: 'outside', address: '203.0.113.10', attach: torNames[0] }]),
    variants: fc.constantFrom(...DATAPATH_VARIANTS).map((variant) => [variant]),
    traffic: fc
      .array(entry(hostCosts), { minLength: 1, maxLength: 4 })
      .map((entries) => entries.map((each, i) => ({ name: `t${i}`, ...each }))),
    run: fc.record({ duration: fc.constant('6ms'), warmup: fc.constant('1ms'), seeds: fc.constant(1), hostCosts: fc.constant(hostCosts) }),
  })
})

/** The labs of a seed, always the same. */
export function randomLabs(count: number, seed: number): RandomLab[] {
  return fc.sample(spec, { numRuns: count, seed }).map((drawn, i) => {
    const lab = makeLab(JSON.parse(JSON.stringify(drawn)) as object)
    return { lab, variant: lab.variants[0]!.name, seed: i + 1 }
  })
}
