import { asText } from '#renderer/stores/given'
import { KINDS } from '#renderer/stores/kinds'
import type { ObjectId, Outline, OutlineObject } from '#renderer/stores/outline'
import type { IconName } from '#renderer/ui/index'

import type { Command } from './useCommands'

/** Something that a search finds: a thing of the lab, or a command. */
export interface Found {
  readonly key: string
  readonly label: string
  /** What it is, or what was matched besides its name. */
  readonly hint: string
  readonly icon: IconName
  readonly target: { readonly object: ObjectId } | { readonly command: Command }
}

/** A candidate: what it is called, and other texts that a search may mean it by. */
interface Candidate extends Found {
  readonly also: readonly string[]
}

const MOST_FOUND = 40

/**
 * Finds things of the lab and commands by the words of a query. Names that begin with the query come first, then names
 * that hold it, then addresses and other texts, then kinds. An empty query finds the commands.
 */
export function find(outline: Outline, commands: readonly Command[], query: string): readonly Found[] {
  const words = query.toLowerCase().split(/\s+/u).filter(Boolean)
  const actions = commands.map(commandCandidate)
  const candidates = words.length === 0 ? actions : [...[...outline.byId.values()].map(objectCandidate), ...actions]
  return candidates
    .map((candidate) => ({ candidate, rank: rankOf(candidate, words) }))
    .filter(({ rank }) => rank < Infinity)
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, MOST_FOUND)
    .map(({ candidate: { also: _also, ...found } }) => found)
}

function objectCandidate({ id, kind, name, given }: OutlineObject): Candidate {
  const address = asText(given['address'])
  const pods = kind === 'workload' ? Array.from({ length: Math.min(Number(given['replicas'] ?? 1), 1000) }, (_, index) => `${name}-${index}`) : []
  return {
    key: id,
    label: name || 'Unnamed',
    hint: [KINDS[kind].one, kind === 'node' || kind === 'external' ? address : ''].filter(Boolean).join(' · '),
    icon: KINDS[kind].icon,
    target: { object: id },
    also: [address, asText(given['text']), ...pods, KINDS[kind].one],
  }
}

function commandCandidate(command: Command): Candidate {
  return { key: `command ${command.label} ${command.keys[0] ?? ''}`, label: command.label, hint: 'Command', icon: 'arrowRight', target: { command }, also: [] }
}

/** The lower the better; Infinity where a word is found nowhere. */
function rankOf({ label, also }: Candidate, words: readonly string[]): number {
  const ranks = words.map((word) => {
    const name = label.toLowerCase()
    if (name.startsWith(word)) return 0
    if (name.includes(word)) return 1
    const place = also.findIndex((text) => text.toLowerCase().includes(word))
    return place < 0 ? Infinity : place === also.length - 1 ? 3 : 2
  })
  return ranks.reduce((sum, rank) => sum + rank, 0)
}
