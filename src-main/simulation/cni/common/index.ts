export type {
  ClusterView,
  CniModel,
  CniNetwork,
  CniResult,
  Connection,
  Endpoint,
  Trip,
} from './cni-model'
export { DEFAULT_TTL, encapsulationBytes, type Encapsulation, type WireHeaders } from './headers'
export type { Pass, Path, Step, TransportStep } from './path'
