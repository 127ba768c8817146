export { findAttachment, pathExists, type Attachment } from './attachment'
export { buildTopology } from './build-topology'
export { compileRouting } from './routing'
export { portsOf, type PhysicalLink, type Topology } from './topology'
