/** The clock of TCP's timestamps (RFC 7323), which ticks in milliseconds: what an echo tells of time. */

import { TIMESTAMP_TICK_NS } from './tcp-constants'

/** Number of the tick that a time lies in. */
export function timestampTick(atNs: number): number {
  return Math.floor(atNs / TIMESTAMP_TICK_NS)
}

/** The time between an echoed timestamp and now, ns: whole ticks, one at least. */
export function echoedNs(echoNs: number, nowNs: number): number {
  return Math.max(1, timestampTick(nowNs) - timestampTick(echoNs)) * TIMESTAMP_TICK_NS
}
