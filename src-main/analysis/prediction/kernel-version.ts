/** A kernel's version as `[major, minor]`. */
export type KernelVersion = readonly [major: number, minor: number]

/** The first version that a text names, `5.4` or `5.4.0-45-generic`; undefined where it names none. */
export function kernelIn(text: string | undefined): KernelVersion | undefined {
  // In the words of a row, plugins have versions as well: a kernel's follows the word, or stands alone.
  const match = /kernel\s*v?(\d+)\.(\d+)/iu.exec(text ?? '') ?? /^\s*v?(\d+)\.(\d+)/u.exec(text ?? '')
  return match ? [Number(match[1]), Number(match[2])] : undefined
}

/** Whether a version lies in a range, its end left out. */
export function isWithin([major, minor]: KernelVersion, from: KernelVersion, before: KernelVersion): boolean {
  const order = (a: KernelVersion) => a[0] * 1000 + a[1]
  const at = order([major, minor])
  return at >= order(from) && at < order(before)
}
