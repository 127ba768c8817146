import { TIMING } from './timing'

/** What happens when a node is lost silently, in seconds from the loss. */
export interface NodeLostTimeline {
  /** The node controller declares the node's state unknown; its pods are not ready, and endpoints go. */
  readonly notReadySeconds: readonly [number, number]
  /** Services send nothing to its pods any more. */
  readonly endpointsGoneSeconds: readonly [number, number]
  /** Its pods are deleted, and replaced elsewhere. */
  readonly podsEvictedSeconds: readonly [number, number]
}

/**
 * Kubernetes' reaction to a lost node, as earliest and latest times. The lease was renewed up to an interval before the
 * loss; the controller looks once a period; `rank` is how many nodes of the zone were lost before it, as evictions take turns.
 */
export function nodeLostTimeline(rank = 0): NodeLostTimeline {
  const { leaseRenewSeconds, nodeMonitorPeriodSeconds, nodeMonitorGraceSeconds, unreachableTolerationSeconds, evictionsPerSecond, endpointSyncSeconds } =
    TIMING.kubernetes
  const notReady = [nodeMonitorGraceSeconds - leaseRenewSeconds, nodeMonitorGraceSeconds + nodeMonitorPeriodSeconds] as const
  const turn = rank / evictionsPerSecond
  const shift = (by: number) => [notReady[0] + by, notReady[1] + by] as const
  return {
    notReadySeconds: notReady,
    endpointsGoneSeconds: shift(endpointSyncSeconds),
    podsEvictedSeconds: shift(unreachableTolerationSeconds + turn),
  }
}
