import type { Pod } from '../../kubernetes/index'
import type { Endpoint } from './cni-model'

/** A pod as an end of connections; on its node's network it is the node. */
export function podEnd(pods: readonly Pod[], pod: number): Endpoint {
  const { node, hostNetwork } = pods[pod]!
  return hostNetwork ? { kind: 'node', host: node, pod: -1 } : { kind: 'pod', host: node, pod }
}
