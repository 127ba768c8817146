export {
  CalicoIpam,
  type CalicoBlock,
  type CalicoIpamFailure,
  type CalicoIpamRules,
  type CalicoPool,
} from './calico-blocks'
export { NodeRanges, RandomScanPool } from './cluster-pool'
export { fnv1, GoRandom } from './go-random'
export { HostLocalPool } from './host-local'
export { ipamVectorSchema, runIpamVector, type IpamVector, type IpamVectorOutcome } from './vector'
export { assignPodAddresses, type AddressAssignment, type AddressRequest, type AddressScheme, type AddressSpan } from './pod-addresses'
