import type { TraceHop } from '#shared/contract/trace'

import { commonSubsequence } from './common-subsequence'

/** A line of two traces side by side: places in their lists of hops; at least one is there. */
export interface HopPair {
  readonly left?: number
  readonly right?: number
}

/**
 * Puts two traces side by side. Hops face each other where both go through the same stage of the same node; what only
 * one of them goes through stands alone, the left one's first.
 */
export function alignHops(left: readonly TraceHop[], right: readonly TraceHop[]): HopPair[] {
  const lines: HopPair[] = []
  let nextLeft = 0
  let nextRight = 0
  const alone = (untilLeft: number, untilRight: number): void => {
    while (nextLeft < untilLeft) lines.push({ left: nextLeft++ })
    while (nextRight < untilRight) lines.push({ right: nextRight++ })
  }
  for (const [pairedLeft, pairedRight] of commonSubsequence(left.map(placeOf), right.map(placeOf))) {
    alone(pairedLeft, pairedRight)
    lines.push({ left: nextLeft++, right: nextRight++ })
  }
  alone(left.length, right.length)
  return lines
}

function placeOf({ direction, node, stage }: TraceHop): string {
  return `${direction} ${node} ${stage}`
}
