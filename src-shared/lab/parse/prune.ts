import type { DocumentPath } from '../document-path'

type Container = Record<string, unknown> | unknown[]

/**
 * A document's content from which faulty parts can be taken, so that the rest can still be checked: of a copy, made with
 * the first of them. Elements of sequences keep their numbers: a path in what is left leads to the same place in the
 * document.
 */
export class PrunedCopy {
  #root: unknown
  #isCopied = false
  /** Of each sequence that lost elements: the numbers, in the document, of those left. */
  readonly #numbers = new WeakMap<unknown[], number[]>()

  constructor(value: unknown) {
    this.#root = value
  }

  /** What is left. */
  get value(): unknown {
    return this.#root
  }

  /** Turns a path in what is left into the path in the document. */
  documentPath(path: DocumentPath): DocumentPath {
    let here: unknown = this.#root
    return path.map((step) => {
      const container = here
      here = isContainer(container) ? (container as Record<string | number, unknown>)[step] : undefined
      return Array.isArray(container) && typeof step === 'number'
        ? (this.#numbers.get(container)?.[step] ?? step)
        : step
    })
  }

  /**
   * Takes away what is at each path; where nothing is there (something is missing), what should contain it; the
   * root itself leaves nothing. Paths are those of what is left before the call.
   */
  remove(paths: readonly DocumentPath[]): void {
    if (!this.#isCopied) this.#root = copy(this.#root)
    this.#isCopied = true
    const victims = paths.map((path) => this.#resolve(path))
    for (const victim of victims) {
      if (victim === undefined) this.#root = undefined
      else if (Array.isArray(victim.container)) victim.container[victim.step as number] = REMOVED
      else Reflect.deleteProperty(victim.container, victim.step)
    }
    for (const victim of victims) {
      if (victim !== undefined && Array.isArray(victim.container)) this.#compact(victim.container)
    }
  }

  #resolve(path: DocumentPath): { container: Container; step: string | number } | undefined {
    let found: { container: Container; step: string | number } | undefined
    let here: unknown = this.#root
    for (const step of path) {
      if (!isContainer(here) || !Object.hasOwn(here, step)) break
      found = { container: here, step }
      here = (here as Record<string | number, unknown>)[step]
    }
    return found
  }

  #compact(list: unknown[]): void {
    const numbers = this.#numbers.get(list) ?? list.map((_, index) => index)
    const kept = list.flatMap((item, index) => (item === REMOVED ? [] : [index]))
    this.#numbers.set(
      list,
      kept.map((index) => numbers[index]!),
    )
    list.splice(0, list.length, ...kept.map((index) => list[index]))
  }
}

const REMOVED = Symbol('removed')

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy)
  if (!isContainer(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]))
}
