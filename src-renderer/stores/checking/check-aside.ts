import type { CheckedLab } from '#shared/lab/index'

import type { CheckAnswer, CheckRequest } from './check-messages'

let worker: Worker | undefined
let lastId = 0
let waiting: ((checked: CheckedLab) => void) | undefined

/** Checks a text on another thread; `found` is called unless a later check was asked for meanwhile. */
export function checkAside(text: string, found: (checked: CheckedLab) => void): void {
  worker ??= startWorker()
  lastId += 1
  waiting = found
  const request: CheckRequest = { id: lastId, text }
  worker.postMessage(request, { transfer: [] })
}

function startWorker(): Worker {
  const started = new Worker(new URL('./check.worker.ts', import.meta.url), { type: 'module' })
  started.addEventListener('message', ({ data }: MessageEvent<CheckAnswer>) => {
    if (data.id === lastId) waiting?.(data)
  })
  return started
}
