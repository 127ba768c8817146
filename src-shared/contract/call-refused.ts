import type { Problem } from '../lab/problem'

import type { CallError } from './call'

/**
 * Thrown by the serving side of a contract when a call can't be carried out for a reason a user can cause or mend.
 * The border turns it into an `Answer` with the same code, message and problems.
 */
export class CallRefused extends Error {
  readonly code: string
  readonly problems: readonly Problem[] | undefined

  constructor(code: string, message: string, problems?: readonly Problem[]) {
    super(message)
    this.name = 'CallRefused'
    this.code = code
    this.problems = problems
  }

  /** The error as it crosses the border. */
  toCallError(): CallError {
    return { code: this.code, message: this.message, ...(this.problems && { problems: this.problems }) }
  }
}
