import type { MacAddress } from './headers'

/**
 * A packet at one point of its way: its headers, outermost first, and its payload at the end. What a header says about
 * its neighbours (types, protocols, lengths, checksums) is not part of it: `assemblePacket` works that out.
 */
export type Packet = readonly PacketLayer[]

/** A header, or the payload. */
export type PacketLayer =
  | EthernetLayer
  | ArpLayer
  | Ipv4Layer
  | Ipv6Layer
  | UdpLayer
  | TcpLayer
  | IcmpLayer
  | Icmpv6Layer
  | VxlanLayer
  | GeneveLayer
  | WireguardLayer
  | EspLayer
  | PayloadLayer

/** Ethernet II. */
export interface EthernetLayer {
  readonly layer: 'ethernet'
  readonly source: MacAddress
  readonly destination: MacAddress
}

/** ARP for IPv4. */
export interface ArpLayer {
  readonly layer: 'arp'
  readonly operation: 'request' | 'reply'
  readonly senderMac: MacAddress
  readonly senderAddress: number
  readonly targetMac: MacAddress
  readonly targetAddress: number
}

/** IPv4. */
export interface Ipv4Layer {
  readonly layer: 'ipv4'
  readonly source: number
  readonly destination: number
  readonly ttl: number
  readonly dontFragment: boolean
  /** DSCP and ECN: the whole byte. */
  readonly trafficClass: number
  readonly identification: number
  /** Where what is inside does not say it: of a fragment that is not the first. */
  readonly protocol?: number
  /** Of a fragment: where its data begin in the whole packet's, in bytes, and whether more follow. */
  readonly fragment?: { readonly offset: number; readonly more: boolean }
  /** Options, whole words long; absent where there are none. */
  readonly options?: Uint8Array
}

/** IPv6 without extension headers. */
export interface Ipv6Layer {
  readonly layer: 'ipv6'
  /** Sixteen bytes each. */
  readonly source: Uint8Array
  readonly destination: Uint8Array
  readonly hopLimit: number
  readonly trafficClass: number
  /** 20 bits; 0 unless given. Linux gives each flow one (net.ipv6.auto_flowlabels). */
  readonly flowLabel?: number
}

/** UDP. */
export interface UdpLayer {
  readonly layer: 'udp'
  readonly sourcePort: number
  readonly destinationPort: number
  /** Whether the sender computes a checksum; tunnels may leave it zero (RFC 6935). */
  readonly checksum: boolean
}

/** TCP; `options` is padded to whole words by whoever makes it. */
export interface TcpLayer {
  readonly layer: 'tcp'
  readonly sourcePort: number
  readonly destinationPort: number
  readonly sequence: number
  readonly acknowledgement: number
  readonly flags: number
  readonly window: number
  readonly options: Uint8Array
}

/** ICMP; `rest` is the word after the checksum (identifier and sequence of an echo, next-hop MTU of an error). */
export interface IcmpLayer {
  readonly layer: 'icmp'
  readonly type: number
  readonly code: number
  readonly rest: number
}

/** ICMPv6; `rest` is the word after the checksum. What follows, a neighbour's address and options too, is payload. */
export interface Icmpv6Layer {
  readonly layer: 'icmpv6'
  readonly type: number
  readonly code: number
  readonly rest: number
}

/** VXLAN. */
export interface VxlanLayer {
  readonly layer: 'vxlan'
  readonly networkIdentifier: number
}

/** Geneve. */
export interface GeneveLayer {
  readonly layer: 'geneve'
  readonly networkIdentifier: number
  readonly options: readonly GeneveOption[]
}

/** A Geneve option. Its data is whole words long. */
export interface GeneveOption {
  readonly class: number
  /** With the critical bit (0x80) where it is set. */
  readonly type: number
  readonly data: Uint8Array
}

/** A WireGuard data message; what follows is encrypted. */
export interface WireguardLayer {
  readonly layer: 'wireguard'
  readonly receiver: number
  readonly counter: number
  /** MTU of the WireGuard device, which padding does not exceed. */
  readonly mtu: number
}

/** ESP in tunnel mode; what follows is encrypted. */
export interface EspLayer {
  readonly layer: 'esp'
  readonly spi: number
  readonly sequence: number
}

/** What the application sent; of a packet that is read, also what cannot be read: a fragment, ciphertext. */
export interface PayloadLayer {
  readonly layer: 'payload'
  readonly bytes: Uint8Array
}
