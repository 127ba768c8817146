import type { CiliumModes } from './modes'

/** Bytes that the agent leaves free in pods' routes (pkg/mtu/mtu.go). */
const OVERHEAD = {
  /** TunnelOverheadIPv4: VXLAN and Geneve without options. */
  tunnel: 50,
  /** DsrTunnelOverhead: the Geneve option with the service's address and port. */
  dsrOption: 12,
  /** WireguardOverhead: of IPv6, whatever the nodes' addresses. */
  wireguard: 80,
  /** EncryptionIPsecOverhead with a key of 16 bytes. */
  ipsec: 77,
} as const

/** The MTU of pods' routes, which TCP and UDP go by; pods' devices keep the node's (pkg/mtu/mtu.go, RouteMTU). */
export function routeMtu({ tunnel, geneveDsr, encryption }: CiliumModes, deviceMtu: number): number {
  const ofTunnel = tunnel === undefined ? 0 : OVERHEAD.tunnel
  const ofOption = tunnel === 'geneve' && geneveDsr ? OVERHEAD.dsrOption : 0
  return deviceMtu - ofTunnel - ofOption - (encryption === undefined ? 0 : OVERHEAD[encryption])
}

/** The MTU of the WireGuard device. */
export function wireguardMtu(deviceMtu: number): number {
  return deviceMtu - OVERHEAD.wireguard
}
