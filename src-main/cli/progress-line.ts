import type { RunProgress } from '#shared/contract/run-messages'
import { humanCount } from '#shared/analysis/index'

import type { Terminal } from './terminal'

/** Without a terminal, a line is worth writing at the start, then after this much more of the run and time, or this long a silence. */
const sparse = { share: 0.1, seconds: 5, silence: 60 }

/** Shows how a run goes on: a terminal's last line is rewritten, anything else gets a line now and then. */
export class ProgressLine {
  private readonly terminal: Terminal
  private lastShare = -1
  private lastSeconds = -Infinity
  private shown = false

  constructor(terminal: Terminal) {
    this.terminal = terminal
  }

  /** Shows how the run stands. */
  update(progress: RunProgress): void {
    const { width } = this.terminal
    const text = describe(progress)
    if (width !== null) {
      this.terminal.error(`\r\u001b[K${text.slice(0, Math.max(0, width - 1))}`)
      this.shown = true
    } else if (this.isDue(progress)) {
      this.lastShare = progress.share
      this.lastSeconds = progress.elapsedSeconds
      this.terminal.error(`${text}\n`)
    }
  }

  /** Clears the terminal's line. */
  end(): void {
    if (this.shown) this.terminal.error('\r\u001b[K')
    this.shown = false
  }

  private isDue({ share, elapsedSeconds }: RunProgress): boolean {
    const passed = elapsedSeconds - this.lastSeconds
    return (share - this.lastShare >= sparse.share && passed >= sparse.seconds) || passed >= sparse.silence
  }
}

function describe({ share, tasks, eventsPerSecond, remainingSeconds }: RunProgress): string {
  const over = tasks.filter((task) => task.state !== 'queued' && task.state !== 'running').length
  const parts = [`${Math.floor(share * 100)} %`, `${over} of ${tasks.length} ${tasks.length === 1 ? 'task' : 'tasks'} done`]
  if (eventsPerSecond > 0) parts.push(`${humanCount(Math.round(eventsPerSecond))} events/s`)
  if (remainingSeconds !== null) parts.push(`about ${humanRemaining(remainingSeconds)} left`)
  return parts.join(', ')
}

/** `45 s`, `3 min`, `2 h 10 min`: as exact as an estimate deserves. */
function humanRemaining(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
