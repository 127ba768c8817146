import type { LabelMode } from '#renderer/stores/canvas'
import type { ObjectId, Outline } from '#renderer/stores/outline'
import { humanCount } from '#shared/analysis/index'
import type { RunResult } from '#shared/metrics/index'
import { humanShare } from '#shared/units/index'

import type { CanvasLink, LinkLoad } from './canvas-elements'

const LINE_WIDTH = 1.5
const BUNDLE_WIDTH = 4
/** What a link that is busy all the time has more. */
const FULL_WIDTH = 7

/**
 * How busy a run's links were, by link: means over the seeds, of one variant or of the one that used the link most. Of links
 * between the same two ends each has the busiest's.
 */
export function linkLoads({ links }: Outline, { variants }: RunResult, variant?: string): ReadonlyMap<ObjectId, LinkLoad> {
  const shown = variants.some(({ name }) => name === variant) ? variants.filter(({ name }) => name === variant) : variants
  const busiest = new Map<string, { share: number; drops: number }>()
  for (const { seeds } of shown) {
    const means = new Map<string, { share: number; drops: number }>()
    for (const { ends, utilisation, drops } of seeds.flatMap((seed) => seed.links)) {
      const mean = means.get(ends.join('\0')) ?? { share: 0, drops: 0 }
      means.set(ends.join('\0'), { share: mean.share + utilisation / seeds.length, drops: mean.drops + drops / seeds.length })
    }
    for (const [direction, mean] of means) {
      const key = keyOf(direction.split('\0'))
      const known = busiest.get(key)
      if (known === undefined || mean.share > known.share) busiest.set(key, mean)
    }
  }
  return new Map(links.flatMap(({ id, endNames }) => {
    const load = busiest.get(keyOf(endNames))
    if (load === undefined) return []
    const lost = Math.round(load.drops)
    return [[id, { share: load.share, text: [humanShare(load.share), lost > 0 ? `${humanCount(lost)} lost` : ''].filter(Boolean).join(' · ') }]]
  }))
}

/** What is written on a line. Where nothing is known of its load, that is its rate. */
export function linkText({ rate, full, load }: Pick<CanvasLink, 'rate' | 'full' | 'load'>, mode: LabelMode): string {
  switch (mode) {
    case 'none':
      return ''
    case 'short':
      return rate
    case 'full':
      return full
    case 'load':
      return load?.text ?? rate
  }
}

/** How wide a line is drawn, px: wider for several links, and the wider the busier. */
export function linkWidth({ bundle, load }: Pick<CanvasLink, 'bundle' | 'load'>): number {
  return (bundle.length > 1 ? BUNDLE_WIDTH : LINE_WIDTH) + (load === undefined ? 0 : load.share * FULL_WIDTH)
}

function keyOf(ends: readonly string[]): string {
  return ends.toSorted().join('\0')
}
