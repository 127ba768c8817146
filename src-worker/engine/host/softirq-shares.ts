/**
 * How softirq work and threads share a core that both want (handle_softirqs, Linux kernel/softirq.c). Softirq work comes
 * first, until it has polled ten rounds or two milliseconds without an end; then it goes on in ksoftirqd, a thread that takes
 * turns with the others until no work is left. All of a node's pods are one control group, kubepods, whose weight is that of
 * one thread for each core: however many of their threads want a core, ksoftirqd has half of it. While it is awake nothing else
 * runs softirq work, as in kernels from 2016 (commit 4cd13c21b207) to 2023, which those of most published measurements are.
 */

const NONE = -1
/** Linux kernel/softirq.c: MAX_SOFTIRQ_TIME, msecs_to_jiffies(2). */
const MAX_SOFTIRQ_NS = 2_000_000
/** Linux kernel/softirq.c: MAX_SOFTIRQ_RESTART. */
const MAX_SOFTIRQ_ROUNDS = 10
/** Linux kernel/sched/fair.c: sysctl_sched_base_slice 0.75 ms × (1 + log2 of at least 8 cores). */
const THREAD_SLICE_NS = 3_000_000

export class SoftirqShares {
  /** Since when the core has had softirq work, or ksoftirqd its turn, ns; −1: it has none. */
  private readonly beganNs: Float64Array
  /** Rounds polled since then, before ksoftirqd took over. */
  private readonly rounds: Uint8Array
  /** 1 where ksoftirqd has taken over. */
  private readonly isThread: Uint8Array
  /** 1 where threads come next. */
  private readonly isOver: Uint8Array
  /** When the threads' turn ends, ns; −1: it is not theirs. */
  private readonly sliceEndNs: Float64Array

  constructor(cores: number) {
    this.beganNs = new Float64Array(cores).fill(NONE)
    this.rounds = new Uint8Array(cores)
    this.isThread = new Uint8Array(cores)
    this.isOver = new Uint8Array(cores)
    this.sliceEndNs = new Float64Array(cores).fill(NONE)
  }

  /** A round of polls begins. */
  beginRound(core: number, nowNs: number): void {
    if (this.beganNs[core] === NONE) this.beganNs[core] = nowNs
  }

  /** A round of polls is over. */
  endRound(core: number, nowNs: number): void {
    const spentNs = nowNs - this.beganNs[core]
    if (this.isThread[core] === 1) {
      if (spentNs >= THREAD_SLICE_NS) this.isOver[core] = 1
    } else if (++this.rounds[core] === MAX_SOFTIRQ_ROUNDS || spentNs >= MAX_SOFTIRQ_NS) {
      this.isThread[core] = 1
      this.isOver[core] = 1
    }
  }

  /** The core has no softirq work left. */
  rest(core: number): void {
    if (this.beganNs[core] === NONE) return
    this.beganNs[core] = NONE
    this.rounds[core] = 0
    this.isThread[core] = 0
    this.isOver[core] = 0
    this.sliceEndNs[core] = NONE
  }

  /** Whether it is threads' turn although the core has to poll, between two rounds; `isWanted` says whether any thread wants it. */
  isThreadsTurn(core: number, isWanted: boolean, nowNs: number): boolean {
    if (this.sliceEndNs[core] !== NONE) {
      if (nowNs < this.sliceEndNs[core]) return isWanted
      this.sliceEndNs[core] = NONE
      this.isOver[core] = 0
      this.beganNs[core] = nowNs
    }
    if (this.isOver[core] === 0 || !isWanted) return false
    this.sliceEndNs[core] = nowNs + THREAD_SLICE_NS
    return true
  }
}
