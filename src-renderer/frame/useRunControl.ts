import { computed, watch, type ComputedRef } from 'vue'

import { finishTyping } from '#renderer/composables/finish-typing'
import { useAnnouncer } from '#renderer/composables/useAnnouncer'
import { useToasts } from '#renderer/composables/useToasts'
import { useDocumentStore } from '#renderer/stores/document'
import { useRunsStore } from '#renderer/stores/runs'
import { clockTime } from '#renderer/ui/index'
import { counted } from '#shared/analysis/index'

/** What the run bar shows and does. */
export interface RunControl {
  /** Why the lab can't be run as it is; empty when it can. */
  readonly refusal: ComputedRef<string>
  readonly progress: ComputedRef<{ readonly share: number; readonly text: string; readonly stopping: boolean } | undefined>
  readonly run: () => Promise<void>
  readonly stop: () => void
}

/** Starts and stops runs of the open lab. `onStart` is called when a run was accepted. */
export function useRunControl(onStart: () => void): RunControl {
  const document = useDocumentStore()
  const runs = useRunsStore()
  const { show } = useToasts()
  const { announce } = useAnnouncer()

  const refusal = computed(() => {
    const errors = document.problems.filter(({ severity }) => severity === 'error').length
    if (errors > 0) return `The lab has ${counted(errors, 'error')}; the problems list says what to do.`
    if (document.outline.variants.length === 0) return 'Add a variant first: there is nothing to compare.'
    if (document.outline.traffic.length === 0) return 'Add traffic first: nobody talks to anybody.'
    return runs.starting ? 'The run is being set up.' : ''
  })

  const progress = computed(() => {
    if (runs.current === null) return undefined
    const look = runs.progress
    const tasks = runs.current.started.tasks.length
    const done = look?.tasks.filter(({ state }) => state === 'done').length ?? 0
    const rest = look?.remainingSeconds ?? null
    const left = rest === null ? '' : ` · ${clockTime(Math.ceil(rest))} left`
    return { share: look?.share ?? 0, text: `${done} of ${counted(tasks, 'task')}${left}`, stopping: runs.stopping }
  })

  async function run(): Promise<void> {
    // What was typed a moment ago counts, too.
    finishTyping()
    document.check()
    if (refusal.value !== '') {
      show({ text: refusal.value, tone: 'error' })
      return
    }
    if (runs.isRunning) return
    if (await runs.start({ text: document.text })) {
      announce('Run started')
      onStart()
    } else if (runs.refusal) {
      show({ text: runs.refusal.message, tone: 'error' })
    }
  }

  watch(() => runs.isRunning, (running) => {
    if (!running) announce('Run finished')
  })

  return { refusal, progress, run, stop: () => void runs.stop() }
}
