import type { RecordedRoute } from '#shared/contract/control-plane'
import { formatIpv4Address, formatIpv4Prefix } from '#shared/units/index'

import { prefixOfKey, type FibEntry, type PrefixKey } from '../bgp/index'
import { SETTLING_NS, type ControlPlane } from './control-plane'
import { spansOf } from './spans'

/** A change of a row; `entry` is undefined where it went. */
interface RowChange {
  readonly atNs: number
  readonly key: PrefixKey
  readonly entry: FibEntry | undefined
}

/** A node's kernel routes over the lab's time; those that BIRD wrote and those of the plugin's agent. */
export function recordedRoutes(plane: ControlPlane, node: number): RecordedRoute[] {
  const { bgp, large, writer } = plane
  const ofAgent = rowsAsChanges(plane.agentRows(node))
  const ofBird: readonly RowChange[] = bgp?.speakers[node]!.kernel.changes ?? rowsAsChanges(large?.rows(node) ?? new Map())
  return [
    ...routesOf(ofBird, bgp === undefined ? 0 : SETTLING_NS, 'bird'),
    ...routesOf(ofAgent, 0, writer ?? 'kernel'),
  ].toSorted((a, b) => a.fromSeconds - b.fromSeconds)
}

function routesOf(changes: readonly RowChange[], fromNs: number, writer: string): RecordedRoute[] {
  return spansOf(changes, ({ key }) => key, fromNs).flatMap(({ item: { key, entry }, ...span }) =>
    entry === undefined
      ? []
      : [
          {
            ...span,
            prefix: formatIpv4Prefix(prefixOfKey(key)),
            kind: entry.kind,
            nextHops: entry.kind === 'via' ? entry.gateways.map(formatIpv4Address) : [],
            by: isOfKernel(key, entry) ? 'kernel' : writer,
          },
        ],
  )
}

function rowsAsChanges(rows: ReadonlyMap<PrefixKey, FibEntry>): RowChange[] {
  return Array.from(rows, ([key, entry]) => ({ atNs: 0, key, entry }))
}

/** The default route and the host's own subnets; pods' addresses are routes of agents. */
function isOfKernel(key: PrefixKey, { kind }: FibEntry): boolean {
  return key === 0 || (kind === 'connected' && prefixOfKey(key).length < 32)
}
