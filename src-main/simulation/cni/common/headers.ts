import type { Ipv4Address } from '#shared/units/index'
import { ETHERNET, IPV4, UDP, VXLAN, type MacAddress } from '#shared/wire/index'

/** The IP packet that a flow puts on the wire, and what is wrapped around it. */
export interface WireHeaders {
  readonly source: Ipv4Address
  readonly destination: Ipv4Address
  /** Of the innermost IP header when it leaves the NIC. */
  readonly ttl: number
  readonly encapsulation?: Encapsulation
}

/** Outer headers of a tunnel. */
type Encapsulation = IpipHeaders | VxlanHeaders

interface OuterIp {
  readonly source: Ipv4Address
  readonly destination: Ipv4Address
}

/**
 * IP in IP (RFC 2003) as Linux tunl0 sends it: the device has no TTL and no path MTU discovery of its own, so TTL and
 * "don't fragment" are those of the inner packet (net/ipv4/ip_tunnel.c, ip_tunnel_xmit).
 */
interface IpipHeaders extends OuterIp {
  readonly kind: 'ipip'
}

/** VXLAN (RFC 7348) as Linux sends it: outer TTL 64, "don't fragment" clear, source port from the inner flow's hash. */
interface VxlanHeaders extends OuterIp {
  readonly kind: 'vxlan'
  readonly port: number
  readonly networkIdentifier: number
  readonly innerSource: MacAddress
  readonly innerDestination: MacAddress
}

/** TTL that Linux gives packets (net.ipv4.ip_default_ttl). */
export const DEFAULT_TTL = 64

/** Bytes that an encapsulation adds to the IP packet. */
export const ENCAPSULATION_BYTES = {
  none: 0,
  ipip: IPV4.length,
  vxlan: IPV4.length + UDP.length + VXLAN.length + ETHERNET.length,
} as const

/** Bytes that the encapsulation of these headers adds. */
export function encapsulationBytes(headers: WireHeaders): number {
  return ENCAPSULATION_BYTES[headers.encapsulation?.kind ?? 'none']
}
