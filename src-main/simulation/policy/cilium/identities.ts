import type { CiliumSettings } from '#shared/lab/index'

import type { Pod } from '../../kubernetes/index'
import { IdentityLabels } from './identity-labels'

/** Identity of a pod whose labels have none yet (pkg/identity/numericidentity.go, ReservedIdentityInit). */
export const INIT_IDENTITY = 5
/** Identities below are reserved (pkg/identity, MinimalNumericIdentity). */
const FIRST_CLUSTER_IDENTITY = 256
/** Identities have 24 bits, of which the number of a cluster takes 8, or 9 in a mesh of up to 511 (pkg/identity, GetClusterIDShift). */
const IDENTITY_BITS = 24
const CLUSTER_BITS = { 255: 8, 511: 9 } as const

/** Settings that decide about identities. */
type IdentitySettings = Pick<CiliumSettings, 'labels' | 'clustermesh'>

/** The identities of a cluster's pods. */
export interface PodIdentities {
  /** Per pod: its number; {@link INIT_IDENTITY} where none was left for its labels. In the host's network it counts as the host. */
  readonly ofPod: readonly number[]
  /** How many are in use, and how many there can be. */
  readonly count: number
  readonly limit: number
  /** Pods that got none. */
  readonly without: readonly number[]
}

/** How many identities a cluster can give its pods' labels: 65,280, in a mesh of up to 511 clusters 32,512. */
export function identityLimit({ clustermesh }: IdentitySettings): number {
  return 2 ** (IDENTITY_BITS - CLUSTER_BITS[clustermesh.maxConnectedClusters]) - FIRST_CLUSTER_IDENTITY
}

/**
 * Gives pods their identities: those of one namespace and service account with equal labels, as far as these matter, share one.
 * Who is there first gets it; identities of pods that are gone stay in use, since the operator looks for those after 15 minutes.
 * Real agents draw numbers from the range; here they follow the order.
 */
export function assignIdentities(pods: readonly Pod[], settings: IdentitySettings): PodIdentities {
  const limit = identityLimit(settings)
  const labels = new IdentityLabels(settings.labels)
  const known = new Map<string, number>()
  const ofPod = pods.map(() => INIT_IDENTITY)
  const without: number[] = []
  for (const index of byCreation(pods)) {
    const pod = pods[index]!
    if (pod.hostNetwork) continue
    const key = labelSet(pod, labels)
    let identity = known.get(key)
    if (identity === undefined && known.size < limit) {
      identity = FIRST_CLUSTER_IDENTITY + known.size
      known.set(key, identity)
    }
    if (identity === undefined) without.push(index)
    else ofPod[index] = identity
  }
  return { ofPod, count: known.size, limit, without }
}

/** Pods with the labels that identities know of; a pod itself where these are all that it has. */
export function identifiedPods(pods: readonly Pod[], settings: IdentitySettings): readonly Pod[] {
  const labels = new IdentityLabels(settings.labels)
  return pods.map((pod) => {
    const kept = labels.of(pod.labels)
    return kept === pod.labels ? pod : { ...pod, labels: kept }
  })
}

/** Pods that no identity is left for; nobody has to be asked where there are fewer pods than identities. */
export function podsWithoutIdentity(pods: readonly Pod[], settings: IdentitySettings): ReadonlySet<number> {
  return new Set(pods.length <= identityLimit(settings) ? [] : assignIdentities(pods, settings).without)
}

function byCreation(pods: readonly Pod[]): number[] {
  return pods.map((_, index) => index).toSorted((a, b) => (pods[a]!.createdNs ?? 0) - (pods[b]!.createdNs ?? 0))
}

function labelSet({ namespace, serviceAccount, labels }: Pod, relevant: IdentityLabels): string {
  return JSON.stringify([namespace, serviceAccount, Object.entries(relevant.of(labels)).toSorted(([a], [b]) => (a < b ? -1 : 1))])
}
