import { asText, type Given } from '#renderer/stores/given'
import { counted } from '#shared/analysis/index'
import type { TrafficKind } from '#shared/lab/index'

/** What kinds of traffic are called. */
export const TRAFFIC_KIND_LABELS: Readonly<Record<TrafficKind, string>> = {
  'tcp-stream': 'TCP stream',
  'udp-stream': 'UDP stream',
  'tcp-rr': 'TCP request/response',
  'tcp-crr': 'TCP connect/request/response',
  'udp-rr': 'UDP request/response',
  icmp: 'Ping',
  http: 'HTTP',
}

/** What a kind of traffic is called, by the name that a file gives. */
export function trafficKindLabel(kind: string): string {
  return (TRAFFIC_KIND_LABELS as Readonly<Record<string, string>>)[kind] ?? kind
}

/** What an entry says beyond its kind and ends, in the order of its record. */
export function summaryOf(given: Given): string {
  const parts: readonly (readonly [string, string])[] = [
    ['pattern', ''], ['rate', 'rate'], ['requestRate', 'requests/s'], ['load', 'load'], ['payload', 'payload'],
    ['arrivals', 'arrivals'], ['request', 'request'], ['response', 'response'], ['timeout', 'timeout'], ['congestion', ''], ['rtoMin', 'least RTO'],
    ['sendBuffer', 'send buffer'], ['receiveBuffer', 'receive buffer'], ['start', 'from'], ['stop', 'to'],
  ]
  const switches = ['barrier', 'reverse', 'sendfile', 'ecn', 'noDelay'].filter((key) => given[key] === true)
  const streams = given['streams'] === undefined ? [] : [counted(Number(given['streams']), 'stream')]
  const others = parts.filter(([key]) => given[key] !== undefined).map(([key, word]) => `${word} ${asText(given[key])}`.trim())
  return [...streams, ...others, ...switches].join(' · ')
}
