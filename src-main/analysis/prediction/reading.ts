import type { TrafficResult } from '#shared/metrics/index'

import type { MeasurementRow } from './measurement-table'

const GIGA = 1e9
const MICROSECONDS = 1e6

/** What a tool would have read off a run, in the row's unit; null where nothing was delivered. */
export function readingOf({ metric, streams, perFlow }: MeasurementRow, traffic: TrafficResult): number | null {
  const perSecond = traffic.transactionsPerSecond ?? 0
  const share = perFlow ? 1 / streams : 1
  switch (metric) {
    case 'tcp-stream-gbps':
    case 'udp-stream-gbps':
      return positiveOrNull((traffic.goodputBps / GIGA) * share)
    case 'tcp-rr-per-s':
    case 'udp-rr-per-s':
    case 'tcp-crr-per-s':
      return positiveOrNull(perSecond * share)
    case 'tcp-rr-us':
    case 'tcp-crr-us':
      return perSecond > 0 ? (streams * MICROSECONDS) / perSecond : null
    case 'tcp-pingpong-us':
      return perSecond > 0 ? (streams * MICROSECONDS) / perSecond / 2 : null
  }
}

function positiveOrNull(value: number): number | null {
  return value > 0 ? value : null
}
