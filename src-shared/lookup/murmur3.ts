/**
 * MurmurHash3 of 128 bits for 64-bit machines (Austin Appleby, MurmurHash3_x64_128), of which Cilium takes a backend's two
 * hashes (pkg/murmur3, Hash128).
 */

const MASK = 0xffff_ffff_ffff_ffffn
const C1 = 0x87c3_7b91_1142_53d5n
const C2 = 0x4cf5_ad43_2745_937fn
const BLOCK_BYTES = 16

/** Both halves of the hash of some bytes. */
export function murmur3(bytes: Uint8Array, seed: number): readonly [bigint, bigint] {
  let first = BigInt(seed >>> 0)
  let second = first
  const whole = bytes.length - (bytes.length % BLOCK_BYTES)
  for (let at = 0; at < whole; at += BLOCK_BYTES) {
    first ^= mixFirst(wordAt(bytes, at))
    first = times(times(rotated(first, 27n) + second, 5n) + 0x52dc_e729n)
    second ^= mixSecond(wordAt(bytes, at + 8))
    second = times(times(rotated(second, 31n) + first, 5n) + 0x3849_5ab5n)
  }
  const tail = new Uint8Array(BLOCK_BYTES)
  tail.set(bytes.subarray(whole))
  second ^= mixSecond(wordAt(tail, 8))
  first ^= mixFirst(wordAt(tail, 0))
  const length = BigInt(bytes.length)
  first = times((first ^ length) + (second ^ length))
  second = times((second ^ length) + first)
  first = finished(first)
  second = finished(second)
  first = times(first + second)
  return [first, times(second + first)]
}

function mixFirst(word: bigint): bigint {
  return times(rotated(times(word, C1), 31n), C2)
}

function mixSecond(word: bigint): bigint {
  return times(rotated(times(word, C2), 33n), C1)
}

/** Eight bytes, the lowest first. */
function wordAt(bytes: Uint8Array, at: number): bigint {
  return bytes.subarray(at, at + 8).reduceRight((word, byte) => (word << 8n) | BigInt(byte), 0n)
}

function times(word: bigint, factor = 1n): bigint {
  return (word * factor) & MASK
}

function rotated(word: bigint, by: bigint): bigint {
  return ((word & MASK) << by | (word & MASK) >> (64n - by)) & MASK
}

function finished(word: bigint): bigint {
  let mixed = times(word ^ (word >> 33n), 0xff51_afd7_ed55_8ccdn)
  mixed = times(mixed ^ (mixed >> 33n), 0xc4ce_b9fe_1a85_ec53n)
  return mixed ^ (mixed >> 33n)
}
