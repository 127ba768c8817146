import type { Compared } from '../compared'

/** What a run says about a claim. */
export type ClaimVerdict = 'holds' | 'fails' | 'depends' | 'not-shown'

/** Something that people say about network plugins, and how a run checks it. */
export interface Claim {
  readonly id: string
  /** As people say it. */
  readonly claim: string
  /** What the run and the lab's variants show; null where they show nothing about it. */
  readonly check: (compared: Compared) => Finding | null
  /** Under which conditions the verdict turns. */
  readonly turns: string
  /** What to add to a lab that shows nothing. */
  readonly toShow: string
}

/** A verdict and what it rests on. */
export interface Finding {
  readonly verdict: Exclude<ClaimVerdict, 'not-shown'>
  /** Sentences with figures of this run and this lab. */
  readonly evidence: readonly string[]
}

/** The verdict of several cases: the claim holds in all, in none, or it depends. */
export function verdictOver(holds: readonly boolean[]): Finding['verdict'] {
  if (holds.every(Boolean)) return 'holds'
  return holds.some(Boolean) ? 'depends' : 'fails'
}

/** Sentences about variants, those that say the same in one. */
export function grouped(told: readonly (readonly [name: string, sentence: string])[]): string[] {
  const names = new Map<string, string[]>()
  for (const [name, sentence] of told) names.set(sentence, [...(names.get(sentence) ?? []), name])
  return Array.from(names, ([sentence, all]) => `${all.join(', ')}: ${sentence}`)
}
