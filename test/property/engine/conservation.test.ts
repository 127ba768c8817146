import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProgressSlab, type SeedOutcome } from '#shared/metrics/index'
import type { RunPlan } from '#shared/plan/index'
import { runTask } from '#worker/run-task'
import { bareNetwork, type FlowSpec, type LinkSpec } from '#main/simulation/bench/index'

/** Runs a plan; the engine itself throws when packets are not conserved. */
function run(plan: RunPlan, seed: number): SeedOutcome {
  return runTask({ plan, seed, progress: ProgressSlab.create(plan.labels.traffic.length).buffer }, () => 0)
}

const linkProperties = fc.record({
  bitsPerSecond: fc.constantFrom(1e8, 1e9, 3e9, 1e10),
  delayNs: fc.integer({ min: 0, max: 200_000 }),
  queuePackets: fc.integer({ min: 1, max: 200 }),
  lossRate: fc.constantFrom(0, 0, 0.001, 0.05),
})

const network = fc
  .record({ switches: fc.integer({ min: 1, max: 4 }), hosts: fc.integer({ min: 2, max: 5 }) })
  .chain(({ switches, hosts }) =>
    fc.record({
      switches: fc.constant(switches),
      hosts: fc.constant(hosts),
      trunk: fc.array(linkProperties, { minLength: switches - 1, maxLength: switches - 1 }),
      access: fc.array(linkProperties, { minLength: hosts, maxLength: hosts }),
      flows: fc.array(
        fc.record({
          kind: fc.constantFrom<FlowSpec['kind'][]>('tcpStream', 'udpStream', 'tcpRr', 'udpRr', 'tcpCrr', 'http'),
          client: fc.nat(hosts - 1),
          step: fc.integer({ min: 1, max: hosts - 1 }),
          gapNs: fc.integer({ min: 2_000, max: 200_000 }),
          congestion: fc.constantFrom('cubic' as const, 'reno' as const),
          gsoSegments: fc.constantFrom(1, 8, 45),
          messageBytes: fc.constantFrom(1, 900, 60_000),
          isPaced: fc.boolean(),
          reversed: fc.boolean(),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      seed: fc.nat(1000),
    }),
  )

type Network = typeof network extends fc.Arbitrary<infer Value> ? Value : never

function planOf({ switches, hosts, trunk, access, flows }: Network): RunPlan {
  const links: LinkSpec[] = [
    ...trunk.map((properties, i): LinkSpec => ({ ends: [i, i + 1], ...properties })),
    ...access.map((properties, host): LinkSpec => ({ ends: [host % switches, switches + host], ...properties })),
  ]
  const specs = flows.map(({ kind, client, step, gapNs, isPaced, messageBytes, ...flow }): FlowSpec => {
    const server = (client + step) % hosts
    const pace = { gapNs, poissonSeed: client + 1 }
    if (kind === 'udpStream') return { kind, client, server, ...pace, payloadBytes: 1000 }
    const responseBytes = kind === 'udpRr' ? Math.min(messageBytes, 1000) : messageBytes
    return { kind, client, server, ...flow, responseBytes, ...(isPaced && kind !== 'tcpStream' ? pace : {}) }
  })
  return bareNetwork({ switches, hosts, links, flows: specs, durationNs: 30_000_000, warmupNs: 5_000_000 })
}

describe('the engine on random networks', () => {
  it('ends every packet in exactly one counter, and goes the same way again with the same seed', () => {
    fc.assert(
      fc.property(network, (spec) => {
        const first = run(planOf(spec), spec.seed)
        const second = run(planOf(spec), spec.seed)
        const { sent, delivered, dropped, inFlight } = first.result.packets
        expect(sent).toBe(delivered + dropped + inFlight)
        expect(second).toEqual(first)
      }),
      { numRuns: 60 },
    )
  })
})
