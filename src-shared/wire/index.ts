export { readUint16, readUint32, writeUint16, writeUint32 } from './big-endian'
export {
  addToSum,
  checksumOf,
  internetChecksum,
  updateChecksum,
  writeIpv4Checksum,
  writeTransportChecksum,
} from './checksum'
export { flowHash, LOCAL_PORTS, rssHash, tunnelSourcePort, type FlowTuple } from './flow-hash'
export { completeFrame, type FrameOffsets } from './frame'
export {
  macOfAddress,
  writeEthernet,
  writeIpv4,
  writeTcp,
  writeUdp,
  writeVxlan,
  type Ipv4Fields,
  type MacAddress,
} from './headers'
export {
  DONT_FRAGMENT,
  ETHERNET,
  ETHERNET_FRAMING_BYTES,
  ETHERTYPE_IPV4,
  IP_PROTOCOL,
  IPV4,
  TCP,
  TCP_FLAG,
  UDP,
  VXLAN,
} from './layout'
