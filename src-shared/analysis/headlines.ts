import type { RunResult } from '#shared/metrics/index'

import type { ComparedFigure } from './compare'
import { figureOf } from './compare'
import type { FigureId } from './figures'
import { humanFigure, plusMinusShare, signedShare } from './humanise'
import { isSignificant } from './statistics'

/** A figure that a summary leads with. */
export interface Headline {
  readonly figure: FigureId
  readonly label: string
  /** What it is of, below the label: a traffic entry, or a unit. */
  readonly of: string
  /** Name of the traffic entry; empty for figures of the whole run. */
  readonly subject: string
}

/** A headline figure of one variant, in words. */
export interface HeadlineValue {
  readonly value: string
  /** Against the baseline; null for the baseline itself, and where there is nothing to compare. */
  readonly change: HeadlineChange | null
}

/** A change against the baseline, in words, with its verdict, so that colour is not all that tells it. */
export interface HeadlineChange {
  readonly text: string
  /** Half-width of the 95 % interval; empty where there is none. */
  readonly interval: string
  /** Uncertain: the seeds do not tell it from chance. */
  readonly verdict: 'better' | 'worse' | 'same' | 'uncertain'
  /** One sentence: what the verdict rests on. */
  readonly basis: string
}

/**
 * The figures that a summary leads with: goodput of all traffic, latency of the first request–response entry (what an
 * application feels; a stream's latency is mostly the length of its queue) or else the first entry, CPU per gigabit.
 */
export function headlinesOf(result: RunResult): Headline[] {
  const entries = result.variants.flatMap((variant) => variant.seeds)[0]?.traffic ?? []
  const latencyOf = (entries.find((entry) => entry.transactionsPerSecond !== undefined) ?? entries[0])?.name ?? ''
  return [
    { figure: 'total-goodput', label: 'Goodput', of: 'all traffic', subject: '' },
    { figure: 'latency-p50', label: 'Latency p50', of: latencyOf, subject: latencyOf },
    { figure: 'latency-p99', label: 'Latency p99', of: latencyOf, subject: latencyOf },
    { figure: 'cores-per-gigabit', label: 'CPU', of: 'cores per Gbit/s', subject: '' },
  ]
}

/** A headline figure of a variant. A dash where it was not measured. */
export function headlineValue(figures: readonly ComparedFigure[], variant: string, { figure, subject }: Headline): HeadlineValue {
  const compared = figureOf(figures, variant, figure, subject)
  if (!compared) return { value: '–', change: null }
  return { value: humanFigure(compared.sample.mean, compared.figure.unit), change: changeOf(compared) }
}

function changeOf({ difference, figure }: ComparedFigure): HeadlineChange | null {
  const change = difference?.relative
  if (!change) return null
  const text = signedShare(change.mean)
  if (change.ci95 === null) {
    return { text, interval: '', verdict: verdictOf(change.mean, figure.better), basis: 'One seed, so there is no interval.' }
  }
  const interval = plusMinusShare(change.ci95)
  if (change.ci95 > 0 && !isSignificant(change)) {
    return { text, interval, verdict: 'uncertain', basis: 'No more than chance: the 95 % interval holds zero.' }
  }
  const basis = `Mean of ${change.count} seeds, paired by seed; ± is the 95 % interval.`
  return { text, interval, verdict: verdictOf(change.mean, figure.better), basis }
}

function verdictOf(change: number, better: 'higher' | 'lower' | null): HeadlineChange['verdict'] {
  if (change === 0 || better === null) return 'same'
  return change > 0 === (better === 'higher') ? 'better' : 'worse'
}
