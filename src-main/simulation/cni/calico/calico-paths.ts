import type { CarrierPaths, NodePaths } from '../common/datapath'
import type { Path } from '../common/path'

/** What carries packets from node to node. */
export type CarrierKind = 'direct' | 'ipip' | 'vxlan' | 'wireguard'

/** The paths of a data plane. */
export interface CalicoPaths {
  readonly paths: NodePaths
  /** Those between nodes, made anew with every call. */
  readonly carrier: (kind: CarrierKind) => CarrierPaths
  /** Those of services that are asked at a node, where programs answer for them. */
  readonly entry?: CalicoEntryPaths
}

/** The ways of connections to services that arrive at a node whose data plane is eBPF. */
export interface CalicoEntryPaths {
  readonly refuses: Path
  readonly local: (server: 'pod' | 'node') => { readonly in: Path; readonly out: Path }
  /** By the node at which they arrive, through a tunnel of the programs' own, to the backend's, which translates. */
  readonly arrives: Path
  readonly sends: Path
  readonly receives: (server: 'pod' | 'node') => Path
  /** Answers: into the tunnel, or straight to the client; out of the tunnel and out of the node at which it asked. */
  readonly answers: (server: 'pod' | 'node', isDirect: boolean) => Path
  readonly returns: Path
  readonly leaves: Path
}
