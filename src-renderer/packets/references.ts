import { asName, asNumber, asObject, type Given } from '#renderer/stores/given'
import type { Outline } from '#renderer/stores/outline'
import type { PacketQuestion } from '#renderer/stores/packets'

/** Pods of one workload that are offered; any other may be typed. */
const MOST_PODS_LISTED = 16
/** Ends that are offered in all. */
const MOST_ENDS_LISTED = 600

/** The ends that a packet can go between, as the trace names them. */
export function endReferences(outline: Outline): readonly string[] {
  const pods = outline.workloads.flatMap(({ namespace, name, replicas }) =>
    Array.from({ length: Math.min(replicas, MOST_PODS_LISTED) }, (_, index) => `${namespace}/${name}-${index}`))
  return [
    ...pods,
    ...outline.services.map(({ namespace, name }) => `service/${namespace}/${name}`),
    ...outline.external.map(({ name }) => `external/${name}`),
    ...outline.nodes.map(({ name }) => `node/${name}`),
  ].slice(0, MOST_ENDS_LISTED)
}

/** What to ask first about a lab: the first packet of its first traffic, through its first variant. */
export function firstQuestion(outline: Outline): PacketQuestion {
  const given = asObject(outline.traffic[0]?.given)
  const [first = '', second = ''] = endReferences(outline)
  const port = asNumber(asObject(given['to'])['port'], undefined)
  return {
    variant: outline.variants[0]?.name ?? '',
    compared: outline.variants[1]?.name ?? '',
    from: endReference(asObject(given['from'])) ?? first,
    to: endReference(asObject(given['to'])) ?? second,
    protocol: protocolOf(outline.traffic[0]?.trafficKind ?? ''),
    ...(port !== undefined && { port }),
  }
}

function endReference(end: Given): string | undefined {
  const workload = asName(end['workload'])
  if (workload !== undefined) return `${workload}-0`
  const named = (['node', 'external', 'service'] as const).find((kind) => asName(end[kind]) !== undefined)
  return named === undefined ? asName(end['pod']) : `${named}/${asName(end[named])!}`
}

function protocolOf(kind: string): PacketQuestion['protocol'] {
  if (kind.startsWith('udp')) return 'udp'
  return kind === 'ping' || kind === 'icmp' ? 'icmp' : 'tcp'
}
