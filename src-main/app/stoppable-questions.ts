import { reasonOf } from '#main/documents/system-error'
import { valueOf, type LabAnswer } from '#main/pool/lab-answer'
import type { Waiting } from '#main/pool/question-thread'
import { CallRefused } from '#shared/contract/call-refused'
import type { WorkDone } from '#shared/contract/question-progress'

/** How questions of a kind end without an answer, and who follows the work on them. */
export interface QuestionManners {
  /** The error code of questions that are given up, and what to say then. */
  readonly stopped: readonly [code: string, message: string]
  /** The error code where the thread breaks down, and what can't be done then: a clause that the reason follows. */
  readonly failed: readonly [code: string, consequence: string]
  readonly onProgress: (done: WorkDone) => void
}

/** Questions of one kind, which are given up together. */
export class StoppableQuestions {
  private readonly manners: QuestionManners
  /** Of the questions that are asked now; another one once they were given up. */
  private waiting = new AbortController()

  constructor(manners: QuestionManners) {
    this.manners = manners
  }

  /** The value that a question comes to. Refuses as the answer does, and as the manners say. */
  async ask<Value>(question: (waiting: Waiting) => Promise<LabAnswer<Value>>): Promise<Value> {
    const { stopped, failed, onProgress } = this.manners
    const { signal } = this.waiting
    const answer = await question({ signal, onProgress }).catch((error: unknown) => {
      if (signal.aborted) throw new CallRefused(...stopped)
      throw new CallRefused(failed[0], `${failed[1]}: ${reasonOf(error)}.`)
    })
    return valueOf(answer)
  }

  /** Gives up the questions that are not answered yet. */
  stop(): null {
    this.waiting.abort()
    this.waiting = new AbortController()
    return null
  }
}
