/**
 * How softirq work and threads share a core that both want: when softirq work has held it for two milliseconds, it goes on in
 * ksoftirqd, a thread like others, which takes turns with them (Linux kernel/softirq.c).
 */

const NONE = -1
/** Linux kernel/softirq.c: MAX_SOFTIRQ_TIME, msecs_to_jiffies(2). */
const MAX_SOFTIRQ_NS = 2_000_000
/** Linux kernel/sched/fair.c: sysctl_sched_base_slice 0.75 ms × (1 + log2 of at least 8 cores). */
const THREAD_SLICE_NS = 3_000_000

export class SoftirqShares {
  /** Softirq work of each core since it last had none, or since threads last had their turn, ns. */
  private readonly spentNs: Float64Array
  /** When the threads' turn ends, ns; −1: it is not theirs. */
  private readonly sliceEndNs: Float64Array

  constructor(cores: number) {
    this.spentNs = new Float64Array(cores)
    this.sliceEndNs = new Float64Array(cores).fill(NONE)
  }

  /** Softirq work takes so much of the core's time. */
  spend(core: number, ns: number): void {
    this.spentNs[core] += ns
  }

  /** The core has no softirq work left. */
  rest(core: number): void {
    this.spentNs[core] = 0
    this.sliceEndNs[core] = NONE
  }

  /** Whether it is threads' turn although softirq work waits; `isWanted` says whether any thread wants it. */
  isThreadsTurn(core: number, isWanted: boolean, nowNs: number): boolean {
    if (this.sliceEndNs[core] !== NONE) {
      if (nowNs < this.sliceEndNs[core]) return isWanted
      this.rest(core)
    }
    if (this.spentNs[core] < MAX_SOFTIRQ_NS || !isWanted) return false
    this.sliceEndNs[core] = nowNs + THREAD_SLICE_NS
    return true
  }
}
