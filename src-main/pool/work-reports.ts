import type { MessagePort } from 'node:worker_threads'

import type { WorkDone } from '#shared/contract/question-progress'

/** A task whose work may be followed. */
export interface FollowedTask {
  /** Where to say how far the work is; absent where nobody follows it. */
  readonly reports?: Pick<MessagePort, 'postMessage'>
}

/** What says how far the work of a task is: with each new step and with each percent. */
export function workReporter({ reports }: FollowedTask): (done: WorkDone) => void {
  if (reports === undefined) return () => undefined
  let last = ''
  return (done) => {
    const now = `${Math.floor(100 * done.share)} ${done.step}`
    if (now === last) return
    last = now
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
    reports.postMessage(done)
  }
}

/** As `workReporter`, for work in so many steps of about the same length: called as each of them begins. */
export function stepReporter(task: FollowedTask, steps: number): (step: string) => void {
  const report = workReporter(task)
  let begun = 0
  return (step) => report({ share: begun++ / steps, step })
}
