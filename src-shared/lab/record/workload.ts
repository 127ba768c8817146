import { labelKeySchema, labelNameSchema, labelsSchema, objectNameSchema, plainNameSchema, type Labels } from '../name-schemas'
import { portSchema, wholeNumber } from '../quantity-schemas'
import { z } from '../schema-library'
import { podAnnotationsSchema, type PodAnnotations } from './pod-annotations'

/** A port that a workload's pods listen on. */
export interface WorkloadPort {
  readonly name?: string
  readonly port: number
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
}

/** Who makes a workload's pods, which decides what becomes of those that are deleted or whose node is lost. */
const WORKLOAD_CONTROLLERS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Pod'] as const

/** A group of equal pods: replica `i` is the pod `name-i`. */
export interface Workload {
  readonly name: string
  readonly namespace: string
  readonly labels: Labels
  /** Labels beside those that each of its pods has with its own name as the value, as those of jobs and of tools that number runs. */
  readonly uniqueLabels?: readonly string[]
  readonly replicas: number
  readonly ports: readonly WorkloadPort[]
  /** Nodes that its pods run on, dealt out in turn; empty: all nodes that have no taint against it. */
  readonly nodes: readonly string[]
  /** Service account of its pods, which policies may select by; `default` unless given. */
  readonly serviceAccount?: string
  /** Whether its pods are in their node's network namespace; not unless given. */
  readonly hostNetwork?: boolean
  readonly annotations?: PodAnnotations
  /**
   * Deployment unless given: another pod in place of each that is deleted or evicted, on any of its nodes. Of a StatefulSet
   * or DaemonSet the same pod comes again, on its node; a bare Pod does not.
   */
  readonly kind?: (typeof WORKLOAD_CONTROLLERS)[number]
  /**
   * How long its pods stay with a node that cannot be reached, seconds: their toleration of
   * node.kubernetes.io/unreachable:NoExecute. The API server's default of 300 unless given.
   */
  readonly tolerationSeconds?: number
}

/** The schema of a workload. One replica and the namespace `default`, as kubectl has them. */
export const workloadSchema = z.strictObject({
  name: labelNameSchema,
  namespace: labelNameSchema.default('default'),
  labels: labelsSchema.default({}),
  uniqueLabels: z.array(labelKeySchema).min(1).optional(),
  replicas: wholeNumber(0, 1_000_000).default(1),
  ports: z
    .array(
      z.strictObject({
        name: labelNameSchema.optional(),
        port: portSchema,
        protocol: z.enum(['TCP', 'UDP', 'SCTP']).default('TCP'),
      }),
    )
    .default([]),
  nodes: z.array(plainNameSchema).default([]),
  serviceAccount: objectNameSchema.optional(),
  hostNetwork: z.boolean().optional(),
  annotations: podAnnotationsSchema.optional(),
  kind: z.enum(WORKLOAD_CONTROLLERS).optional(),
  tolerationSeconds: wholeNumber(0, 1_000_000_000).optional(),
})
