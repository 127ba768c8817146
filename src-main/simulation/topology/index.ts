export { findAttachment, pathExists, type Attachment } from './attachment'
export { buildTopology } from './build-topology'
export { compileRouting } from './routing'
export { portsOf, type Adjacency, type HostElement, type PhysicalLink, type SwitchElement, type Topology } from './topology'
