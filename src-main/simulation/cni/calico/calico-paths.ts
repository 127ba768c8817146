import type { CarrierPaths, NodePaths } from '../common/cluster-network'

/** What carries packets from node to node. */
export type CarrierKind = 'direct' | 'ipip' | 'vxlan' | 'wireguard'

/** The paths of a data plane. */
export interface CalicoPaths {
  readonly paths: NodePaths
  /** Those between nodes, made anew with every call. */
  readonly carrier: (kind: CarrierKind) => CarrierPaths
}
