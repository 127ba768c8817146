export { buildControlPlane, ControlPlaneTooLarge, SETTLING_NS, type ControlPlane } from './control-plane'
export { flapTimes, scheduleFaults } from './fault-events'
export { routesOfVariant, type LabNodeRoutes } from './variant-routes'
export { assignAddresses, type AddressedCluster, type Plugin } from './pod-addresses'
