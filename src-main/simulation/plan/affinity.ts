import type { Lab, Traffic } from '#shared/lab/index'
import { SECOND_NS } from '#shared/units/index'

/**
 * How often what nodes remember of an entry's clients has run out before it begins: when the same senders open no connection
 * to the service for longer than its affinity lasts (`recent --rcheck --seconds`, which every new connection renews). `asks`
 * says which entries go to the service.
 */
export function affinityGeneration(lab: Lab, traffic: Traffic, affinitySeconds: number, asks: (other: Traffic) => boolean): number {
  const uses = lab.traffic
    .filter((other) => other.from.kind === traffic.from.kind && other.from.name === traffic.from.name && asks(other))
    .toSorted((a, b) => a.start - b.start)
  let generation = 0
  let lastNs = -Infinity
  for (const use of uses) {
    if (lastNs + affinitySeconds * SECOND_NS < use.start && lastNs >= 0) generation++
    if (use === traffic) return generation
    lastNs = Math.max(lastNs, lastConnectionNs(lab, use))
  }
  return generation
}

/** When an entry opens its last connection: at its start, unless it opens one after another. */
function lastConnectionNs({ run }: Lab, { kind, start, stop }: Traffic): number {
  return kind === 'tcp-crr' ? Math.min(stop ?? run.duration, run.duration) : start
}
