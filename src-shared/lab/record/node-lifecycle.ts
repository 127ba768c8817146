import type { Nanos } from '#shared/units/index'

import { nanosSchema, wholeNumber } from '../quantity-schemas'
import { z } from '../schema-library'

/** How Kubernetes finds out that a node is lost; its own defaults unless given. */
export interface NodeLifecycle {
  /** Flags of kube-controller-manager. */
  readonly controllerManager?: {
    /** How long a node may be silent before its state is unknown (`--node-monitor-grace-period`). */
    readonly nodeMonitorGracePeriod?: Nanos | undefined
    /** How often nodes are looked at (`--node-monitor-period`). */
    readonly nodeMonitorPeriod?: Nanos | undefined
  }
  /** KubeletConfiguration of all nodes. */
  readonly kubelet?: {
    /** A lease is renewed every quarter of this (kubelet, nodeLeaseRenewIntervalFraction). */
    readonly nodeLeaseDurationSeconds?: number | undefined
  }
}

/** The schemas of these fields of the cluster. */
export const nodeLifecycleSchemas = {
  controllerManager: z.strictObject({ nodeMonitorGracePeriod: nanosSchema.optional(), nodeMonitorPeriod: nanosSchema.optional() }).optional(),
  kubelet: z.strictObject({ nodeLeaseDurationSeconds: wholeNumber(1, 1_000_000).optional() }).optional(),
}
