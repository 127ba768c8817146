import type { Pod } from '../../kubernetes/index'

/** Identity of another node's own packets (pkg/identity/numericidentity.go, ReservedIdentityRemoteNode). */
export const REMOTE_NODE_IDENTITY = 6
/** Identities below are reserved (pkg/identity, MinimalNumericIdentity). */
const FIRST_CLUSTER_IDENTITY = 256

/**
 * The security identity of every pod: pods of one namespace with equal labels share one. Real agents draw numbers from
 * the range; here they follow the lab's order.
 */
export function assignIdentities(pods: readonly Pod[]): number[] {
  const known = new Map<string, number>()
  return pods.map(({ namespace, labels }) => {
    const sorted = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))
    const key = JSON.stringify([namespace, sorted])
    const identity = known.get(key) ?? FIRST_CLUSTER_IDENTITY + known.size
    known.set(key, identity)
    return identity
  })
}
