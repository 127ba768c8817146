import { formatBytes, parseBytes, type Bytes } from './bytes'
import { parsed, quoted, refused, type ParseResult } from './parse-result'

/** How much a queue holds before it drops: a number of bytes, or of packets whatever their size. */
export type QueueLimit =
  | { readonly unit: 'bytes'; readonly bytes: Bytes }
  | { readonly unit: 'packets'; readonly packets: number }

const MAX_PACKETS = 2 ** 31 - 1
const packetCount = /^(?<packets>\d+)p$/u

/** Reads a queue length: `1MB`, `64KiB` or `100p` (packets). A queue holds at least one byte or packet. */
export function parseQueueLimit(text: string): ParseResult<QueueLimit> {
  const packets = packetCount.exec(text)?.groups?.['packets']
  if (packets !== undefined) return packetLimit(text, Number(packets))
  const size = parseBytes(text)
  if (!size.ok) {
    return refused(
      size.error.reason,
      `${size.error.message} A queue length can also be in packets, like 100p.`,
      size.error.suggestion,
    )
  }
  return size.value === 0 ? refuseEmpty(text) : parsed({ unit: 'bytes', bytes: size.value })
}

function packetLimit(text: string, packets: number): ParseResult<QueueLimit> {
  if (packets === 0) return refuseEmpty(text)
  if (packets > MAX_PACKETS)
    return refused('range', `${quoted(text)} is more than 2^31 - 1 packets, the longest queue.`)
  return parsed({ unit: 'packets', packets })
}

function refuseEmpty(text: string): ParseResult<never> {
  return refused('range', `${quoted(text)} leaves no room for a packet; a queue holds at least 1B or 1p.`)
}

/** Writes a queue length as a lab file has it: `1MB`, `100p`. */
export function formatQueueLimit(limit: QueueLimit): string {
  return limit.unit === 'packets' ? `${limit.packets}p` : formatBytes(limit.bytes)
}
