/** A place in a lab document: keys of mappings and indices of sequences, from the root. */
export type DocumentPath = readonly (string | number)[]

const plainKey = /^[A-Za-z_][\w-]*$/u

/** Writes a path for people: `spec.nodes[0].nic.mtu`; keys with other characters are quoted in brackets. */
export function formatPath(path: DocumentPath): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (!plainKey.test(step)) text += `[${JSON.stringify(step)}]`
    else text += text === '' ? step : `.${step}`
  }
  return text
}

/** Reads what `formatPath` wrote. */
export function parsePath(text: string): DocumentPath {
  return [...text.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([A-Za-z_][\w-]*)/gu)].map(([, index, quoted, word]) => {
    if (index !== undefined) return Number(index)
    return quoted === undefined ? word! : (JSON.parse(quoted) as string)
  })
}

/** Whether `path` is `ancestor` or lies below it. */
export function isWithin(path: DocumentPath, ancestor: DocumentPath): boolean {
  return ancestor.every((step, index) => path[index] === step)
}

/** A set of paths that answers whether one of them is a given path or leads to it, in time that its length sets. */
export class PathSet {
  readonly #paths = new Set<string>()

  /** Adds paths. */
  add(paths: Iterable<DocumentPath>): void {
    for (const path of paths) this.#paths.add(formatPath(path))
  }

  /** Whether a path of the set is `path` or an ancestor of it. */
  covers(path: DocumentPath): boolean {
    if (this.#paths.size === 0) return false
    return this.#paths.has('') || path.some((_, index) => this.#paths.has(formatPath(path.slice(0, index + 1))))
  }

  /** Whether a path of the set is `path` or lies around or below it. */
  touches(path: DocumentPath): boolean {
    if (this.covers(path)) return true
    const text = formatPath(path)
    return [...this.#paths].some((other) => other.startsWith(`${text}.`) || other.startsWith(`${text}[`))
  }
}
