import { dropReasonId, type DropReason } from '#shared/plan/index'

/** A row of a timeline. */
export interface Change {
  readonly atNs: number
  readonly kind: number
  readonly target: number
  readonly value: number
}

interface Span {
  readonly reason: DropReason
  readonly fromNs: number
  readonly untilNs: number
}

/** Reasons why something lets no packet through over time; while several hold, the first that was added counts. */
export class StateTimeline {
  private readonly kind: number
  private readonly spans = new Map<number, Span[]>()

  constructor(kind: number) {
    this.kind = kind
  }

  /** From a time on, until another or for good, `target` lets nothing through. */
  add(target: number, reason: DropReason, fromNs: number, untilNs: number | undefined): void {
    const span = { reason, fromNs, untilNs: untilNs ?? Infinity }
    const spans = this.spans.get(target)
    if (spans === undefined) this.spans.set(target, [span])
    else spans.push(span)
  }

  /** The changes of state, by target and time. */
  changes(): Change[] {
    return [...this.spans].flatMap(([target, spans]) => {
      const times = [...new Set(spans.flatMap(({ fromNs, untilNs }) => [fromNs, untilNs]))].filter(Number.isFinite)
      let before = 0
      return times
        .toSorted((a, b) => a - b)
        .flatMap((atNs) => {
          const holding = spans.find(({ fromNs, untilNs }) => fromNs <= atNs && atNs < untilNs)
          const value = holding === undefined ? 0 : dropReasonId(holding.reason) + 1
          if (value === before) return []
          before = value
          return [{ atNs, kind: this.kind, target, value }]
        })
    })
  }
}
