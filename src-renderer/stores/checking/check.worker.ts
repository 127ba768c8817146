/** Checks labs on a thread of its own, so that a large one does not hold up the window. */
import { parseLab } from '#shared/lab/index'

import { checkDesign } from './check-design'
import type { CheckAnswer, CheckRequest } from './check-messages'

self.addEventListener('message', ({ data: { id, text } }: MessageEvent<CheckRequest>) => {
  const { document, problems: found, lab } = parseLab(text)
  const problems = checkDesign(document, { problems: found, ...(lab === undefined ? {} : { lab }) })
  const answer: CheckAnswer = { id, problems, ...(lab === undefined ? {} : { lab }) }
  self.postMessage(answer, { transfer: [] })
})
