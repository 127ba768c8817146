import { asText } from '#renderer/stores/given'
import type { ObjectId, Outline } from '#renderer/stores/outline'
import { counted } from '#shared/analysis/index'
import { faultLabel } from '#shared/lab/index'

/** Faults of one thing that are named; more are counted. */
const MOST_NAMED = 3

/** What breaks each link and node during the run, in words: `Link down at 500ms`. */
export function faultWords({ faults }: Outline): ReadonlyMap<ObjectId, string> {
  const found = new Map<ObjectId, string[]>()
  for (const { hits, faultKind, given } of faults) {
    const words = [faultLabel(faultKind), asText(given['at'])].filter(Boolean).join(' at ')
    for (const id of hits) found.set(id, [...(found.get(id) ?? []), words])
  }
  return new Map([...found].map(([id, all]) => [id, listed(all)]))
}

function listed(all: readonly string[]): string {
  const named = all.slice(0, MOST_NAMED).join(', ')
  return all.length > MOST_NAMED ? `${named} and ${counted(all.length - MOST_NAMED, 'more fault')}` : named
}
