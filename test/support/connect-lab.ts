import { connectVariant } from '#main/simulation/cni/index'
import type { CniNetwork, Endpoint } from '#main/simulation/cni/common/index'
import { placePods, type Pod } from '#main/simulation/kubernetes/index'
import { buildTopology, type Topology } from '#main/simulation/topology/index'
import type { Lab } from '#shared/lab/record/lab'

/** A variant's network on a lab, and its ends by name. */
export interface ConnectedLab {
  readonly network: CniNetwork
  readonly topology: Topology
  readonly pods: readonly Pod[]
  /** `default/client-0`, or a node's or an external host's name. */
  readonly end: (name: string) => Endpoint
}

/** Sets up a variant of a lab without planning a run. */
export function connectLab(lab: Lab, variantName: string): ConnectedLab {
  const variant = lab.variants.find(({ name }) => name === variantName)
  if (variant === undefined) throw new Error(`The lab has no variant ${variantName}`)
  const { topology } = buildTopology(lab)
  const { pods } = placePods(lab)
  const { network, findings } = connectVariant(variant, {
    topology,
    nodes: lab.nodes,
    podCidr: lab.cluster.podCIDR,
    pods,
    settingsPath: [],
    manifests: lab.cluster.manifests,
  })
  if (findings.length > 0) throw new Error(findings.map(({ message }) => message).join('\n'))
  return {
    network,
    topology,
    pods,
    end(name) {
      const pod = pods.findIndex(({ reference }) => reference === name)
      if (pod >= 0) return { kind: 'pod', host: pods[pod]!.node, pod }
      const host = topology.hosts.findIndex((candidate) => candidate.name === name)
      if (host < 0) throw new Error(`Nothing is named ${name}`)
      return { kind: topology.hosts[host]!.kind, host, pod: -1 }
    },
  }
}
