import type { NodeLifecycle } from '#shared/lab/record/node-lifecycle'
import { SECOND_NS } from '#shared/units/index'

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

/** How soon a cluster finds out that a node is silent, seconds. */
export interface NodeMonitoring {
  /** Between renewals of a node's lease. */
  readonly renewSeconds: number
  readonly periodSeconds: number
  readonly graceSeconds: number
}

/** The kubelet renews its lease this often within its duration (kubelet, nodeLeaseRenewIntervalFraction 0.25). */
const RENEWALS_IN_LEASE = 4

/** How a cluster watches its nodes: as it is configured, else as Kubernetes does. */
export function nodeMonitoring({ controllerManager, kubelet }: NodeLifecycle): NodeMonitoring {
  const { leaseRenewSeconds, nodeMonitorPeriodSeconds, nodeMonitorGraceSeconds } = TIMING.kubernetes
  const { nodeMonitorPeriod: period, nodeMonitorGracePeriod: grace } = controllerManager ?? {}
  const lease = kubelet?.nodeLeaseDurationSeconds
  return {
    renewSeconds: lease === undefined ? leaseRenewSeconds : lease / RENEWALS_IN_LEASE,
    periodSeconds: period === undefined ? nodeMonitorPeriodSeconds : period / SECOND_NS,
    graceSeconds: grace === undefined ? nodeMonitorGraceSeconds : grace / SECOND_NS,
  }
}

/**
 * Kubernetes' reaction to a lost node, as earliest and latest times. The lease was renewed up to an interval before the
 * loss; the controller looks once a period; `rank` is how many nodes of the zone were lost before it, as evictions take turns.
 */
export function nodeLostTimeline(rank = 0, lifecycle: NodeLifecycle = {}): NodeLostTimeline {
  const { unreachableTolerationSeconds, evictionsPerSecond, endpointSyncSeconds } = TIMING.kubernetes
  const { renewSeconds, periodSeconds, graceSeconds } = nodeMonitoring(lifecycle)
  const notReady = [graceSeconds - renewSeconds, graceSeconds + periodSeconds] as const
  const turn = rank / evictionsPerSecond
  const shift = (by: number) => [notReady[0] + by, notReady[1] + by] as const
  return {
    notReadySeconds: notReady,
    endpointsGoneSeconds: shift(endpointSyncSeconds),
    podsEvictedSeconds: shift(unreachableTolerationSeconds + turn),
  }
}
