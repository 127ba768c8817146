/** Kinds of questions that can keep main busy for long; each has a call that gives its questions up. */
export type QuestionKind = 'comparison' | 'control-plane' | 'policies'

/** How far the work on a question is. */
export interface WorkDone {
  /** Estimate of the share of the work that is done, 0 … 1; it never goes back. */
  readonly share: number
  /** What is worked on, for people: `policies in calico-ipip`. */
  readonly step: string
}

/** How far main is with the question of a kind that it works on; it comes with each step and each percent. */
export interface QuestionProgress extends WorkDone {
  readonly question: QuestionKind
}

/** What main tells the window about questions, unasked. */
export interface QuestionEvents {
  readonly questionProgress: QuestionProgress
}
