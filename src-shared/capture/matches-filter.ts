import type { CaptureEnd, CaptureFilter } from '../plan/index'

/** A header as a filter sees it; ports are −1 where it has none. */
export interface FilteredHeader {
  readonly protocol: number
  readonly source: number
  readonly destination: number
  readonly sourcePort: number
  readonly destinationPort: number
}

/** Whether a packet with these headers matches a filter: each condition is met by any of the headers. */
export function matchesFilter(filter: CaptureFilter, headers: readonly FilteredHeader[]): boolean {
  if ('not' in filter) return !matchesFilter(filter.not, headers)
  if ('all' in filter) return filter.all.every((part) => matchesFilter(part, headers))
  if ('any' in filter) return filter.any.some((part) => matchesFilter(part, headers))
  if ('protocol' in filter) return headers.some(({ protocol }) => protocol === filter.protocol)
  if ('host' in filter) {
    return headers.some(({ source, destination }) => isAt(filter.end, filter.host, source, destination))
  }
  return headers.some(({ sourcePort, destinationPort }) => isAt(filter.end, filter.port, sourcePort, destinationPort))
}

function isAt(end: CaptureEnd, wanted: number, source: number, destination: number): boolean {
  return (end !== 'destination' && source === wanted) || (end !== 'source' && destination === wanted)
}
