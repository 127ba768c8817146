import { axisScale, linesChart, variantStyle, type Chart, type DataTable, type NamedLine } from '#shared/charts/index'
import type { RecordedChange } from '#shared/contract/control-plane'
import { humanDuration } from '#shared/units/index'

/** Changes that are drawn at once: as many as there are looks of lines. */
export const MOST_CHANGES_DRAWN = 8

/** How far a change came. */
export interface Spread {
  /** Nodes that it concerns. */
  readonly nodes: number
  /** Nodes that forward accordingly by the run's end. */
  readonly done: number
  /** Seconds from the change until the last of them did; null where none did. */
  readonly lastSeconds: number | null
}

/** How far a change came during the run. */
export function spreadOf({ atSeconds, steps }: RecordedChange): Spread {
  const done = steps.flatMap(({ doneSeconds }) => doneSeconds ?? [])
  return {
    nodes: new Set(steps.map(({ node }) => node)).size,
    done: done.length,
    lastSeconds: done.length === 0 ? null : Math.max(...done) - atSeconds,
  }
}

/** A change in words that no other of the list has. */
export function changeNames(changes: readonly RecordedChange[]): readonly string[] {
  return changes.map(({ what, atSeconds }) => `${what}, at ${timeText(atSeconds)}`)
}

/** Who knew what when: for each change the share of nodes that forward accordingly, over the time since it happened. */
export function convergenceChart(changes: readonly RecordedChange[]): Chart {
  const names = changeNames(changes)
  const lines = changes.slice(0, MOST_CHANGES_DRAWN).map((change, index): NamedLine => ({
    name: names[index]!, style: variantStyle(index), points: pointsOf(change),
  }))
  return linesChart({
    id: 'convergence',
    title: 'Who knew what when',
    explanation: 'Share of the nodes concerned whose kernel forwards accordingly, over the time since each change; nodes that never came to know keep a line below 100 %.',
    lines,
    x: { name: 'Time since the change (s)', scale: axisScale('s', 1), text: (seconds) => `After ${timeText(seconds)}` },
    y: { name: 'Nodes', max: 1, scale: { divisor: 1, suffix: '' }, text: percent, tick: percent },
    stepped: true,
    table: stepTable(changes),
  })
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(4))} %`
}

function pointsOf({ atSeconds, steps }: RecordedChange): (readonly [number, number])[] {
  const times = steps.flatMap(({ doneSeconds }) => doneSeconds ?? []).toSorted((a, b) => a - b)
  return [[0, 0], ...times.map((time, index): [number, number] => [time - atSeconds, (index + 1) / steps.length])]
}

/** Every step of every change: which agent was told when, and when its node forwarded accordingly. */
function stepTable(changes: readonly RecordedChange[]): DataTable {
  const rows = changes.flatMap((change) => change.steps.map((step) => ({ change, step })))
  const since = (seconds: number | undefined, { atSeconds }: RecordedChange): number | null => (seconds === undefined ? null : seconds - atSeconds)
  return {
    caption: 'A row per change and node; times are seconds since the change, none where it did not come about during the run.',
    columns: [
      { key: 'change', label: 'Change', cells: rows.map(({ change }) => change.what) },
      { key: 'at_s', label: 'At', unit: 's', cells: rows.map(({ change }) => change.atSeconds) },
      { key: 'node', label: 'Node', cells: rows.map(({ step }) => step.node) },
      { key: 'agent', label: 'Agent', cells: rows.map(({ step }) => step.agent) },
      { key: 'known_after_s', label: 'Told after', unit: 's', cells: rows.map(({ change, step }) => since(step.knownSeconds, change)) },
      { key: 'done_after_s', label: 'Done after', unit: 's', cells: rows.map(({ change, step }) => since(step.doneSeconds, change)) },
    ],
  }
}

/** A time for people. */
export function timeText(seconds: number): string {
  return humanDuration(seconds * 1e9)
}
