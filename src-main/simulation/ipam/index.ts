export { assignPodAddresses, type AddressAssignment, type AddressRequest } from './pod-addresses'
