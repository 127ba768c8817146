import type { Ipv4Address } from '#shared/units/index'
import {
  ESP,
  espBodyBytes,
  ETHERNET,
  GENEVE,
  IPV4,
  UDP,
  VXLAN,
  WIREGUARD,
  wireguardBodyBytes,
  type GeneveOption,
} from '#shared/wire/index'

/** Outer headers that a tunnel puts around a packet. */
export type Tunnel = IpipTunnel | VxlanTunnel | GeneveTunnel | WireguardTunnel | EspTunnel

interface OuterAddresses {
  readonly source: Ipv4Address
  readonly destination: Ipv4Address
}

/**
 * IP in IP (RFC 2003) as Linux tunl0 sends it: the device has no TTL and no path MTU discovery of its own, so TTL and
 * "don't fragment" are those of the inner packet (net/ipv4/ip_tunnel.c, ip_tunnel_xmit).
 */
interface IpipTunnel extends OuterAddresses {
  readonly kind: 'ipip'
}

/** VXLAN (RFC 7348) as Linux sends it: outer TTL 64, "don't fragment" clear, source port from the inner flow's hash. */
interface VxlanTunnel extends OuterAddresses {
  readonly kind: 'vxlan'
  readonly port: number
  readonly networkIdentifier: number
  /** Whether the outer UDP header has a checksum: Linux's default, but not what Cilium asks for. */
  readonly checksum: boolean
  /**
   * Set where a program writes the headers instead of the device: the outer IPv4 header is a copy of the inner one, and the
   * inner frame has no addresses (projectcalico felix/bpf-gpl/nat4.h, vxlan_encap).
   */
  readonly byProgram?: true
}

/** Geneve (RFC 8926) as Linux sends it; the rest as with VXLAN. */
interface GeneveTunnel extends OuterAddresses {
  readonly kind: 'geneve'
  readonly port: number
  readonly networkIdentifier: number
  readonly checksum: boolean
  readonly options: readonly GeneveOption[]
}

/** WireGuard: one port at both ends, outer "don't fragment" clear (Linux drivers/net/wireguard/socket.c, send4). */
interface WireguardTunnel extends OuterAddresses {
  readonly kind: 'wireguard'
  readonly port: number
  /** MTU of the WireGuard device, which padding does not exceed. */
  readonly mtu: number
  /** Index by which the receiver finds the session; real ones are random. */
  readonly receiver: number
}

/** IPsec ESP in tunnel mode with AES-GCM (RFC 4303, RFC 4106). */
interface EspTunnel extends OuterAddresses {
  readonly kind: 'esp'
  readonly spi: number
}

/** Bytes that tunnels add to an IP packet of `packetBytes`, innermost tunnel first. */
export function tunnelBytes(tunnels: readonly Tunnel[], packetBytes: number): number {
  return tunnels.reduce((bytes, tunnel) => bytes + addedBytes(tunnel, bytes), packetBytes) - packetBytes
}

/** Bytes that VXLAN and Geneve without options add: outer IPv4, UDP, the tunnel's header, the inner Ethernet header. */
export const UDP_TUNNEL_BYTES = IPV4.length + UDP.length + VXLAN.length + ETHERNET.length
/** Bytes that IPIP adds. */
export const IPIP_BYTES: number = IPV4.length
/** Bytes that WireGuard adds to a packet whose length is a multiple of 16, or the MTU. */
export const WIREGUARD_BYTES = IPV4.length + UDP.length + WIREGUARD.length + WIREGUARD.tag

function addedBytes(tunnel: Tunnel, packetBytes: number): number {
  switch (tunnel.kind) {
    case 'ipip':
      return IPIP_BYTES
    case 'vxlan':
      return UDP_TUNNEL_BYTES
    case 'geneve':
      return UDP_TUNNEL_BYTES - VXLAN.length + GENEVE.length + geneveOptionBytes(tunnel.options)
    case 'wireguard':
      return IPV4.length + UDP.length + WIREGUARD.length + wireguardBodyBytes(packetBytes, tunnel.mtu) - packetBytes
    case 'esp':
      return IPV4.length + ESP.length + espBodyBytes(packetBytes) - packetBytes
  }
}

function geneveOptionBytes(options: readonly GeneveOption[]): number {
  return options.reduce((sum, { data }) => sum + 4 + data.length, 0)
}

/** Whether a tunnel hides what is inside from everyone on the way. */
export function isEncrypted({ kind }: Tunnel): boolean {
  return kind === 'wireguard' || kind === 'esp'
}
