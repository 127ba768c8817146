import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Alias,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml'

import type { DocumentPath } from '../document-path'
import type { Finding } from '../problem'

/** How many values aliases may add to a document: enough to share settings among thousands of nodes. */
const MAX_ALIASED_VALUES = 100_000

interface OffsetFinding extends Finding {
  readonly offset: number
}

/** What a document holds as plain values; `fatal` where it cannot be used. */
export interface ValueResult {
  readonly value: unknown
  readonly findings: readonly OffsetFinding[]
  readonly fatal: boolean
}

/** Tags that say what a plain YAML 1.2 value is anyway. */
const coreTags = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
)

/**
 * Turns the nodes of a document into plain values. The library's own `toJS` stringifies keys that are no text, needs
 * quadratic time to find duplicate keys and does not say where; this walk reports each with its place.
 */
export function readValue(document: Document.Parsed, maxDepth: number): ValueResult {
  return new ValueReader(document, maxDepth).read()
}

class ValueReader {
  readonly #document: Document.Parsed
  readonly #maxDepth: number
  readonly #findings: OffsetFinding[] = []
  /** Anchored collections that the walk is in, to notice an alias that leads back. */
  readonly #around = new Set<Node>()
  /** How many aliases lead to where the walk is. */
  #aliasDepth = 0
  #aliasedValues = 0
  #fatal = false

  constructor(document: Document.Parsed, maxDepth: number) {
    this.#document = document
    this.#maxDepth = maxDepth
  }

  read(): ValueResult {
    const value = this.#valueOf(this.#document.contents, [])
    return { value, findings: this.#findings, fatal: this.#fatal }
  }

  #report(finding: Omit<OffsetFinding, 'offset'>, node: Node | null | undefined, fatal = false): void {
    if (this.#fatal) return
    this.#findings.push({ ...finding, offset: node?.range?.[0] ?? 0 })
    this.#fatal = fatal
  }

  #valueOf(node: Node | null, path: DocumentPath): unknown {
    if (this.#fatal || node === null) return null
    if (this.#aliasDepth > 0 && ++this.#aliasedValues > MAX_ALIASED_VALUES) {
      this.#report({ code: 'too-many-aliases', path, message: 'Aliases repeat too much content.' }, node, true)
      return null
    }
    if (isAlias(node)) return this.#aliased(node, path)
    this.#checkTag(node, path)
    if (isScalar(node)) return node.value
    if (path.length >= this.#maxDepth) {
      const message = `Values are nested more than ${this.#maxDepth} levels deep here.`
      this.#report({ code: 'too-deep', path: [], message }, node, true)
      return null
    }
    const isAnchored = isCollection(node) && node.anchor !== undefined
    if (isAnchored) this.#around.add(node)
    const value = this.#collection(node, path)
    if (isAnchored) this.#around.delete(node)
    return value
  }

  #collection(node: Node, path: DocumentPath): unknown {
    if (isSeq(node)) return node.items.map((item, index) => this.#valueOf(item as Node | null, [...path, index]))
    return isMap(node) ? this.#mapping(node, path) : null
  }

  #aliased(alias: Alias, path: DocumentPath): unknown {
    const target = alias.resolve(this.#document)
    if (target === undefined || this.#around.has(target)) {
      const message =
        target === undefined ? `*${alias.source} has no anchor before it.` : `*${alias.source} contains itself.`
      this.#report({ code: 'yaml-syntax', path, message }, alias, true)
      return null
    }
    this.#aliasDepth += 1
    const value = this.#valueOf(target, path)
    this.#aliasDepth -= 1
    return value
  }

  #checkTag(node: Node, path: DocumentPath): void {
    if (node.tag === undefined || coreTags.has(node.tag)) return
    const fix = 'Remove the tag.'
    this.#report({ code: 'yaml-tag', path, message: `The tag ${node.tag} has no meaning in a lab file.`, fix }, node)
  }

  #mapping(map: YAMLMap, path: DocumentPath): Record<string, unknown> {
    const result: Record<string, unknown> = {}
    for (const pair of map.items as Pair<Node, Node | null>[]) {
      const key = this.#keyOf(pair, path)
      if (key === undefined) continue
      if (Object.hasOwn(result, key)) {
        const message = `The key ${JSON.stringify(key)} is here twice in one mapping.`
        this.#report({ code: 'duplicate-key', path: [...path, key], message, fix: 'Remove one of them.' }, pair.key)
        continue
      }
      result[key] = this.#valueOf(pair.value, [...path, key])
    }
    return result
  }

  #keyOf(pair: Pair<Node, Node | null>, path: DocumentPath): string | undefined {
    const key = isAlias(pair.key) ? pair.key.resolve(this.#document) : pair.key
    if (isScalar(key) && typeof key.value === 'string' && key.value !== '__proto__') return key.value
    const shown = isScalar(key) ? String(key.value) : 'A collection'
    if (shown === '<<') return shown
    const message = `${shown} cannot be a key here; keys are texts.`
    const fix = isScalar(key) && typeof key.value === 'number' ? `Write "${shown}".` : undefined
    this.#report({ code: 'wrong-type', path, message, ...(fix === undefined ? {} : { fix }) }, pair.key)
    return undefined
  }
}
