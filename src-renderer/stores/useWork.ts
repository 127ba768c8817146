import { useIntervalFn } from '@vueuse/core'
import { shallowReadonly, shallowRef, type Ref } from 'vue'

import { labBridge } from '#renderer/bridge/lab-bridge'
import type { QuestionKind, WorkDone } from '#shared/contract/question-progress'

/** How far work is that somebody waits for. */
export interface Work extends WorkDone {
  readonly elapsedSeconds: number
  /** Estimate; null until there is something to estimate from. */
  readonly remainingSeconds: number | null
}

/** Work on questions of a kind, as far as it is known. */
export interface WorkOnQuestions {
  /** Undefined while nothing is asked. */
  readonly work: Readonly<Ref<Work | undefined>>
  /** A question is asked. */
  readonly begin: () => void
  /** It is answered, or given up. */
  readonly end: () => void
}

/** From this share of the work on its pace says how long the rest will take. */
const PACED = 0.01

/** How long the rest of some work takes at the pace that it had so far; null until there is one. */
export function remainingSeconds(share: number, elapsedSeconds: number): number | null {
  return share > PACED ? (elapsedSeconds / share) * (1 - share) : null
}

/** Follows how far main is with questions of a kind, for the life of the store that asks them. */
export function useWork(question: QuestionKind): WorkOnQuestions {
  const work = shallowRef<Work>()
  let startedMs = 0

  function look(done: WorkDone): void {
    const elapsedSeconds = (performance.now() - startedMs) / 1000
    work.value = { ...done, elapsedSeconds, remainingSeconds: remainingSeconds(done.share, elapsedSeconds) }
  }

  const clock = useIntervalFn(() => {
    if (work.value) look(work.value)
  }, 1000, { immediate: false })

  labBridge().on('questionProgress', ({ question: about, share, step }) => {
    if (about === question && work.value) look({ share, step })
  })

  return {
    work: shallowReadonly(work),
    begin: () => {
      startedMs = performance.now()
      look({ share: 0, step: '' })
      clock.resume()
    },
    end: () => {
      work.value = undefined
      clock.pause()
    },
  }
}
