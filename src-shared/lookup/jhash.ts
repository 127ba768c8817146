/** Bob Jenkins' hash of three words, as Linux (include/linux/jhash.h) and Cilium (bpf/lib/jhash.h) have it. */

const INITIAL = 0xdead_beef
const THREE_WORDS = 3 << 2

/** The hash of three words of 32 bits. */
export function jhash3Words(first: number, second: number, third: number, seed: number): number {
  const initial = (seed + INITIAL + THREE_WORDS) | 0
  let a = (first + initial) | 0
  let b = (second + initial) | 0
  let c = (third + initial) | 0
  c = ((c ^ b) - rotated(b, 14)) | 0
  a = ((a ^ c) - rotated(c, 11)) | 0
  b = ((b ^ a) - rotated(a, 25)) | 0
  c = ((c ^ b) - rotated(b, 16)) | 0
  a = ((a ^ c) - rotated(c, 4)) | 0
  b = ((b ^ a) - rotated(a, 14)) | 0
  c = ((c ^ b) - rotated(b, 24)) | 0
  return c >>> 0
}

function rotated(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}
