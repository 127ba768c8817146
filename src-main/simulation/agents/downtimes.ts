import type { Fault, FaultyAgent } from '#shared/lab/index'

/** A time in which a daemon does not run, ns; `untilNs` is Infinity where it never comes back. */
export interface Downtime {
  readonly fromNs: number
  readonly untilNs: number
}

/** Daemons that can end; `calico-node` is the pod that holds three of them, `cilium-envoy` ends with its node only. */
export type AgentName = FaultyAgent | 'calico-node' | 'cilium-envoy'

/** When a daemon of a node does not run: while it is killed, while its node is down, before its node has joined. */
export function downtimesOf(faults: readonly Fault[], node: string, agent: AgentName): Downtime[] {
  return merged(
    faults.flatMap((fault): Downtime[] => {
      if (!('node' in fault) || fault.node !== node) return []
      if (fault.kind === 'node-add') return [{ fromNs: 0, untilNs: fault.at }]
      const isDown = fault.kind === 'node-crash' || (fault.kind === 'agent-kill' && fault.agent === agent)
      return isDown ? [{ fromNs: fault.at, untilNs: fault.until ?? Infinity }] : []
    }),
  )
}

/** When nobody does what one daemon does for the whole cluster: labs have one of each, on whichever node a fault names. */
export function clusterDowntimes(faults: readonly Fault[], agent: FaultyAgent): Downtime[] {
  return merged(
    faults.flatMap((fault) =>
      fault.kind === 'agent-kill' && fault.agent === agent ? [{ fromNs: fault.at, untilNs: fault.until ?? Infinity }] : [],
    ),
  )
}

/** The first time from `atNs` on that is in no downtime; Infinity where there is none. Requires: downtimes in order. */
export function firstUp(downtimes: readonly Downtime[], atNs: number): number {
  const gap = downtimes.find(({ fromNs, untilNs }) => fromNs <= atNs && atNs < untilNs)
  return gap === undefined ? atNs : gap.untilNs
}

/** In order of time, overlapping ones as one. */
function merged(downtimes: readonly Downtime[]): Downtime[] {
  const result: Downtime[] = []
  for (const next of downtimes.toSorted((a, b) => a.fromNs - b.fromNs)) {
    const last = result.at(-1)
    if (last === undefined || next.fromNs > last.untilNs) result.push(next)
    else result[result.length - 1] = { fromNs: last.fromNs, untilNs: Math.max(last.untilNs, next.untilNs) }
  }
  return result
}
