import type { Trace, TraceHop } from '#shared/contract/trace'

/** What one direction of a trace adds up to. */
export interface DirectionTotals {
  /** CPU time of all stages, ns. */
  readonly costNs: number
  /** Bytes of the frame as it leaves the first node; 0 where it stays on the node. */
  readonly wireBytes: number
}

/** What a trace adds up to. */
export interface TraceTotals {
  readonly request: DirectionTotals
  readonly answer: DirectionTotals
  readonly both: DirectionTotals
}

/** Adds a trace up. */
export function traceTotals({ hops }: Pick<Trace, 'hops'>): TraceTotals {
  const request = directionTotals(hops.filter(({ direction }) => direction === 'request'))
  const answer = directionTotals(hops.filter(({ direction }) => direction === 'answer'))
  const both = { costNs: request.costNs + answer.costNs, wireBytes: request.wireBytes + answer.wireBytes }
  return { request, answer, both }
}

function directionTotals(hops: readonly TraceHop[]): DirectionTotals {
  const onWire = hops.find(({ context }) => context === 'switch')
  return {
    costNs: hops.reduce((sum, { costNs }) => sum + costNs, 0),
    wireBytes: onWire === undefined ? 0 : onWire.hex.length / 2,
  }
}
