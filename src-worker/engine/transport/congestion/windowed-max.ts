/** The largest of recent measurements (Kathleen Nichols' filter; lib/win_minmax.c): three samples stand for a window. */
export class WindowedMax {
  private readonly times = new Float64Array(3)
  private readonly values = new Float64Array(3)

  /** Largest value in the window. */
  get best(): number {
    return this.values[0]
  }

  /** Forgets everything but one measurement. */
  reset(time: number, value: number): void {
    this.times.fill(time)
    this.values.fill(value)
  }

  /** Takes a measurement; those older than `window` no longer count. */
  take(window: number, time: number, value: number): void {
    const { times, values } = this
    if (value >= values[0] || time - times[2] > window) {
      this.reset(time, value)
      return
    }
    if (value >= values[1]) {
      this.set(1, time, value)
      this.set(2, time, value)
    } else if (value >= values[2]) {
      this.set(2, time, value)
    }
    this.age(window, time, value)
  }

  private age(window: number, time: number, value: number): void {
    const { times } = this
    const passed = time - times[0]
    if (passed > window) {
      this.shift(time, value)
      if (time - times[0] > window) this.shift(time, value)
    } else if (times[1] === times[0] && passed > window / 4) {
      this.set(1, time, value)
      this.set(2, time, value)
    } else if (times[2] === times[1] && passed > window / 2) {
      this.set(2, time, value)
    }
  }

  private shift(time: number, value: number): void {
    this.set(0, this.times[1], this.values[1])
    this.set(1, this.times[2], this.values[2])
    this.set(2, time, value)
  }

  private set(sample: number, time: number, value: number): void {
    this.times[sample] = time
    this.values[sample] = value
  }
}
