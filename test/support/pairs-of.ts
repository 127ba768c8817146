import { connectVariant } from '#main/simulation/cni/index'
import { placePods } from '#main/simulation/kubernetes/index'
import type { EndPair } from '#main/simulation/plan/end-pair'
import { ServiceDirectory } from '#main/simulation/plan/service-directory'
import { TrafficEnds } from '#main/simulation/plan/traffic-ends'
import { buildTopology } from '#main/simulation/topology/index'
import type { Lab } from '#shared/lab/index'

/** The services of a lab as its first variant answers for them. */
export function directoryOf(lab: Lab): ServiceDirectory {
  const { pods } = placePods(lab)
  const { topology } = buildTopology(lab)
  const variant = lab.variants[0]!
  const { network } = connectVariant(variant, { topology, nodes: lab.nodes, podCidr: lab.cluster.podCIDR, pods, settingsPath: [] })
  const hostAddresses = topology.hosts.map(({ address }) => address)
  return new ServiceDirectory({ lab, variant, pods, network, hostAddresses })
}

/** The pairs of a lab's first traffic entry in its first variant. Throws with the reason where there are none. */
export function pairsOf(lab: Lab): EndPair[] {
  const pairs = new TrafficEnds(lab, placePods(lab).pods, directoryOf(lab)).pairs(lab.traffic[0]!, 0)
  if (!Array.isArray(pairs)) throw new Error(pairs.message)
  return pairs
}
