import { sha1 } from '@noble/hashes/legacy.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/** A name made of a prefix and the start of a hash, as plugins name the node's ends of pods' interfaces. */
export function hashedName(prefix: string, text: string, digits: number): string {
  return `${prefix}${bytesToHex(sha1(utf8ToBytes(text))).slice(0, digits)}`
}

/** The pod's own interface, which is in a namespace of its own. */
export function podInterfaceName(pod: string): string {
  return `eth0 (${pod})`
}
