import type { PolicyFacts } from '#shared/contract/comparison'

import { askedPort, type VariantReach } from '../plan/index'
import { reachMatrix, type ReachMatrix } from '../policy/index'

/** Between more pods than this the matrix takes seconds. */
const MOST_PODS = 5000

/** What a variant makes of the lab's policies. */
export function policyFacts(reach: VariantReach): PolicyFacts {
  const { pods, compiled, dialect, unused } = reach
  const all = pods.length * (pods.length - 1)
  const matrix = pods.length > MOST_PODS ? undefined : reachMatrix(compiled, pods.map((_, pod) => pod), 'TCP', askedPort(reach, 'TCP'))
  return { dialect: dialect ?? null, unused, ...(matrix && { pairs: { allowed: allowedPairs(matrix), all } }) }
}

/** Ordered pairs of different ends that may connect. */
function allowedPairs({ groups, allowed }: ReachMatrix): number {
  let pairs = 0
  groups.forEach((sources, from) => {
    groups.forEach((destinations, to) => {
      if (!allowed(from, to)) return
      pairs += from === to ? sources.length * (sources.length - 1) : sources.length * destinations.length
    })
  })
  return pairs
}
