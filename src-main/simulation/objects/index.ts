export { errorsOf, objectErrors, refusalFindings } from './check-objects'
export { podAnnouncers } from './cilium-bgp'
export { loadBalancerAddresses } from './load-balancer-pools'
