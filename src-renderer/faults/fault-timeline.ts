import { asText, type Given } from '#renderer/stores/given'
import type { FaultOutline } from '#renderer/stores/outline'
import { FAULT_SHAPES, type FaultKind } from '#shared/lab/index'
import { runSchema } from '#shared/lab/record/run'
import { formatNanos, nanos, parseNanos } from '#shared/units/index'

/** When a fault holds, ns. */
export interface FaultSpan {
  readonly at: number
  /** Absent: it never heals. */
  readonly until?: number
}

/** How far a fault's times may go. */
export interface TimelineRun {
  readonly durationNs: number
  readonly warmupNs: number
  /** Where the axis ends: with the run, or after faults that begin later. */
  readonly endNs: number
  /** Times are chosen in steps of this. */
  readonly stepNs: number
}

/** A row of the timeline. */
export interface FaultLane {
  readonly fault: FaultOutline
  /** Absent where the file's times can't be read. */
  readonly span?: FaultSpan
  /** Whether it is over at once, and has no end to choose. */
  readonly isMoment: boolean
  /** Whether it has to end. */
  readonly needsEnd: boolean
}

/** A mark of the axis. */
export interface TimelineTick {
  readonly atNs: number
  readonly text: string
}

/** A run that a faulty file does not describe is taken for a fresh one. */
const FRESH_RUN = runSchema.parse({})
/** A fault that is dragged or moved by keys goes by about a two-hundredth of the run. */
const STEPS = 200
const MOST_TICKS = 8
/** Of a run's length, how far the axis reaches at most beyond its end. */
const MOST_BEYOND = 0.5

/** The time axis for the faults of a lab. */
export function timelineRun(run: Given, faults: readonly FaultOutline[]): TimelineRun {
  const read = runSchema.safeParse(run)
  const { duration, warmup } = read.success ? read.data : FRESH_RUN
  const times = faults.flatMap(({ given }) => {
    const { at = 0, until = at } = spanOf(given) ?? {}
    return [at, until]
  })
  const latest = Math.max(0, ...times)
  const endNs = Math.min(Math.max(duration, latest), Math.round(duration * (1 + MOST_BEYOND)))
  return { durationNs: duration, warmupNs: warmup, endNs, stepNs: niceBelow(duration / STEPS) }
}

/** The rows of the timeline, in the file's order. */
export function faultLanes(faults: readonly FaultOutline[]): readonly FaultLane[] {
  return faults.map((fault) => {
    const shape = FAULT_SHAPES[fault.faultKind as FaultKind] as (typeof FAULT_SHAPES)[FaultKind] | undefined
    const span = spanOf(fault.given)
    return {
      fault,
      ...(span && { span }),
      isMoment: shape !== undefined && !shape.fields.includes('until'),
      needsEnd: shape?.required.has('until') === true,
    }
  })
}

/** The times that a record gives; undefined where they can't be read. */
function spanOf(given: Given): FaultSpan | undefined {
  const at = parseNanos(asText(given['at']))
  if (!at.ok) return undefined
  if (given['until'] === undefined) return { at: at.value }
  const until = parseNanos(asText(given['until']))
  return until.ok ? { at: at.value, until: until.value } : undefined
}

/** Marks at round times, few enough to be read. */
export function timelineTicks({ endNs }: TimelineRun): readonly TimelineTick[] {
  if (endNs === 0) return [{ atNs: 0, text: '0' }]
  const step = niceBelow((endNs / MOST_TICKS) * 2)
  return Array.from({ length: Math.floor(endNs / step) + 1 }, (_, index) => ({ atNs: index * step, text: index === 0 ? '0' : timeText(index * step) }))
}

/** Which part of a fault is moved: the whole of it, or one end. */
export type SpanPart = 'whole' | 'start' | 'end'

/**
 * The times of a fault one part of which was moved by so many nanoseconds, on the run's steps. It begins within the run
 * and lasts a step at least. An end that is moved to the run's end or beyond it is none, unless there has to be one.
 */
export function movedSpan(lane: FaultLane, run: TimelineRun, part: SpanPart, byNs: number): FaultSpan {
  const { at = 0, until } = lane.span ?? {}
  const { durationNs, stepNs } = run
  const lastStart = Math.max(0, floorTo(durationNs - 1, stepNs))
  const start = clamp(onStep(at + byNs, stepNs), 0, lastStart)
  switch (part) {
    case 'whole':
      return until === undefined ? { at: start } : { at: start, until: start + Math.max(stepNs, until - at) }
    case 'start':
      return until === undefined ? { at: start } : { at: Math.max(0, Math.min(start, floorTo(until - 1, stepNs))), until }
    case 'end': {
      const end = onStep((until ?? durationNs) + byNs, stepNs)
      if (end >= durationNs) return lane.needsEnd ? { at, until: durationNs } : { at }
      return { at, until: Math.max(end, at + stepNs) }
    }
  }
}

/** What a key moves a fault by, in ns; undefined for keys that move nothing. */
export function keyStep(key: string, withShift: boolean, { stepNs }: TimelineRun): number | undefined {
  const steps = withShift ? 10 : 1
  if (key === 'ArrowLeft' || key === 'ArrowDown') return -steps * stepNs
  if (key === 'ArrowRight' || key === 'ArrowUp') return steps * stepNs
  return undefined
}

/** Where a time is on the axis, 0 … 1. */
export function shareOf(timeNs: number, { endNs }: TimelineRun): number {
  return endNs === 0 ? 0 : clamp(timeNs / endNs, 0, 1)
}

/** A span in words: `500ms to 800ms`, `from 500ms on`, `at 500ms`. */
export function spanText({ span, isMoment }: Pick<FaultLane, 'span' | 'isMoment'>): string {
  if (span === undefined) return 'times that can’t be read'
  const at = span.at === 0 ? '0s' : timeText(span.at)
  if (isMoment) return `at ${at}`
  return span.until === undefined ? `from ${at} on` : `${at} to ${timeText(span.until)}`
}

/** A time as a lab file has it. */
export function timeText(timeNs: number): string {
  return formatNanos(nanos(Math.max(0, Math.round(timeNs))))
}

/** The greatest of 1, 2 and 5 times a power of ten that is not above a number; 1 at least. */
function niceBelow(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)))
  const factor = [5, 2, 1].find((each) => each * power <= value) ?? 1
  return Math.max(1, factor * power)
}

function onStep(value: number, step: number): number {
  return Math.round(value / step) * step
}

function floorTo(value: number, step: number): number {
  return Math.floor(value / step) * step
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}
