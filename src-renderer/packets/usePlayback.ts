import { useIntervalFn } from '@vueuse/core'
import { readonly, ref, watch, type Ref } from 'vue'

/** How long a hop is in sight while the way is played, in milliseconds. */
const STEP_MS = 700

/** Where somebody stands in a list, and how to move. */
export interface Playback {
  /** Place in the list; 0 while it is empty. */
  readonly step: Readonly<Ref<number>>
  readonly isPlaying: Readonly<Ref<boolean>>
  readonly go: (step: number) => void
  readonly back: () => void
  readonly forward: () => void
  readonly first: () => void
  readonly last: () => void
  /** Plays on, from the start where the end is reached; or stops. */
  readonly toggle: () => void
}

/** Steps through a list of `length` things. A step taken by hand stops the playing. */
export function usePlayback(length: () => number): Playback {
  const step = ref(0)
  const move = (to: number): void => {
    step.value = Math.max(0, Math.min(to, length() - 1))
  }
  const { isActive, pause, resume } = useIntervalFn(() => {
    move(step.value + 1)
    if (step.value >= length() - 1) pause()
  }, STEP_MS, { immediate: false })
  const go = (to: number): void => {
    pause()
    move(to)
  }

  watch(length, () => go(0))

  return {
    step: readonly(step),
    isPlaying: readonly(isActive),
    go,
    back: () => go(step.value - 1),
    forward: () => go(step.value + 1),
    first: () => go(0),
    last: () => go(length() - 1),
    toggle: () => {
      if (isActive.value) {
        pause()
        return
      }
      if (step.value >= length() - 1) move(0)
      resume()
    },
  }
}
