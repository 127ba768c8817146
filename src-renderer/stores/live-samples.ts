import type { LiveSample, LiveTask } from '#shared/charts/index'
import type { RunProgress, RunTask } from '#shared/contract/run-messages'

/** What was seen of each task of a run under way. It grows with every look and is not reactive. */
export class LiveSamples {
  readonly tasks: readonly (LiveTask & { readonly samples: LiveSample[] })[]

  constructor(tasks: readonly RunTask[]) {
    this.tasks = tasks.map(({ variant }) => ({ variant, samples: [] }))
  }

  /** Appends what a look saw; a task that has not moved on since adds nothing. */
  add(look: RunProgress): void {
    look.tasks.forEach(({ simulatedSeconds, goodputBps }, index) => {
      if (goodputBps.length > 0) this.tasks[index]?.samples.push({ seconds: simulatedSeconds, goodputBps })
    })
  }
}
