/** Entry of the thread that simulates the other part of a run on two threads. */

import { parentPort, workerData } from 'node:worker_threads'
import { type PartnerTask, runPartner } from './parallel/partner-thread'

const result = runPartner(workerData as PartnerTask)
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
parentPort?.postMessage(result)
