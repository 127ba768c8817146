import type { ApplyTimes } from './apply-times'
import type { Downtime } from './downtimes'

/** Something that an agent is told, and what it did about it. */
export interface Told {
  /** When it was told; Infinity where never. */
  readonly knownNs: number
  /** When the kernel has it; Infinity where never. */
  readonly doneNs: number
}

/** How an agent works. */
export interface AgentWork {
  /** Makes the times of one life of the process: each begins with an empty queue. */
  readonly applies: () => ApplyTimes
  /** In order. */
  readonly downtimes: readonly Downtime[]
  /** How long after a start the agent has listed what is there, ns. */
  readonly listNs: () => number
}

/**
 * What an agent does about changes that are told to it at some times, in any order. One that is told, or would be done, while
 * the process does not run is learned when it runs again, and has listed what is there.
 */
export function workThrough(toldNs: readonly number[], { applies, downtimes, listNs }: AgentWork): Told[] {
  const outcome: Told[] = toldNs.map(() => ({ knownNs: Infinity, doneNs: Infinity }))
  let waiting = toldNs.map((knownNs, index) => ({ knownNs, index }))
  for (const { fromNs, untilNs } of livesBetween(downtimes)) {
    const listedNs = fromNs === 0 ? 0 : fromNs + listNs()
    const learned = waiting
      .map(({ knownNs, index }) => ({ knownNs: Math.max(knownNs, listedNs), index }))
      .filter(({ knownNs }) => knownNs < untilNs)
      .toSorted((a, b) => a.knownNs - b.knownNs)
    const done = applies()(learned.map(({ knownNs }) => knownNs))
    learned.forEach(({ knownNs, index }, place) => {
      if (done[place]! < untilNs) outcome[index] = { knownNs, doneNs: done[place]! }
    })
    waiting = waiting.filter(({ index }) => outcome[index]!.doneNs === Infinity)
  }
  return outcome
}

/** The times between downtimes. */
export function livesBetween(downtimes: readonly Downtime[]): Downtime[] {
  const lives: Downtime[] = []
  let fromNs = 0
  for (const gap of downtimes) {
    if (gap.fromNs > fromNs) lives.push({ fromNs, untilNs: gap.fromNs })
    fromNs = gap.untilNs
  }
  return fromNs === Infinity ? lives : [...lives, { fromNs, untilNs: Infinity }]
}
