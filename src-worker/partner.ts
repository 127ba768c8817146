/** Entry of the thread that simulates the other part of runs on two threads: one task after another. */

import { parentPort } from 'node:worker_threads'
import { type PartnerTask, runPartner } from './parallel/partner-thread'

parentPort?.on('message', (task: PartnerTask) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  parentPort?.postMessage(runPartner(task))
})
