/** The first of `prefix-1`, `prefix-2`, … that is not taken. */
export function freeName(prefix: string, taken: Iterable<string>): string {
  const used = new Set(taken)
  for (let number = 1; ; number += 1) {
    const name = `${prefix}-${number}`
    if (!used.has(name)) return name
  }
}

/** A name for a copy: the number at the end of the name, or a first one, counted up until it is free. */
export function copyName(name: string, taken: Iterable<string>): string {
  return freeName(name.replace(/-\d+$/u, ''), taken)
}
