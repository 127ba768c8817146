import type { RecordedSpan } from '#shared/contract/control-plane'
import { SECOND_NS } from '#shared/units/index'

/** A change of something that is so until the next change. */
interface TimedChange {
  readonly atNs: number
}

/** While a change held. */
export type SpanOf<Change> = RecordedSpan & { readonly item: Change }

/**
 * How long each change held: until the next with its key. Of several at one time the last counts. `fromNs` is the time that
 * is 0 in spans; what changed before was so from there on. Requires: changes in order of time.
 */
export function spansOf<Change extends TimedChange>(
  changes: readonly Change[],
  keyOf: (change: Change) => number,
  fromNs: number,
): SpanOf<Change>[] {
  const byKey = new Map<number, Change[]>()
  for (const change of changes) {
    const known = byKey.get(keyOf(change))
    if (known === undefined) byKey.set(keyOf(change), [change])
    // What held for no time was never seen.
    else if (isOneTime(known.at(-1)!, change, fromNs)) known[known.length - 1] = change
    else known.push(change)
  }
  return [...byKey.values()].flatMap((ofKey) =>
    ofKey.map((item, index) => {
      const next = ofKey[index + 1]
      return { item, fromSeconds: secondsAt(item, fromNs), ...(next !== undefined && { untilSeconds: secondsAt(next, fromNs) }) }
    }),
  )
}

function isOneTime(before: TimedChange, after: TimedChange, fromNs: number): boolean {
  return secondsAt(before, fromNs) === secondsAt(after, fromNs)
}

function secondsAt({ atNs }: TimedChange, fromNs: number): number {
  return Math.max(0, atNs - fromNs) / SECOND_NS
}
