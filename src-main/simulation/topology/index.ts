export { findAttachment, pathExists, routersBetween, type Attachment } from './attachment'
export { buildTopology } from './build-topology'
export { compileRouting } from './routing'
export { buildAdjacency, firstHop, linkBetween, portsOf, shareSubnet, type PhysicalLink, type PodRoute, type Topology } from './topology'
