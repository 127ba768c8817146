/** A set of endpoints by their dense numbers: bit e mod 32 of word e div 32. */
export type EndpointSet = Uint32Array

/** Words that sets over `count` endpoints take. */
export function wordsFor(count: number): number {
  return Math.ceil(count / 32)
}

/** The set of the endpoints from 0 to `count` − 1 that a predicate picks. */
export function endpointSet(count: number, picks: (endpoint: number) => boolean): EndpointSet {
  const set = new Uint32Array(wordsFor(count))
  for (let endpoint = 0; endpoint < count; endpoint++) if (picks(endpoint)) addEndpoint(set, endpoint)
  return set
}

/** Adds an endpoint to a set. */
export function addEndpoint(set: EndpointSet, endpoint: number): void {
  set[endpoint >>> 5]! |= 1 << (endpoint & 31)
}

/** Whether a set holds an endpoint; `first` is the set's first word where many share an array. */
export function hasEndpoint(words: Uint32Array, endpoint: number, first = 0): boolean {
  return ((words[first + (endpoint >>> 5)]! >>> (endpoint & 31)) & 1) === 1
}

/** The endpoints of a set, in order. */
export function membersOf(set: EndpointSet): number[] {
  const members: number[] = []
  for (let word = 0; word < set.length; word++) {
    for (let left = set[word]!; left !== 0; left &= left - 1) members.push(word * 32 + 31 - Math.clz32(left & -left))
  }
  return members
}

/** A number that equal sets share and others seldom do (FNV-1a over words). */
function hashOfSet(set: EndpointSet): number {
  let hash = 0x811c9dc5
  for (const word of set) hash = Math.imul(hash ^ word, 0x01000193)
  return hash
}

/** Whether two sets hold the same endpoints. */
function equalSets(a: EndpointSet, b: EndpointSet): boolean {
  return a === b || a.every((word, index) => word === b[index]!)
}

/** Numbers sets in the order in which they are first met, equal ones alike. */
export class SetNumbering {
  /** The sets, each once, by their numbers. */
  readonly sets: EndpointSet[] = []
  private readonly byHash = new Map<number, number[]>()

  /** The number of a set. */
  of(set: EndpointSet): number {
    const hash = hashOfSet(set)
    const alike = this.byHash.get(hash) ?? []
    const known = alike.find((number) => equalSets(this.sets[number]!, set))
    if (known !== undefined) return known
    const number = this.sets.push(set) - 1
    this.byHash.set(hash, [...alike, number])
    return number
  }
}

/** The endpoints in any of the sets. */
export function unionOf(count: number, sets: readonly EndpointSet[]): EndpointSet {
  const union = new Uint32Array(wordsFor(count))
  for (const set of sets) for (let word = 0; word < union.length; word++) union[word]! |= set[word]!
  return union
}

/** The endpoints in both sets. */
export function intersectionOf(a: EndpointSet, b: EndpointSet): EndpointSet {
  return a.map((word, index) => word & b[index]!)
}

/** The endpoints in `a` and not in `b`. */
export function differenceOf(a: EndpointSet, b: EndpointSet): EndpointSet {
  return a.map((word, index) => word & ~b[index]!)
}
