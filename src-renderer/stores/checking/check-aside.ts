import type { CheckedLab } from '#shared/lab/index'

import type { CheckAnswer, CheckRequest } from './check-messages'

let worker: Worker | undefined
let lastId = 0

/** Checks a text on another thread; `found` is called unless a later check was asked for meanwhile. */
export function checkAside(text: string, found: (checked: CheckedLab) => void): void {
  worker ??= new Worker(new URL('./check.worker.ts', import.meta.url), { type: 'module' })
  lastId += 1
  const request: CheckRequest = { id: lastId, text }
  worker.onmessage = ({ data }: MessageEvent<CheckAnswer>) => {
    if (data.id === lastId) found(data)
  }
  worker.postMessage(request)
}
