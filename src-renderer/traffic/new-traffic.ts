import type { Outline } from '#renderer/stores/outline'
import { addTraffic, type LabDocument, type LabEdit } from '#shared/lab/index'

import { endFromValue, endOptions } from './end-options'

/**
 * A stream between the first two ends that a lab offers: pods of two workloads where there are any, on two nodes where
 * that can be told. Undefined where there is nothing to send between.
 */
export function newTraffic(outline: Outline): ((document: LabDocument) => LabEdit) | undefined {
  const values = endOptions(outline).map(({ value }) => value)
  const [from] = values
  if (from === undefined) return undefined
  const stem = from.replace(/-\d+$/u, '')
  const to = values.find((value) => value !== from && !value.startsWith(stem) && value.startsWith('pod '))
    ?? values.find((value) => value !== from)
  if (to === undefined) return undefined
  const ends = { from: endFromValue(outline, from, undefined, false), to: withPort(endFromValue(outline, to, undefined, true)) }
  return (document) => addTraffic(document, { kind: 'tcp-stream', ...ends })
}

/** A receiver that says nothing of its ports listens on iperf3's. */
function withPort(end: ReturnType<typeof endFromValue>): ReturnType<typeof endFromValue> {
  return 'port' in end ? end : { ...end, port: 5201 }
}
