import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

import type { Lab } from './record/lab'

/**
 * The SHA-256 of what a lab means, in hex: defaults filled in, without its view. Comments, key order, spelling of
 * quantities and positions on the canvas do not change it.
 */
export function labHash(lab: Lab): string {
  return bytesToHex(sha256(utf8ToBytes(canonical({ ...lab, view: undefined }))))
}

/** JSON with the keys of every object in order. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`
}
