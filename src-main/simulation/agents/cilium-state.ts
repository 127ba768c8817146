import type { RecordedIdentities } from '#shared/contract/control-plane'
import type { CiliumSettings, Lab, Variant } from '#shared/lab/index'

import type { AddressAssignment } from '../ipam/index'
import type { Pod } from '../kubernetes/index'
import { assignIdentities, identityLimit, variantPolicies } from '../policy/index'
import type { Topology } from '../topology/index'

/** The policy maps of a node's pods. */
export interface PolicyMapLoad {
  /** Entries that each has room for. */
  readonly capacity: number
  /** Entries that the pod with most of them wants. */
  readonly fullest: number
  /** Entries in all of them. */
  readonly total: number
}

/** A cluster's pods, over the time of a run, and their addresses. */
interface PodsOfRun {
  readonly topology: Topology
  readonly pods: readonly Pod[]
  readonly addresses: AddressAssignment | undefined
}

/** Answers what is in the policy maps of a node's pods under a variant; undefined where there are no such maps. */
export function policyMapLoads(lab: Lab, variant: Variant, { topology, pods, addresses }: PodsOfRun): (node: number) => PolicyMapLoad | undefined {
  const { maps } = variantPolicies(lab, variant, {
    pods,
    hostAddresses: topology.hosts.map(({ address }) => address),
    podAddress: (pod) => addresses?.ofPod[pod],
  }).compiled
  if (maps === undefined) return () => undefined
  const { capacity } = maps.settings
  return (node) => {
    const sizes = pods.flatMap((pod, index) => (pod.node === node && !pod.hostNetwork ? [maps.sizeOf(index)] : []))
    return { capacity, fullest: Math.max(0, ...sizes), total: sizes.reduce((sum, size) => sum + Math.min(size, capacity), 0) }
  }
}

/** The identities of a run's pods. */
export function recordedIdentities(pods: readonly Pod[], settings: CiliumSettings): RecordedIdentities {
  const { count, limit, without } = assignIdentities(pods, settings)
  return { inUse: count, limit, podsWithout: without.length }
}

/**
 * How many identities the labels of so many pods take, and how many there can be: sets that pods share stay as many as in the lab;
 * of those that a pod has for itself there are more with more pods.
 */
export function identitiesNeeded(labPods: readonly Pod[], settings: CiliumSettings, pods: number): { readonly needed: number; readonly limit: number } {
  const counted = (some: readonly Pod[]): number => assignIdentities(some, settings).count
  const unique = labPods.filter(({ uniqueLabels }) => uniqueLabels !== undefined)
  const shared = counted(labPods.filter(({ uniqueLabels }) => uniqueLabels === undefined))
  const sets = new Set(unique.map(({ workload }) => workload)).size
  // Labels that are left out of identities make no difference between pods of a workload.
  const grows = counted(unique) > sets
  return { needed: shared + (grows ? Math.round((unique.length / labPods.length) * pods) : counted(unique)), limit: identityLimit(settings) }
}
