import { IPV4 } from './layout'

/** Bytes of the words that a header's length counts in. */
const WORD = 4
/** Version 4 and the length of a header without options. */
const BARE = 0x45

/** Bytes of the IPv4 header at `ip`, options included. */
export function ipv4HeaderBytes(bytes: Uint8Array, ip: number): number {
  return (bytes[ip + IPV4.versionAndLength]! & 0xf) * WORD
}

/** Whether the IPv4 header at `ip` has no options. */
export function isBareIpv4(bytes: Uint8Array, ip: number): boolean {
  return bytes[ip + IPV4.versionAndLength] === BARE
}

/** Writes options behind a header of 20 bytes, and how long it is now. Requires: whole words. */
export function writeIpv4Options(bytes: Uint8Array, ip: number, options: Uint8Array): void {
  bytes[ip + IPV4.versionAndLength] = BARE + options.length / WORD
  bytes.set(options, ip + IPV4.length)
}
