import { SECOND_NS } from '#shared/units/index'

import type { BgpTimers, SpeakerConfig } from './config'
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

/** Without a time of observation: so long after the last timer of a start, or of what an event brings about, has gone off. */
const MARGIN_SECONDS = 30

/** Simulates a scenario to its time of observation; `wire` keeps what speakers put on the wire. */
export function runVector(scenario: VectorScenario, seed: number, wire = false): VectorOutcome {
  const simulation = new BgpSimulation(scenario.speakers, scenario.network, { seed, wire })
  for (const { atNs, event } of scenario.events) simulation.schedule(atNs, event)
  const firstEventNs = Math.min(...scenario.events.map(({ atNs }) => atNs), Infinity)
  const startedNs = settledNs(scenario.speakers, ({ connectDelay, connectRetry }) => connectDelay + connectRetry)
  simulation.runUntil(Math.min(firstEventNs, scenario.observeAtNs ?? startedNs, startedNs) - 1)
  const convergedAtNs = lastChangeNs(simulation)
  const messages = scenario.names.map((_, speaker) => simulation.sentBy(speaker))
  const observedAtNs = scenario.observeAtNs ?? settleAfterEvents(simulation, scenario)
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

/** Goes on until what the events bring about is over; when the last route changed then, ns. */
function settleAfterEvents(simulation: BgpSimulation, { events, speakers }: VectorScenario): number {
  const lastEventNs = Math.max(...events.map(({ atNs }) => atNs), -Infinity)
  if (lastEventNs >= 0) {
    const reactionNs = settledNs(speakers, ({ hold, gracefulRestart, connectRetry, errorWait }) => hold + gracefulRestart + connectRetry + errorWait[1])
    simulation.runUntil(lastEventNs + reactionNs)
  }
  return lastChangeNs(simulation)
}

function settledNs(speakers: readonly SpeakerConfig[], seconds: (timers: BgpTimers) => number): number {
  return (MARGIN_SECONDS + Math.max(0, ...speakers.map(({ timers }) => seconds(timers)))) * SECOND_NS
}

function lastChangeNs(simulation: BgpSimulation): number {
  return simulation.changes().at(-1)?.atNs ?? 0
}
