import type { Finding, Lab, Variant } from '#shared/lab/index'
import { severityOf } from '#shared/lab/problem'
import { ICMP_MESSAGE } from '#shared/wire/index'

import { connectVariant } from '../cni/index'
import type { Endpoint } from '../cni/common/index'
import { placePods, type Pod } from '../kubernetes/index'
import { variantPolicies, type Decision, type Flow, type VariantPolicies } from '../policy/index'
import { buildTopology } from '../topology/index'
import { connectionWays } from './connection-ways'
import { matchedPeers, type MatchedPeers } from './matched-peers'
import { ruleTexts } from './rule-texts'
import { ServiceDirectory } from './service-directory'
import { ServiceSteps } from './service-steps'
import { TrafficEnds } from './traffic-ends'

/** A lab's policies in one variant, with the ends that they are about. */
export interface VariantReach extends VariantPolicies {
  readonly pods: readonly Pod[]
  /** Per traffic entry: the connections that its clients open. */
  readonly traffic: readonly { readonly name: string; readonly flows: readonly Flow[] }[]
  /** What a rule that decides asks for, as YAML on one line; undefined for defaults. */
  readonly ruleText: (by: Decision) => string | undefined
  /** By which of its peers a rule matches a connection; undefined where it names one at most. */
  readonly matchedPeers: MatchedPeers
}

/** Port that servers listen on where nothing says otherwise, as in runs. */
const DEFAULT_PORT = 8080

/** The port that a pod, or a host, which has none of its own, listens on by a protocol: its first, else the default. */
export function listeningPort(ports: readonly { readonly protocol: string; readonly port: number }[], protocol: string): number {
  return ports.find((port) => port.protocol === protocol)?.port ?? DEFAULT_PORT
}

/**
 * What a variant's policies say about a lab's ends, or what keeps the variant from being set up. Traffic to ends that are
 * not modelled has no connections.
 */
export function variantReach(lab: Lab, variant: Variant): VariantReach | { readonly problems: readonly Finding[] } {
  const { topology, findings: ofTopology } = buildTopology(lab)
  const { pods, findings: ofPods } = placePods(lab)
  const settingsPath = ['spec', 'variants', lab.variants.indexOf(variant), 'settings']
  const cni = connectVariant(variant, { topology, nodes: lab.nodes, podCidr: lab.cluster.podCIDR, pods, settingsPath, manifests: lab.cluster.manifests })
  const findings = [...ofTopology, ...ofPods, ...cni.findings]
  if (findings.some(({ code }) => severityOf(code) === 'error')) return { problems: findings }
  const hostAddresses = topology.hosts.map(({ address }) => address)
  const policies = variantPolicies(lab, variant, {
    pods,
    hostAddresses,
    podAddress: (pod) => cni.network.podAddress(pod),
  })
  const { network } = cni
  const directory = new ServiceDirectory({ lab, variant, pods, network, hostAddresses })
  const ends = new TrafficEnds(lab, pods, directory)
  const places = { variant, network, services: directory.services, steps: new ServiceSteps(), hostAddresses }
  const traffic = lab.traffic.map((entry, index) => {
    const found = ends.pairs(entry, index)
    const flows = (Array.isArray(found) ? found : []).map((pair): Flow => {
      // Behind a node that puts itself in the client's place, policies see the node.
      const ways = pair.service === undefined ? undefined : connectionWays(places, pair, entry.kind.startsWith('udp') ? 'udp' : 'tcp')
      const from = policyEnd(ways?.seenClient ?? pair.client, pods.length)
      const to = policyEnd(pair.server, pods.length)
      if (entry.kind === 'icmp') return { from, to, protocol: 'ICMP', icmp: ICMP_MESSAGE.echoRequest }
      return { from, to, protocol: entry.kind.startsWith('udp') ? 'UDP' : 'TCP', port: ends.serverPort(entry, pair, DEFAULT_PORT) }
    })
    return { name: entry.name, flows }
  })
  return { ...policies, pods, traffic, ruleText: ruleTexts(lab), matchedPeers: matchedPeers(lab, policies) }
}

/** The port that each end is asked at by a protocol: the one given, else its own first, else the default. */
export function askedPort({ compiled }: Pick<VariantReach, 'compiled'>, protocol: string, port?: number): (end: number) => number {
  const { endpoints } = compiled.cluster
  return (end) => port ?? listeningPort(endpoints[end]!.ports, protocol)
}

/** The number of an end in the policies' cluster: pods first, then hosts. */
export function policyEnd({ pod, host }: Endpoint, pods: number): number {
  return pod >= 0 ? pod : pods + host
}
