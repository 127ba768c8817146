import {
  isMap,
  isPair,
  isScalar,
  isSeq,
  type CST,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'

import type { DocumentPath } from '../document-path'

/** A mapping or list of a document. */
export type Collection = YAMLMap | YAMLSeq

/** Where an entry of a mapping or list is in the text. */
export interface Entry {
  readonly key: string | number
  /** The first character: of its dash, question mark, key or, in brackets, value. */
  readonly start: number
  /** After the last character of its value. */
  readonly end: number
  /** Where its value may be written: after its dash or colon, or where the value starts in a bracketed list. */
  readonly slot: number
  /** Where a value is in `slot` to `end`, its anchor and tag included; `slot` where it is empty. */
  readonly valueStart: number
  /** Whether a colon is still to be written at `slot`, as in `{key}`. */
  readonly needsColon: boolean
  readonly keyNode?: Node
  readonly value: Node | null
}

/** Whether a collection is written in brackets. */
export function isFlow(collection: Collection): boolean {
  return collection.flow === true
}

/** The column at which entries of a block collection start. */
export function indentOf(collection: Collection): number {
  const token = collection.srcToken
  return token !== undefined && 'indent' in token ? token.indent : 0
}

/** A collection's entries, in the order of the text, and by their keys. */
interface Layout {
  readonly entries: readonly Entry[]
  readonly byKey: ReadonlyMap<string | number, Entry>
}

/** Nodes of a document never change, so their layout is found once. */
const layouts = new WeakMap<Collection, Layout>()

function layoutOf(collection: Collection): Layout {
  const known = layouts.get(collection)
  if (known !== undefined) return known
  const entries = itemsOf(collection).map((item, index) => entryOf(collection, item, index))
  // Of entries with the same key the first counts, as for the content.
  const layout = { entries, byKey: new Map(entries.toReversed().map((entry) => [entry.key, entry])) }
  layouts.set(collection, layout)
  return layout
}

/** The entries of a collection, in the order of the text. */
export function entriesOf(collection: Collection): readonly Entry[] {
  return layoutOf(collection).entries
}

function itemsOf(collection: Collection): CST.CollectionItem[] {
  const token = collection.srcToken
  return token !== undefined && 'items' in token ? (token.items as CST.CollectionItem[]).filter(isReal) : []
}

function entryOf(collection: Collection, item: CST.CollectionItem, index: number): Entry {
  const content = collection.items[index]
  return isMap(collection) && isPair(content)
    ? pairEntry(item, content as Pair<Node, Node | null>)
    : itemEntry(item, content as Node | null, index, isFlow(collection))
}

/** The brackets of a flow collection: after the opening one, before the closing one, and after a comma before that. */
export function closingOf(collection: Collection): { opening: number; closing: number; comma?: number } {
  const token = collection.srcToken
  if (token?.type !== 'flow-collection') throw new Error('Not a collection in brackets')
  const bracket = token.end.find(({ type }) => type === 'flow-map-end' || type === 'flow-seq-end')
  const rest = token.items.at(-1)
  const comma = rest === undefined || isReal(rest) ? undefined : rest.start.find(({ type }) => type === 'comma')
  const brackets = { opening: endOf(token.start), closing: bracket?.offset ?? 0 }
  return comma === undefined ? brackets : { ...brackets, comma: endOf(comma) }
}

const padding: ReadonlySet<string> = new Set(['space', 'newline', 'comment', 'comma'])
const properties: ReadonlySet<string> = new Set(['anchor', 'tag'])

/** The parser also keeps an item for a comment after the last entry and for a comma before a closing bracket. */
function isReal(item: CST.CollectionItem): boolean {
  return (
    item.key !== undefined ||
    item.value !== undefined ||
    item.sep !== undefined ||
    item.start.some(({ type }) => !padding.has(type))
  )
}

function endOf(token: CST.SourceToken): number {
  return token.offset + token.source.length
}

function pairEntry(item: CST.CollectionItem, pair: Pair<Node, Node | null>): Entry {
  const key = pair.key
  const separator = item.sep ?? []
  const colon = separator.find(({ type }) => type === 'map-value-ind')
  const keyEnd = key.range?.[1] ?? 0
  const slot = colon === undefined ? keyEnd : endOf(colon)
  const first = item.start.find(({ type }) => !padding.has(type))
  return {
    key: isScalar(key) ? String(key.value) : '',
    start: first?.offset ?? key.range?.[0] ?? 0,
    slot,
    needsColon: colon === undefined,
    keyNode: key,
    ...valueRange(separator, item.value, pair.value, slot),
  }
}

function itemEntry(item: CST.CollectionItem, value: Node | null, index: number, flow: boolean): Entry {
  const dash = item.start.find(({ type }) => type === 'seq-item-ind')
  const first = item.start.find(({ type }) => !padding.has(type))
  const start = first?.offset ?? value?.range?.[0] ?? 0
  const slot = flow || dash === undefined ? start : endOf(dash)
  return { key: index, start, slot, needsColon: false, ...valueRange(item.start, item.value, value, slot) }
}

function valueRange(
  before: readonly CST.SourceToken[],
  token: CST.Token | null | undefined,
  value: Node | null,
  slot: number,
): Pick<Entry, 'valueStart' | 'end' | 'value'> {
  const props = before.filter(({ type, offset }) => properties.has(type) && offset >= slot)
  const end = token == null || value === null ? Math.max(slot, ...props.map(endOf)) : contentEnd(value)
  const valueStart = props[0]?.offset ?? (token == null ? slot : (value?.range?.[0] ?? slot))
  return { valueStart, end, value }
}

/** After the last character of a node; the library's ranges of block collections reach over what follows them. */
function contentEnd(node: Node): number {
  if ((isMap(node) || isSeq(node)) && !isFlow(node)) {
    const items = itemsOf(node)
    const last = items.at(-1)
    if (last !== undefined) return entryOf(node, last, items.length - 1).end
  }
  return node.range?.[1] ?? 0
}

/** What a path leads to: the chain of collections and, for the last step, the entry where there is one. */
export interface Spot {
  /** The collection that the last step looks into; undefined for the root. */
  readonly parent?: Collection
  readonly entry?: Entry
  readonly node: Node | null
}

/** Follows a path to where something is; undefined where nothing is. */
export function findSpot(yaml: Document.Parsed, path: DocumentPath): Spot | undefined {
  let spot: Spot = { node: yaml.contents }
  for (const step of path) {
    const { node } = spot
    if (!isMap(node) && !isSeq(node)) return undefined
    const entry = layoutOf(node).byKey.get(step)
    if (entry === undefined) return undefined
    spot = { parent: node, entry, node: entry.value }
  }
  return spot
}
