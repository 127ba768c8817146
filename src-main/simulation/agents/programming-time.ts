import { TIMING } from './timing'

/** Lines that kube-proxy writes in iptables mode: a chain with its rules per service and per endpoint, and rules around them. */
const LINES_PER_SERVICE = 5
const LINES_PER_ENDPOINT = 4

/** How kube-proxy programs services. */
export type ServiceBackend = 'iptables' | 'nftables'

/**
 * Seconds that kube-proxy takes to write all rules, or those of one changed service (partial sync), as single reports put it:
 * see resources/calibration/control-plane.json. What changes waits for the sync before it, at least a second.
 */
export function serviceSyncSeconds(
  backend: ServiceBackend,
  services: number,
  endpoints: number,
  partial: boolean,
): number {
  const { kubeProxy } = TIMING
  if (backend === 'nftables') {
    return partial ? kubeProxy.nftablesPartialSyncSeconds : services * kubeProxy.nftablesFullSyncSecondsPerService
  }
  if (partial) return endpoints * kubeProxy.iptablesPartialSecondsPerEndpoint
  return (services * LINES_PER_SERVICE + endpoints * LINES_PER_ENDPOINT) * kubeProxy.iptablesSecondsPerLine
}

/**
 * Mebibytes that Cilium's agent holds resident with so many pods in the cluster: the measured size, less or more per pod, and
 * not less than agents of small clusters do.
 */
export function ciliumAgentMiB(pods: number): number {
  const { agentKiBPerPod, agentMiBAt50000Pods, agentLeastMiB } = TIMING.cilium
  return Math.max(agentLeastMiB, agentMiBAt50000Pods + ((pods - 50_000) * agentKiBPerPod) / 1024)
}

/** Typha replicas that Calico recommends for so many nodes. */
export function typhaReplicas(nodes: number): number {
  const { nodesPerReplica, leastReplicas, mostReplicas } = TIMING.typha
  return Math.min(mostReplicas, Math.max(leastReplicas, Math.ceil(nodes / nodesPerReplica)))
}
