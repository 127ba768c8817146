import type { VariantFacts, WayDirection, WayFacts } from '#shared/contract/comparison'
import type { Trace, TraceHop } from '#shared/contract/trace'
import { traceTotals } from '#shared/trace/index'

import { traceIn, type OpenedTrace } from '../trace/index'
import type { ChosenEnds } from './chosen-ends'

/** The ways of the connections that a variant has of those chosen; without those that it can't have. */
export function waysOf(opened: OpenedTrace, chosen: readonly ChosenEnds[]): VariantFacts['ways'] {
  return chosen.flatMap(({ kind, from, to, protocol, port, traffic }): WayFacts[] => {
    const traced = traceIn(opened, { variant: opened.variant.name, from, to, protocol, ...(port !== undefined && { port }) })
    if (!('trace' in traced)) return []
    const { trace } = traced
    const answer = directionOf(trace, 'answer')
    return [
      {
        kind, from, to, protocol, verdict: trace.verdict, request: directionOf(trace, 'request'),
        ...(traffic !== undefined && { traffic }),
        ...(trace.reason !== undefined && { reason: trace.reason }),
        ...(answer.stages.length > 0 && { answer }),
      },
    ]
  })
}

function directionOf(trace: Trace, direction: TraceHop['direction']): WayDirection {
  const hops = trace.hops.filter((hop) => hop.direction === direction)
  const onWire = hops.find(isOnSwitch)
  const [made] = hops
  return {
    stages: hops.flatMap((hop) => (isOnSwitch(hop) ? [] : [stageOf(hop)])),
    packetBytes: made === undefined ? 0 : made.hex.length / 2 - (made.headers.find(({ layer }) => layer === 'ipv4')?.start ?? 0),
    wire: onWire?.headers.map(({ layer, length, fields }) => ({ layer, length, fields })) ?? [],
    wireBytes: traceTotals(trace)[direction].wireBytes,
  }
}

function stageOf({ node, device, stage, costNs, change, decidedBy }: TraceHop): WayDirection['stages'][number] {
  return { node, device, stage, costNs, ...(change !== undefined && { change }), ...(decidedBy !== undefined && { decidedBy }) }
}

function isOnSwitch({ context }: TraceHop): boolean {
  return context === 'switch'
}
