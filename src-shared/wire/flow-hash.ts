import { ipv4HeaderBytes } from './ipv4-header'
import { readUint16, readUint32 } from './big-endian'
import { FRAGMENT_OFFSET_MASK, IP_PROTOCOL, IPV4, MORE_FRAGMENTS } from './layout'

/** Who talks to whom, as a header shows it. Ports are zero where the header has none. */
export interface FlowTuple {
  readonly source: number
  readonly destination: number
  readonly protocol: number
  readonly sourcePort: number
  readonly destinationPort: number
}

/**
 * The key of the RSS verification suite (Microsoft, "Verifying the RSS hash calculation"), which many drivers load. Linux
 * draws a key per boot (net/core/ethtool.c, netdev_rss_key_fill); a fixed one keeps runs repeatable.
 */
const RSS_KEY = [
  0x6d5a56da, 0x255b0ec2, 0x4167253d, 0x43a38fb0, 0xd0ca2bcb, 0xae7b30b4, 0x77cb2da3, 0x8030f20c, 0x6a42b73b,
  0xbeac01fa,
] as const

/**
 * Receive-side scaling: the Toeplitz hash of addresses and ports by which a NIC chooses a queue, unsigned 32 bit.
 * Without ports (zero on both sides) the hash is over the addresses alone, as for protocols that a NIC cannot look into.
 */
export function rssHash(flow: FlowTuple): number {
  const { source, destination, sourcePort, destinationPort } = flow
  const withPorts = sourcePort !== 0 || destinationPort !== 0
  let hash = toeplitzWord(source, 0) ^ toeplitzWord(destination, 1)
  if (withPorts) hash ^= toeplitzWord(sourcePort * 0x10000 + destinationPort, 2)
  return hash >>> 0
}

/** Entries of a NIC's RSS indirection table, filled round robin by default (Linux ethtool_rxfh_indir_default). */
const INDIRECTION_ENTRIES = 128

/** The number of the NIC's queue, of `queues`, that a packet with this RSS hash lands in: the hash's low bits choose an entry. */
export function receiveQueueOf(hash: number, queues: number): number {
  return (hash & (INDIRECTION_ENTRIES - 1)) % queues
}

/** XOR of the key's 32-bit windows that begin at the set bits of the input's word number `index`. */
function toeplitzWord(word: number, index: number): number {
  const upper = RSS_KEY[index]!
  const lower = RSS_KEY[index + 1]!
  let hash = 0
  for (let bit = 0; bit < 32; bit++) {
    if ((word >>> (31 - bit)) & 1) hash ^= bit === 0 ? upper : (upper << bit) | (lower >>> (32 - bit))
  }
  return hash
}

/**
 * A well-mixed hash of a flow, unsigned 32 bit, for choosing among equal paths and for UDP source ports of tunnels.
 * Routers and kernels use a keyed hash of their own (Linux: SipHash, net/core/flow_dissector.c); what matters is that it
 * is stable within a flow, spreads flows evenly, and differs between elements with different `salt`, so that a
 * packet's choices at successive hops are independent.
 */
export function flowHash(flow: FlowTuple, salt = 0): number {
  const ports = (flow.sourcePort << 16) | flow.destinationPort
  return hashOf(flow.source, flow.destination, ports, flow.protocol, salt)
}

/** A salt for {@link flowHash} and {@link packetFlowHash} of an element by its number: unrelated to its neighbours'. */
export function hashSalt(element: number): number {
  return mix(element ^ 0x9e3779b9)
}

/**
 * The {@link flowHash} of the IPv4 packet at `ip`, read from its bytes: ports only where its protocol has them and it is no
 * fragment, so that all fragments of a datagram go one way.
 */
export function packetFlowHash(bytes: Uint8Array, ip: number, salt: number): number {
  const protocol = bytes[ip + IPV4.protocol]!
  const isWhole = (readUint16(bytes, ip + IPV4.flagsFragment) & (MORE_FRAGMENTS | FRAGMENT_OFFSET_MASK)) === 0
  const hasPorts = isWhole && (protocol === IP_PROTOCOL.tcp || protocol === IP_PROTOCOL.udp)
  const ports = hasPorts ? readUint32(bytes, ip + ipv4HeaderBytes(bytes, ip)) : 0
  return hashOf(readUint32(bytes, ip + IPV4.source), readUint32(bytes, ip + IPV4.destination), ports, protocol, salt)
}

function hashOf(source: number, destination: number, ports: number, protocol: number, salt: number): number {
  const sum = Math.imul(source, 0x9e3779b1) + Math.imul(destination, 0x85ebca77) + Math.imul(ports, 0xc2b2ae3d) + protocol
  return mix(mix(sum ^ salt) + salt) >>> 0
}

/** The finalizer of MurmurHash3 (A. Appleby, public domain): every bit of the input changes half of the output's. */
function mix(value: number): number {
  let mixed = value
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

/** First and last port that Linux takes for the sender's side (net.ipv4.ip_local_port_range). */
export const LOCAL_PORTS = { first: 32768, last: 60999 } as const

/**
 * The UDP source port of a tunnel packet from the hash of the flow inside: Linux include/net/udp_tunnel.h,
 * udp_flow_src_port, with the default port range.
 */
export function tunnelSourcePort(hash: number): number {
  const spread = (hash ^ (hash << 16)) >>> 0
  return LOCAL_PORTS.first + Math.floor((spread * (LOCAL_PORTS.last - LOCAL_PORTS.first)) / 0x1_0000_0000)
}
