/** An edit that was made: how to take it back and how to make it again. */
export interface HistoryEntry<Change> {
  /** What it did, in words: "Delete node-1". */
  readonly label: string
  /** Applied in order, these take it back. */
  readonly undo: readonly Change[]
  /** Applied in order, these make it again. */
  readonly redo: readonly Change[]
  /** Edits in a row with the same key are one entry: the steps of an arrow key held down. */
  readonly mergeKey?: string
}

/** All edits since the lab was opened that can be taken back or made again. A value: an edit makes another. */
export interface History<Change> {
  /** Oldest first. */
  readonly past: readonly HistoryEntry<Change>[]
  /** Next to redo first. */
  readonly future: readonly HistoryEntry<Change>[]
}

/** How many edits are kept; older ones can no longer be taken back. */
export const HISTORY_LIMIT = 500

/** About how many characters of edits are kept, so that a long day of large edits does not fill the memory (32 Mi, 64 MiB). */
export const HISTORY_SIZE_LIMIT = 32 * 1024 * 1024

/** A history without edits. */
export function emptyHistory<Change>(): History<Change> {
  return { past: [], future: [] }
}

/** The history after one more edit. What had been taken back can no longer be redone. */
export function record<Change>(history: History<Change>, entry: HistoryEntry<Change>): History<Change> {
  const last = history.past.at(-1)
  const merges = entry.mergeKey !== undefined && last?.mergeKey === entry.mergeKey && history.future.length === 0
  const past = merges
    ? [...history.past.slice(0, -1), { ...entry, undo: [...entry.undo, ...last.undo], redo: [...last.redo, ...entry.redo] }]
    : [...history.past, entry]
  return { past: withinSize(past.slice(-HISTORY_LIMIT)), future: [] }
}

/** The newest entries that fit; the last one is always kept. */
function withinSize<Change>(past: readonly HistoryEntry<Change>[]): readonly HistoryEntry<Change>[] {
  let size = 0
  const first = past.findLastIndex((entry) => (size += sizeOf(entry)) > HISTORY_SIZE_LIMIT)
  return past.slice(Math.min(first + 1, past.length - 1))
}

/** Sizes are found once: entries never change. */
const sizes = new WeakMap<object, number>()

function sizeOf<Change>(entry: HistoryEntry<Change>): number {
  const known = sizes.get(entry)
  if (known !== undefined) return known
  const size = JSON.stringify([entry.undo, entry.redo]).length
  sizes.set(entry, size)
  return size
}

/** The last edit and the history once it is taken back; undefined when there is none. */
export function stepBack<Change>(history: History<Change>): { entry: HistoryEntry<Change>; history: History<Change> } | undefined {
  const entry = history.past.at(-1)
  return entry && { entry, history: { past: history.past.slice(0, -1), future: [withoutKey(entry), ...history.future] } }
}

/** The edit taken back last and the history once it is made again; undefined when there is none. */
export function stepForward<Change>(history: History<Change>): { entry: HistoryEntry<Change>; history: History<Change> } | undefined {
  const entry = history.future[0]
  return entry && { entry, history: { past: [...history.past, entry], future: history.future.slice(1) } }
}

/** An entry that was undone is over: later edits do not join it. */
function withoutKey<Change>({ label, undo, redo }: HistoryEntry<Change>): HistoryEntry<Change> {
  return { label, undo, redo }
}
