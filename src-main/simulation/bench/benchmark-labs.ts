/**
 * The benchmark labs: networks of bare hosts that other simulators can build packet for packet. All links have
 * 10 Gbit/s, 5 µs and two bytes of framing (ns-3's point-to-point header), switches queue 100 packets and hosts 1000.
 */

import type { RunPlan } from '#shared/plan/index'
import { SECOND_NS } from '#shared/units/index'

import type { FlowSpec } from './bare-flows'
import { bareNetwork, type LinkSpec } from './bare-network'

/** A benchmark lab: its plan, and the time for which its sources send. */
export interface BenchmarkLab {
  readonly plan: RunPlan
  readonly simulatedNs: number
}

/** What a flow of a lab is like; its ends and start are the lab's. */
type FlowKind = Omit<FlowSpec, 'client' | 'server' | 'startNs' | 'stopNs' | 'poissonSeed'> & { readonly isPoisson?: boolean }

const UDP_PAYLOAD_BYTES = 1400
const TCP_SEGMENT_BYTES = 1448
/** Time after the sources' end in which datagrams under way arrive. TCP labs stop sharp. */
const DRAIN_NS = 1_000_000
const START_STEP_NS = 87
/** Seed of flow i's Poisson gaps is (i + 1) times this. */
const GAP_SEED = 7919
const LONGEST_GAP_NS = 200_000

const builders = { s1, s2, s3, s4, s4p } as const

/** Name of a benchmark lab. */
export type BenchmarkName = keyof typeof builders

/** All names, smallest lab first. */
export const BENCHMARK_NAMES = Object.keys(builders) as readonly BenchmarkName[]

/** Builds a benchmark lab. */
export function benchmarkLab(name: BenchmarkName): BenchmarkLab {
  return builders[name]()
}

/** One UDP flow of 1 Gbit/s through a router for a second. */
function s1(): BenchmarkLab {
  return dumbbell({ kind: 'udpStream', payloadBytes: UDP_PAYLOAD_BYTES, gapNs: 11_200 }, SECOND_NS)
}

/** One TCP bulk flow with 128 KiB buffers through a router for half a second. */
function s2(): BenchmarkLab {
  const buffer = 131_072
  const flow: FlowKind = { kind: 'tcpStream', mssBytes: TCP_SEGMENT_BYTES, sendBufferBytes: buffer, receiveBufferBytes: buffer }
  return dumbbell(flow, 0.5 * SECOND_NS)
}

/** 32 TCP bulk flows, a permutation over 4 leaves and 2 spines, for 0.1 s. */
function s3(): BenchmarkLab {
  const flow: FlowKind = { kind: 'tcpStream', mssBytes: TCP_SEGMENT_BYTES }
  return leafSpine({ leaves: 4, spines: 2, perLeaf: 8, seed: 12_345 }, flow, 0.1 * SECOND_NS)
}

/** 256 UDP flows of 500 Mbit/s, a permutation over 16 leaves and 4 spines, for 0.05 s. */
function s4(): BenchmarkLab {
  return leafSpine(FABRIC, DATAGRAMS, 0.05 * SECOND_NS)
}

/** The same with Poisson gaps. */
function s4p(): BenchmarkLab {
  return leafSpine(FABRIC, { ...DATAGRAMS, isPoisson: true, maxGapNs: LONGEST_GAP_NS }, 0.05 * SECOND_NS)
}

const FABRIC = { leaves: 16, spines: 4, perLeaf: 16, seed: 777 }
const DATAGRAMS: FlowKind = { kind: 'udpStream', payloadBytes: UDP_PAYLOAD_BYTES, gapNs: 22_400 }

/** Two hosts and a router. */
function dumbbell(flow: FlowKind, simulatedNs: number): BenchmarkLab {
  return {
    plan: bareNetwork({
      switches: 1,
      hosts: 2,
      links: [link(0, 1), link(0, 2)],
      flows: [placed(flow, 0, 0, 1, simulatedNs)],
      durationNs: runNs(flow, simulatedNs),
    }),
    simulatedNs,
  }
}

interface Fabric {
  readonly leaves: number
  readonly spines: number
  readonly perLeaf: number
  /** Seed of the permutation. */
  readonly seed: number
}

function leafSpine({ leaves, spines, perLeaf, seed }: Fabric, flow: FlowKind, simulatedNs: number): BenchmarkLab {
  const hosts = leaves * perLeaf
  const links: LinkSpec[] = []
  for (let host = 0; host < hosts; host++) links.push(link(Math.floor(host / perLeaf), leaves + spines + host))
  for (let leaf = 0; leaf < leaves; leaf++) for (let spine = 0; spine < spines; spine++) links.push(link(leaf, leaves + spine))
  const target = permutation(hosts, seed)
  const source = target.map((_, host) => target.indexOf(host))
  // Routes go by destination. Every host sends to one host and hears from one; a leaf that holds the source carries the
  // flow's packets, any other the answers. Where both lie under one leaf it carries both, on different spines.
  const choose = (element: number, host: number, candidates: readonly number[]): readonly number[] => {
    if (element >= leaves || candidates.length === 1) return candidates
    const partner = Math.floor(source[host]! / perLeaf) === element ? source[host]! : target[host]!
    return [candidates[(Math.min(host, partner) * 7 + Math.max(host, partner)) % spines]!]
  }
  const flows = target.map((server, client) => placed(flow, client, client, server, simulatedNs))
  return { plan: bareNetwork({ switches: leaves + spines, hosts, links, flows, isMatrix: true, durationNs: runNs(flow, simulatedNs), choose }), simulatedNs }
}

function link(first: number, second: number): LinkSpec {
  return { ends: [first, second], bitsPerSecond: 10e9, delayNs: 5000, framingBytes: 2, queuePackets: 100 }
}

function placed({ isPoisson, ...flow }: FlowKind, index: number, client: number, server: number, stopNs: number): FlowSpec {
  const gaps = isPoisson === true ? { poissonSeed: (index + 1) * GAP_SEED } : {}
  return { ...flow, ...gaps, client, server, startNs: index * START_STEP_NS + 1, stopNs }
}

function runNs(flow: FlowKind, simulatedNs: number): number {
  return flow.kind === 'udpStream' ? simulatedNs + DRAIN_NS : simulatedNs
}

/** xorshift32 (13, 17, 5), Fisher–Yates from the top, again until no element maps to itself. */
function permutation(count: number, seed: number): number[] {
  let state = seed
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>>= 0)
  }
  for (;;) {
    const order = Array.from({ length: count }, (_, i) => i)
    for (let i = count - 1; i > 0; i--) {
      const j = next() % (i + 1)
      ;[order[i], order[j]] = [order[j]!, order[i]!]
    }
    if (order.every((value, i) => value !== i)) return order
  }
}
