import { comparisonFacts } from '#main/simulation/comparison/index'
import type { ComparisonFacts } from '#shared/contract/comparison'

import { answer, readLab, type ReachAnswer } from './known-labs'
import type { LabText } from './lab-answer'
import { workReporter, type FollowedTask } from './work-reports'

/** Variants of a lab to be compared. */
export interface ComparisonTask extends LabText, FollowedTask {
  readonly variants: readonly string[]
}

/** The task of finding out what the variants of a lab are built of. */
export function compareInLab(task: ComparisonTask): ReachAnswer<ComparisonFacts> {
  return answer(() => comparisonFacts(readLab(task), task.variants, workReporter(task)))
}
