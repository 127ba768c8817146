import { z } from 'zod'

import timingFile from '../../../resources/calibration/control-plane.json'

const seconds = z.number().min(0)
const source = z.string().min(1)

const timingSchema = z.strictObject({
  schema: z.literal('cnilab/control-plane/v1'),
  description: z.string(),
  watch: z.strictObject({ medianSeconds: seconds, p99Seconds: seconds, source }),
  felix: z.strictObject({ applyIntervalSeconds: seconds, burst: z.int(), source }),
  typha: z.strictObject({ nodesPerReplica: z.int(), leastReplicas: z.int(), mostReplicas: z.int(), batchAgeSeconds: seconds, source }),
  bird: z.strictObject({ coresPer25000Routes: z.number(), source }),
  resident: z.strictObject({ calicoMiB: z.number(), calicoEbpfMiB: z.number(), flannelMiB: z.number(), source }),
  kubeProxy: z.strictObject({
    minSyncSeconds: seconds,
    iptablesSecondsPerLine: seconds,
    nftablesFullSyncSecondsPerService: seconds,
    nftablesPartialSyncSeconds: seconds,
    iptablesPartialSecondsPerEndpoint: seconds,
    source,
  }),
  cilium: z.strictObject({
    loadBalancerWaitSeconds: seconds,
    endpointPolicySeconds: seconds,
    agentKiBPerPod: z.number(),
    agentMiBAt50000Pods: z.number(),
    agentLeastMiB: z.number(),
    agentIdleCores: z.number(),
    agentCoresCreatingPods: z.number(),
    mapMemoryMiB: z.number(),
    /** Between two looks for keys of IPsec that are over. */
    staleKeySeconds: seconds,
    source,
  }),
  kvstore: z.strictObject({ medianSeconds: seconds, p99Seconds: seconds, source }),
  endpointSlices: z.strictObject({
    mostEndpoints: z.int().positive(),
    gatherSeconds: seconds,
    /** Writes a second, and at once, by the least number of nodes that they are for. */
    limits: z.array(z.strictObject({ nodes: z.int(), perSecond: z.number().positive(), burst: z.int() })).min(1),
    source,
  }),
  podStart: z.strictObject({ medianSeconds: seconds, p99Seconds: seconds, source }),
  kubernetes: z.strictObject({
    leaseRenewSeconds: seconds,
    nodeMonitorPeriodSeconds: seconds,
    nodeMonitorGraceSeconds: seconds,
    unreachableTolerationSeconds: seconds,
    evictionsPerSecond: z.number().positive(),
    /** From so many silent nodes on that are this share of all, few nodes are evicted in large clusters, and none in others. */
    unhealthyZone: z.strictObject({
      leastNodes: z.number().int().positive(), share: z.number().min(0).max(1), largeClusterNodes: z.number().int().positive(),
      largeClusterEvictionsPerSecond: z.number().positive(), source,
    }),
    endpointSyncSeconds: seconds,
    /** Between two looks of the kubelet at what it has mounted for a pod. */
    volumeSyncSeconds: seconds,
    source,
  }),
})

/** How long control planes take and what agents hold: resources/calibration/control-plane.json, checked. */
export const TIMING = timingSchema.parse(timingFile)
