/**
 * Where the fields of each header lie, in bytes from the header's start, and how long the header is. Readers and writers
 * of packets use these names and no bare offset.
 */

/** Ethernet II (IEEE 802.3), without preamble and frame check sequence. */
export const ETHERNET = { destination: 0, source: 6, type: 12, length: 14 } as const

/** IPv4 without options (RFC 791, section 3.1). */
export const IPV4 = {
  versionAndLength: 0,
  trafficClass: 1,
  totalLength: 2,
  identification: 4,
  flagsFragment: 6,
  ttl: 8,
  protocol: 9,
  checksum: 10,
  source: 12,
  destination: 16,
  length: 20,
} as const

/** Where the codepoint lies in the traffic class: before the two bits of ECN (RFC 2474, section 3; RFC 3168, section 5). */
export const DSCP_SHIFT = 2

/** IPv6 without extension headers (RFC 8200, section 3). */
export const IPV6 = {
  versionAndClass: 0,
  payloadLength: 4,
  nextHeader: 6,
  hopLimit: 7,
  source: 8,
  destination: 24,
  addressLength: 16,
  length: 40,
} as const

/** ICMPv6 (RFC 4443, section 2.1); of neighbour discovery (RFC 4861) the target's address and options follow. */
export const ICMPV6 = { type: 0, code: 1, checksum: 2, rest: 4, length: 8, target: 8 } as const

/** Types of ICMPv6 with a target: solicitation of a neighbour, and its advertisement (RFC 4861, section 4). */
export const ICMPV6_TYPE = { echoRequest: 128, echoReply: 129, neighbourSolicitation: 135, neighbourAdvertisement: 136 } as const

/** UDP (RFC 768). */
export const UDP = { sourcePort: 0, destinationPort: 2, datagramLength: 4, checksum: 6, length: 8 } as const

/**
 * TCP (RFC 9293, section 3.1) as Linux sends it on an established connection: 20 bytes and the timestamp option
 * (RFC 7323, section 3.2) behind two no-operations, 12 bytes.
 */
export const TCP = {
  sourcePort: 0,
  destinationPort: 2,
  sequence: 4,
  acknowledgement: 8,
  dataOffset: 12,
  flags: 13,
  window: 14,
  checksum: 16,
  urgent: 18,
  options: 20,
  timestampValue: 24,
  timestampEcho: 28,
  length: 32,
} as const

/** VXLAN (RFC 7348, section 5). The network identifier is the upper 24 bits of its word. */
export const VXLAN = { flags: 0, networkIdentifier: 4, length: 8 } as const

/** Geneve (RFC 8926, section 3.4) without its options. The network identifier is the upper 24 bits of its word. */
export const GENEVE = { optionWords: 0, flags: 1, protocol: 2, networkIdentifier: 4, length: 8 } as const

/** The head of a Geneve option (RFC 8926, section 3.5); its data follows. */
export const GENEVE_OPTION = { class: 0, type: 2, dataWords: 3, length: 4 } as const

/**
 * A WireGuard data message (Linux drivers/net/wireguard/messages.h, message_data): type, receiver and counter in little
 * endian before the ciphertext; the ciphertext is padded to whole blocks and ends with a tag.
 */
export const WIREGUARD = { type: 0, receiver: 4, counter: 8, length: 16, block: 16, tag: 16 } as const

/**
 * ESP with AES-GCM (RFC 4303, RFC 4106): index, sequence number and initialisation vector before the ciphertext; padding
 * to whole words, padding length and next header at its end, and the check value.
 */
export const ESP = { spi: 0, sequence: 4, vector: 8, length: 16, word: 4, trailer: 2, checkValue: 16 } as const

/** ICMP (RFC 792): type, code, checksum, and a word whose meaning the type gives. */
export const ICMP = { type: 0, code: 1, checksum: 2, rest: 4, length: 8 } as const

/** Types and codes of ICMP messages (RFC 792; fragmentation needed: RFC 1191). */
export const ICMP_MESSAGE = {
  echoReply: { type: 0, code: 0 },
  portUnreachable: { type: 3, code: 3 },
  fragmentationNeeded: { type: 3, code: 4 },
  echoRequest: { type: 8, code: 0 },
  timeExceeded: { type: 11, code: 0 },
} as const

/** ARP for IPv4 over Ethernet (RFC 826). */
export const ARP = {
  hardware: 0,
  protocol: 2,
  lengths: 4,
  operation: 6,
  senderMac: 8,
  senderAddress: 14,
  targetMac: 18,
  targetAddress: 24,
  length: 28,
} as const

/** EtherTypes (IANA); `ethernet` stands in Geneve headers for a frame (transparent Ethernet bridging). */
export const ETHERTYPE = { ipv4: 0x0800, arp: 0x0806, ethernet: 0x6558, ipv6: 0x86dd } as const

/** Protocol numbers in IPv4 headers (IANA). */
export const IP_PROTOCOL = { icmp: 1, ipip: 4, tcp: 6, udp: 17, esp: 50 } as const

/** Next headers of IPv6 (IANA) that IPv4 has not. */
export const NEXT_HEADER = { icmpv6: 58 } as const

/** The "don't fragment" bit in `IPV4.flagsFragment`. */
export const DONT_FRAGMENT = 0x4000

/** The "more fragments" bit, and the fragment's offset in words of eight bytes, in `IPV4.flagsFragment`. */
export const MORE_FRAGMENTS = 0x2000
export const FRAGMENT_OFFSET_MASK = 0x1fff
export const FRAGMENT_UNIT = 8

/** Bits of `TCP.flags`. */
export const TCP_FLAG = { fin: 0x01, syn: 0x02, reset: 0x04, push: 0x08, acknowledgement: 0x10, ece: 0x40, cwr: 0x80 } as const

/** Bytes that a frame takes on a wire beside its IP packet: preamble 8, Ethernet 14, frame check sequence 4, gap 12. */
export const ETHERNET_FRAMING_BYTES = 38
