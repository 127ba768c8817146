import type { LinkResult } from '#shared/metrics/index'

import { numberAlike } from './number-alike'

/**
 * The directions of a seed's links, each by a name of its own: `tor-a → spine-1`, and `tor-a → spine-1 (2)` for the second of
 * links side by side, in the lab's order.
 */
export function namedLinks(links: readonly LinkResult[]): readonly (readonly [name: string, link: LinkResult])[] {
  return numberAlike(links, nameOf).map(({ item, number }) => [number === 1 ? nameOf(item) : `${nameOf(item)} (${number})`, item])
}

function nameOf({ ends }: LinkResult): string {
  return ends.join(' → ')
}
