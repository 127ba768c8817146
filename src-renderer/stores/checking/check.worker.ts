/** Checks labs on a thread of its own, so that a large one does not hold up the window. */
import { parseLab } from '#shared/lab/index'

import type { CheckAnswer, CheckRequest } from './check-messages'

self.onmessage = ({ data: { id, text } }: MessageEvent<CheckRequest>) => {
  const { problems, lab } = parseLab(text)
  const answer: CheckAnswer = { id, problems, ...(lab === undefined ? {} : { lab }) }
  self.postMessage(answer)
}
