import type { ControlPlaneRecord, RecordedNode, RecordedPath, RecordedRoute, RecordedSpan } from '#shared/contract/control-plane'

/** How a row stands against the time before. */
export type RowChange = '' | 'new' | 'gone' | 'changed'

/** Something of a table at a time, with what became of it. */
export interface Compared<Item> {
  readonly change: RowChange
  /** As it is, or as it was where it is gone. */
  readonly item: Item
  /** As it was, where it changed. */
  readonly before?: Item
}

/** Times within this are one moment, seconds: what an agent writes in one go is written within it. */
const MOMENT_SECONDS = 0.001

/** Whether something was so at a time. What begins at the time is so already. */
export function holdsAt({ fromSeconds, untilSeconds }: RecordedSpan, seconds: number): boolean {
  return fromSeconds <= seconds && (untilSeconds === undefined || seconds < untilSeconds)
}

/** The times at which anything of a node changes, in order; moments that can't be told apart are one. */
export function momentsOf({ routes, paths, sessions, agents }: RecordedNode): readonly number[] {
  return momentsOfSpans([...routes, ...paths, ...sessions.flatMap(({ states }) => states), ...agents.flatMap(({ running }) => running)])
}

/** The times at which any of some spans begins or ends, in order; moments that can't be told apart are one. */
export function momentsOfSpans(spans: readonly RecordedSpan[]): readonly number[] {
  return distinct(spans.flatMap(({ fromSeconds, untilSeconds }) => (untilSeconds === undefined ? [fromSeconds] : [fromSeconds, untilSeconds])))
}

function distinct(times: readonly number[]): readonly number[] {
  const moments: number[] = []
  for (const time of times.filter((each) => each > 0).toSorted((a, b) => a - b)) {
    const last = moments.at(-1)
    // A burst is looked at when it is over.
    if (last !== undefined && time - last < MOMENT_SECONDS) moments[moments.length - 1] = time
    else moments.push(time)
  }
  return moments
}

/** The moment after a time, or before it; undefined where there is none. */
export function nextMoment(moments: readonly number[], seconds: number, direction: 1 | -1): number | undefined {
  return direction === 1 ? moments.find((moment) => moment > seconds) : moments.findLast((moment) => moment < seconds)
}

/** The time that a time is compared with: just before the last moment up to it; undefined where nothing has happened by then. */
export function timeBefore(moments: readonly number[], seconds: number): number | undefined {
  const last = moments.findLast((moment) => moment <= seconds)
  return last === undefined ? undefined : Math.max(0, last - MOMENT_SECONDS)
}

/** The items of a table at a time against those before, by their keys: what is there first, what is gone after it. */
export function compared<Item extends RecordedSpan>(
  items: readonly Item[],
  seconds: number,
  before: number | undefined,
  keyOf: (item: Item) => string,
  textOf: (item: Item) => string,
): readonly Compared<Item>[] {
  const now = new Map(items.filter((item) => holdsAt(item, seconds)).map((item) => [keyOf(item), item]))
  if (before === undefined) return [...now.values()].map((item) => ({ change: '', item }))
  const then = new Map(items.filter((item) => holdsAt(item, before)).map((item) => [keyOf(item), item]))
  const present = [...now].map(([key, item]): Compared<Item> => {
    const old = then.get(key)
    if (old === undefined) return { change: 'new', item }
    return textOf(old) === textOf(item) ? { change: '', item } : { change: 'changed', item, before: old }
  })
  return [...present, ...[...then].filter(([key]) => !now.has(key)).map(([, item]): Compared<Item> => ({ change: 'gone', item }))]
}

/** A route in words: where it leads. */
export function routeText({ kind, nextHops }: RecordedRoute): string {
  return kind === 'via' ? nextHops.join(', ') : kind
}

/** A path of BGP in words, for telling whether it changed. */
export function pathText(path: RecordedPath): string {
  return JSON.stringify(path)
}

/** The state that a session is in at a time; empty where nothing is known of it. */
export function stateAt(states: RecordedNode['sessions'][number]['states'], seconds: number): string {
  return states.find((state) => holdsAt(state, seconds))?.state ?? ''
}

/** The node of a record by its name. */
export function nodeNamed(record: ControlPlaneRecord, name: string): RecordedNode | undefined {
  return record.nodes.find((node) => node.name === name)
}
