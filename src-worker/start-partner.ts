/**
 * The thread that simulates the other part of a run. It stays for the next run: a thread of its own for every run would
 * have to compile the engine anew each time, which takes longer than many a run.
 */

import { Worker } from 'node:worker_threads'
import type { ShareResult } from './parallel/share'
import type { StartPartner } from './run-on-threads'

/** A thread that waits for work; it does not keep the process alive. */
let idle: Worker | undefined

/** {@link StartPartner} with the built entry beside this one. */
export const startPartner: StartPartner = (task) => {
  const thread = idle ?? new Worker(new URL('./partner.js', import.meta.url))
  idle = undefined
  thread.removeAllListeners()
  thread.ref()
  let isWorking = true
  const result = new Promise<ShareResult>((resolve, reject) => {
    const stop = (): void => {
      isWorking = false
      thread.removeAllListeners()
    }
    thread.once('message', (share: ShareResult) => {
      stop()
      thread.unref()
      thread.once('exit', () => (idle = undefined))
      idle = thread
      resolve(share)
    })
    const fail = (error: Error): void => {
      stop()
      reject(error)
    }
    thread.once('error', fail)
    thread.once('exit', () => fail(new Error('The thread of the run\'s other part ended without a result')))
  })
  // Whoever waits for the result hears of a failure; until then it must not count as unhandled.
  result.catch(() => undefined)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  thread.postMessage(task)
  return { result, end: () => (isWorking ? void thread.terminate() : undefined) }
}
