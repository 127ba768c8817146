export { readUint16, readUint32, writeUint16, writeUint32 } from './big-endian'
export { internetChecksum, updateChecksum } from './checksum'
export { flowHash, LOCAL_PORTS, rssHash, tunnelSourcePort, type FlowTuple } from './flow-hash'
export { completeFrame, type FrameOffsets } from './frame'
export {
  macOfAddress,
  writeEthernet,
  writeIpv4,
  writeTcp,
  writeUdp,
  writeVxlan,
  type MacAddress,
} from './headers'
export {
  DONT_FRAGMENT,
  ETHERNET,
  ETHERNET_FRAMING_BYTES,
  IP_PROTOCOL,
  IPV4,
  TCP,
  UDP,
  VXLAN,
} from './layout'
