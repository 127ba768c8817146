/** Whether the machine has cores to spare just now. */

import { type CpuInfo, cpus } from 'node:os'
import { setTimeout } from 'node:timers/promises'

/** How long cores are watched: some ticks of the kernel's accounts, which come every ten milliseconds. */
const WATCH_MS = 60
/** A core counts as free that others use for no more than this share of the time. */
const USED_BY_OTHERS = 0.2

type Times = readonly Pick<CpuInfo, 'times'>[]

/** How many cores were idle between two looks at all of them, as a sum of shares: 1.5 is one and a half. */
export function idleCores(before: Times, after: Times): number {
  return after.reduce((sum, { times }, core) => {
    const earlier = before[core]?.times ?? times
    const idle = times.idle - earlier.idle
    const all = Object.values(times).reduce((total, time) => total + time, 0) - Object.values(earlier).reduce((total, time) => total + time, 0)
    return sum + (all > 0 ? idle / all : 0)
  }, 0)
}

/** Whether so many threads would each have a core of their own. Watches the machine for a moment while doing nothing. */
export async function hasCoresFor(threads: number): Promise<boolean> {
  const before = cpus()
  await setTimeout(WATCH_MS)
  return idleCores(before, cpus()) >= threads - USED_BY_OTHERS * threads
}
