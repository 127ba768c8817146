import type { LinkOutline } from '#renderer/stores/outline'

/** Links between the same two things that are drawn side by side; more are drawn as one line with their number. */
const MOST_SIDE_BY_SIDE = 4

/**
 * Gathers links that are drawn as one line: those between the same two things where they are many, and all that end at
 * the badge of a collapsed container.
 */
export function bundleLinks(links: readonly LinkOutline[]): readonly (readonly LinkOutline[])[] {
  const pairs = new Map<string, LinkOutline[]>()
  for (const link of links) {
    const key = link.ends.toSorted().join('\n')
    const bundle = pairs.get(key)
    if (bundle === undefined) pairs.set(key, [link])
    else bundle.push(link)
  }
  return [...pairs.values()].flatMap((bundle) =>
    bundle.length > MOST_SIDE_BY_SIDE || bundle.some(endsAtBadge) ? [bundle] : bundle.map((link) => [link]))
}

function endsAtBadge({ ends }: LinkOutline): boolean {
  return ends.some((end) => end.startsWith('rack:') || end.startsWith('group:'))
}
