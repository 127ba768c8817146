import type { CiliumSettings } from '#shared/lab/index'

import { throttled } from './apply-times'
import type { ClusterChange } from './cluster-changes'
import { firstUp, type Downtime } from './downtimes'
import { TIMING } from './timing'
import type { WatchDraws } from './watch-delays'

/** How Cilium's agents learn of other nodes' pods: by an object each, by slices that the operator writes, or from an etcd of their own. */
export type EndpointDistribution = 'endpoints' | 'slices' | 'kvstore'

/** Stands for the operator where draws are for nodes. */
const OPERATOR = -1

/** How agents learn of pods under some settings (`identityAllocationMode`, `ciliumEndpointSlice.enabled`). */
export function endpointDistribution({ identityAllocationMode: mode, ciliumEndpointSlice }: CiliumSettings): EndpointDistribution {
  if (mode === 'kvstore' || mode === 'doublewrite-readkvstore') return 'kvstore'
  return ciliumEndpointSlice.enabled ? 'slices' : 'endpoints'
}

/** How often the operator writes slices in a cluster of so many nodes. */
export function sliceLimits(nodes: number): { readonly perSecond: number; readonly burst: number } {
  return TIMING.endpointSlices.limits.findLast((limit) => limit.nodes <= nodes)!
}

/**
 * When the operator has written the slices that some changes of addresses are in, by the changes' places; undefined for others. It
 * is told of each by a watch, gathers what comes within half a second, and writes no more often than it may.
 */
export function sliceTimes(
  changes: readonly ClusterChange[],
  nodes: number,
  { api, operator, draws }: { readonly api: readonly Downtime[]; readonly operator: readonly Downtime[]; readonly draws: WatchDraws },
): (number | undefined)[] {
  const { perSecond, burst } = sliceLimits(nodes)
  const told = changes
    .flatMap(({ subject, atNs }, place) =>
      subject.kind === 'address' ? [{ place, atNs: firstUp(operator, firstUp(api, atNs) + draws.of(place, OPERATOR).watchNs()) }] : [])
    .toSorted((a, b) => a.atNs - b.atNs)
  const written = throttled({ intervalSeconds: 1 / perSecond, burst, gatherSeconds: TIMING.endpointSlices.gatherSeconds })(told.map(({ atNs }) => atNs))
  const times: (number | undefined)[] = changes.map(() => undefined)
  told.forEach(({ place }, index) => (times[place] = written[index]))
  return times
}
