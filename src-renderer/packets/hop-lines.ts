import type { Trace, TraceHop } from '#shared/contract/trace'
import { alignHops } from '#shared/trace/index'

/** A hop of a trace, and the one before it on the same way. */
export interface PlacedHop {
  readonly hop: TraceHop
  readonly before?: TraceHop
}

/** A line of the list of hops: where one trace goes through, or both. */
export interface HopLine {
  readonly direction: TraceHop['direction']
  readonly node: string
  readonly stage: string
  readonly left?: PlacedHop
  readonly right?: PlacedHop
}

/** The lines of a trace, or of two side by side. */
export function hopLines([left, right]: readonly Trace[]): readonly HopLine[] {
  if (left === undefined) return []
  const pairs = right === undefined ? left.hops.map((_, index) => ({ left: index })) : alignHops(left.hops, right.hops)
  return pairs.map((pair) => {
    const placed = { left: placeHop(left, pair.left), right: right && placeHop(right, 'right' in pair ? pair.right : undefined) }
    const { direction, node, stage } = (placed.left ?? placed.right)!.hop
    return { direction, node, stage, ...(placed.left && { left: placed.left }), ...(placed.right && { right: placed.right }) }
  })
}

function placeHop({ hops }: Trace, index: number | undefined): PlacedHop | undefined {
  const hop = index === undefined ? undefined : hops[index]
  if (hop === undefined) return undefined
  const before = hops[index! - 1]
  return before?.direction === hop.direction ? { hop, before } : { hop }
}

/** The nodes and switches of one way, in the order in which a packet crosses them. */
export function pathOf(lines: readonly HopLine[], direction: TraceHop['direction']): readonly string[] {
  const nodes = lines.filter((line) => line.direction === direction).map(({ node }) => node)
  return nodes.filter((node, index) => node !== nodes[index - 1])
}
