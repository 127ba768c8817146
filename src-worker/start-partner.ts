/** Starts the thread that simulates the other part of a run. */

import { Worker } from 'node:worker_threads'
import type { ShareResult } from './parallel/share'
import type { StartPartner } from './run-on-threads'

/** {@link StartPartner} with the built entry beside this one. */
export const startPartner: StartPartner = (workerData) => {
  const thread = new Worker(new URL('./partner.js', import.meta.url), { workerData })
  const result = new Promise<ShareResult>((resolve, reject) => {
    thread.once('message', resolve)
    thread.once('error', reject)
    thread.once('exit', () => reject(new Error('The thread of the run\'s other part ended without a result')))
  })
  // Whoever waits for the result hears of a failure; until then it must not count as unhandled.
  result.catch(() => undefined)
  return { result, end: () => void thread.terminate() }
}
