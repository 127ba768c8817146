import type { LabelMode } from '#renderer/stores/canvas'
import type { ObjectId, Outline } from '#renderer/stores/outline'
import { humanCount, numberAlike } from '#shared/analysis/index'
import type { RunResult } from '#shared/metrics/index'
import { humanShare } from '#shared/units/index'

import type { CanvasLink, LinkLoad } from './canvas-elements'

const LINE_WIDTH = 1.5
const BUNDLE_WIDTH = 4
/** What a link that is busy all the time has more. */
const FULL_WIDTH = 7

/** How busy a run's links were, by link: means over the seeds, of one variant or of the one that used the link most. */
export function linkLoads({ links }: Outline, { variants }: RunResult, variant?: string): ReadonlyMap<ObjectId, LinkLoad> {
  const shown = variants.some(({ name }) => name === variant) ? variants.filter(({ name }) => name === variant) : variants
  const busiest = new Map<string, Mean>()
  for (const { seeds } of shown) {
    for (const mean of directionsOf(seeds)) {
      const key = keyOf(mean.ends, mean.number)
      const known = busiest.get(key)
      if (known === undefined || mean.share > known.share) busiest.set(key, mean)
    }
  }
  return new Map(numberAlike(links, ({ endNames }) => pairOf(endNames)).flatMap(({ item: { id, endNames }, number }) => {
    const load = busiest.get(keyOf(endNames, number))
    if (load === undefined) return []
    const lost = Math.round(load.drops)
    return [[id, { share: load.share, text: [humanShare(load.share), lost > 0 ? `${humanCount(lost)} lost` : ''].filter(Boolean).join(' · ') }]]
  }))
}

/** One direction of a link, over the seeds; `number` is that of the link among those between its ends. */
interface Mean {
  readonly ends: readonly string[]
  readonly number: number
  readonly share: number
  readonly drops: number
}

function directionsOf(seeds: RunResult['variants'][number]['seeds']): Iterable<Mean> {
  const means = new Map<string, Mean>()
  for (const { item: { ends, utilisation, drops }, number } of seeds.flatMap((seed) => numberAlike(seed.links, (link) => link.ends.join('\0')))) {
    const direction = [number, ...ends].join('\0')
    const { share, drops: lost } = means.get(direction) ?? { share: 0, drops: 0 }
    means.set(direction, { ends, number, share: share + utilisation / seeds.length, drops: lost + drops / seeds.length })
  }
  return means.values()
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

/** A link, whichever direction of it is meant. */
function keyOf(ends: readonly string[], number: number): string {
  return `${number}\0${pairOf(ends)}`
}

function pairOf(ends: readonly string[]): string {
  return ends.toSorted().join('\0')
}
