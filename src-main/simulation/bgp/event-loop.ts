/** A thing to do at a time; `done` once it was done or called off. */
interface Scheduled {
  readonly atNs: number
  readonly sequence: number
  readonly action: () => void
  done: boolean
}

/** Calls off what was scheduled; harmless afterwards. */
export type Cancel = () => void

/** The future of a control plane: actions by time, those of one time in the order they were scheduled. */
export class EventLoop {
  /** Simulated time reached, ns. */
  nowNs = 0
  /** Actions carried out. */
  count = 0
  private readonly heap: Scheduled[] = []
  private sequence = 0

  /** Schedules an action so many ns from now. Requires: `delayNs` ≥ 0. */
  after(delayNs: number, action: () => void): Cancel {
    return this.at(this.nowNs + delayNs, action)
  }

  /** Schedules an action at a time, not before now; fractions of a nanosecond are rounded. */
  at(atNs: number, action: () => void): Cancel {
    if (!(atNs >= this.nowNs)) throw new RangeError('An action was scheduled in the past, or at no time')
    const entry: Scheduled = { atNs: Math.round(atNs), sequence: this.sequence++, action, done: false }
    this.push(entry)
    return () => {
      entry.done = true
    }
  }

  /** Carries out all that lies at or before a time, which is then now. */
  runUntil(untilNs: number): void {
    for (;;) {
      const first = this.heap[0]
      if (first === undefined || first.atNs > untilNs) break
      this.pop()
      if (first.done) continue
      first.done = true
      this.nowNs = first.atNs
      this.count++
      first.action()
    }
    this.nowNs = Math.max(this.nowNs, untilNs)
  }

  private push(entry: Scheduled): void {
    const { heap } = this
    let index = heap.length
    heap.push(entry)
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!before(entry, heap[parent]!)) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = entry
  }

  private pop(): void {
    const { heap } = this
    const last = heap.pop()!
    if (heap.length === 0) return
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++
      if (!before(heap[child]!, last)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = last
  }
}

function before(a: Scheduled, b: Scheduled): boolean {
  return a.atNs < b.atNs || (a.atNs === b.atNs && a.sequence < b.sequence)
}

/** A timer that is started, restarted and stopped. */
export class Timer {
  private readonly loop: EventLoop
  private readonly action: () => void
  private cancel: Cancel | undefined

  constructor(loop: EventLoop, action: () => void) {
    this.loop = loop
    this.action = action
  }

  /** Whether it runs. */
  get running(): boolean {
    return this.cancel !== undefined
  }

  /** Starts it anew, to go off in so many ns. */
  start(delayNs: number): void {
    this.stop()
    this.cancel = this.loop.after(delayNs, () => {
      this.cancel = undefined
      this.action()
    })
  }

  stop(): void {
    this.cancel?.()
    this.cancel = undefined
  }
}
