import type { Finding, Lab, Variant } from '#shared/lab/index'
import { severityOf } from '#shared/lab/problem'

import { connectVariant } from '../cni/index'
import type { Endpoint } from '../cni/common/index'
import { placePods, type Pod } from '../kubernetes/index'
import { variantPolicies, type VariantPolicies } from '../policy/index'
import { buildTopology } from '../topology/index'
import { TrafficEnds } from './traffic-ends'

/** A lab's policies in one variant, with the ends that they are about. */
export interface VariantReach extends VariantPolicies {
  readonly pods: readonly Pod[]
  /** Per traffic entry: the pairs of ends that it connects, by their numbers in the policies' cluster. */
  readonly traffic: readonly { readonly name: string; readonly pairs: readonly (readonly [number, number])[]; readonly port: readonly number[] }[]
}

/** Port that servers listen on where nothing says otherwise, as in runs. */
const DEFAULT_PORT = 8080

/**
 * What a variant's policies say about a lab's ends, or what keeps the variant from being set up. Traffic to ends that are
 * not modelled has no pairs.
 */
export function variantReach(lab: Lab, variant: Variant): VariantReach | { readonly problems: readonly Finding[] } {
  const { topology, findings: ofTopology } = buildTopology(lab)
  const { pods, findings: ofPods } = placePods(lab)
  const settingsPath = ['spec', 'variants', lab.variants.indexOf(variant), 'settings']
  const cni = connectVariant(variant, { topology, nodes: lab.nodes, podCidr: lab.cluster.podCIDR, pods, settingsPath })
  const findings = [...ofTopology, ...ofPods, ...cni.findings]
  if (findings.some(({ code }) => severityOf(code) === 'error')) return { problems: findings }
  const policies = variantPolicies(lab, variant, {
    pods,
    hostAddresses: topology.hosts.map(({ address }) => address),
    podAddress: (pod) => cni.network.podAddress(pod),
  })
  const ends = new TrafficEnds(lab, pods)
  const traffic = lab.traffic.map((entry, index) => {
    const found = ends.pairs(entry, index)
    const pairs = Array.isArray(found) ? found : []
    return {
      name: entry.name,
      pairs: pairs.map(({ client, server }) => [policyEnd(client, pods.length), policyEnd(server, pods.length)] as const),
      port: pairs.map((pair) => ends.serverPort(entry, pair, DEFAULT_PORT)),
    }
  })
  return { ...policies, pods, traffic }
}

/** The number of an end in the policies' cluster: pods first, then hosts. */
export function policyEnd({ pod, host }: Endpoint, pods: number): number {
  return pod >= 0 ? pod : pods + host
}
