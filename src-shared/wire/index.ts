export { ipv4HeaderBytes, isBareIpv4 } from './ipv4-header'
export { assemblePacket } from './assemble-packet'
export { readUint16, readUint32, writeUint16, writeUint32 } from './big-endian'
export { bondHash, type BondPolicy } from './bond-hash'
export { internetChecksum, ipv4ChecksumFrom, ipv4HeaderSum, isIpv4ChecksumRight, updateChecksum } from './checksum'
export { dissectPacket, type DissectedField, type DissectedHeader } from './dissect-packet'
export { espBodyBytes, wireguardBodyBytes } from './encrypted-length'
export { flowHash, hashSalt, LOCAL_PORTS, packetFlowHash, receiveQueueOf, rssHash, tunnelSourcePort, type FlowTuple } from './flow-hash'
export { macOfAddress, writeEthernet, writeIpv4, writeTcp, writeUdp, type MacAddress } from './headers'
export {
  DONT_FRAGMENT,
  DSCP_SHIFT,
  ESP,
  ETHERNET,
  ETHERNET_FRAMING_BYTES,
  FRAGMENT_OFFSET_MASK,
  FRAGMENT_UNIT,
  GENEVE,
  ICMP,
  ICMP_MESSAGE,
  ICMPV6_TYPE,
  IP_PROTOCOL,
  IPV4,
  MORE_FRAGMENTS,
  TCP,
  TCP_FLAG,
  UDP,
  VXLAN,
  WIREGUARD,
} from './layout'
export { headerBytesOf, layerStarts, writeLayer } from './packet-layers'
export { writePcapng, type CapturedPacket, type CaptureInterface } from './pcapng'
export { parsePacket, type CaptureLink } from './parse-packet'
export type { EthernetLayer, GeneveOption, Ipv4Layer, Packet, PacketLayer } from './packet'
