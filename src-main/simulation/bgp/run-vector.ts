import type { FibEntry } from './kernel'
import type { PrefixKey } from './route'
import type { MessageCounts } from './session-speaker'
import { BgpSimulation } from './simulation'
import type { VectorScenario } from './vector'
import type { LoggedConnection } from './wire-log'

/** What a scenario comes to. */
export interface VectorOutcome {
  /** Last change of a kernel route before the first event, ns. */
  readonly convergedAtNs: number
  readonly observedAtNs: number
  readonly nodes: readonly {
    readonly name: string
    readonly fib: ReadonlyMap<PrefixKey, FibEntry>
    /** Sent until convergence, periodic keepalives aside. */
    readonly messages: MessageCounts
  }[]
  /** Connections with their bytes until the time of observation, where they are kept. */
  readonly connections: readonly LoggedConnection[]
}

const SECOND = 1e9
/** Without events and time of observation: until long after the last timer of a start has gone off. */
const PATIENCE_NS = 60 * SECOND

/** Simulates a scenario to its time of observation; `wire` keeps what speakers put on the wire. */
export function runVector(scenario: VectorScenario, seed: number, wire = false): VectorOutcome {
  const simulation = new BgpSimulation(scenario.speakers, scenario.network, { seed, wire })
  for (const { atNs, event } of scenario.events) simulation.schedule(atNs, event)
  const firstEventNs = Math.min(...scenario.events.map(({ atNs }) => atNs), Infinity)
  const settledNs = Math.min(firstEventNs, scenario.observeAtNs ?? PATIENCE_NS, PATIENCE_NS)
  simulation.runUntil(settledNs - 1)
  const convergedAtNs = Math.max(0, ...simulation.changes().map(({ atNs }) => atNs))
  const messages = scenario.names.map((_, speaker) => simulation.sentBy(speaker))
  const observedAtNs = scenario.observeAtNs ?? convergedAtNs
  simulation.runUntil(observedAtNs)
  return {
    convergedAtNs,
    observedAtNs,
    connections: simulation.wire?.connections ?? [],
    nodes: scenario.names.map((name, speaker) => ({
      name,
      fib: simulation.fibAt(speaker, observedAtNs),
      messages: messages[speaker]!,
    })),
  }
}
