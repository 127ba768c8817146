import { ESP, WIREGUARD } from './layout'

/** Bytes of WireGuard's ciphertext and tag: the packet padded to whole blocks, but not beyond the device's MTU. */
export function wireguardBodyBytes(packetBytes: number, mtu: number): number {
  const padded = Math.ceil(packetBytes / WIREGUARD.block) * WIREGUARD.block
  return Math.max(packetBytes, Math.min(padded, mtu)) + WIREGUARD.tag
}

/** Bytes of ESP's ciphertext and check value: the packet and its trailer padded to whole words. */
export function espBodyBytes(packetBytes: number): number {
  return Math.ceil((packetBytes + ESP.trailer) / ESP.word) * ESP.word + ESP.checkValue
}
