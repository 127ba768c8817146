export type { ClusterView, CniNetwork, CniResult, Connection, Endpoint, Trip } from './cni-model'
export { DEFAULT_TTL, encapsulationBytes, type WireHeaders } from './headers'
export type { Pass, Path, Step } from './path'
