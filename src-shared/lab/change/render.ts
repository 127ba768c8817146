import { stringify } from 'yaml'

import { isList, isMapping, type PlainMapping, type PlainValue } from './plain-value'

/** Longest entry of a list that is written on one line. */
const MAX_INLINE_ITEM = 160

/** A scalar as YAML text on one line; `inFlow` where brackets and commas would end it. */
export function renderScalar(value: null | boolean | number | string, inFlow: boolean): string {
  // A JSON text is a double-quoted YAML scalar; the library would fold it over lines.
  if (typeof value === 'string' && /[\p{Cc}\u2028\u2029]/u.test(value)) return JSON.stringify(value)
  if (!inFlow) return stringify(value, { lineWidth: 0 }).trimEnd()
  return stringify([value], { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 })
    .trimEnd()
    .slice(1, -1)
}

/** A key as YAML text. */
export function renderKey(key: string): string {
  return renderScalar(key, true)
}

/** Any value on one line, collections in brackets. */
export function renderInline(value: PlainValue, inFlow: boolean): string {
  if (isList(value)) return `[${value.map((item) => renderInline(item, true)).join(', ')}]`
  if (!isMapping(value)) return renderScalar(value, inFlow)
  return `{${entriesOf(value)
    .map(([key, item]) => `${renderKey(key)}: ${renderInline(item, true)}`)
    .join(', ')}}`
}

/** The entries of a mapping that have a value. */
function entriesOf(value: PlainMapping): [string, PlainValue][] {
  return Object.entries(value).filter((entry): entry is [string, PlainValue] => entry[1] !== undefined)
}

const isCollection = (value: PlainValue | undefined): boolean => isList(value) || isMapping(value)

/** Whether a value of a block mapping is written over several lines: a collection of collections. */
export function isTall(value: PlainValue): boolean {
  if (isList(value)) return value.some(isCollection)
  return isMapping(value) && Object.values(value).some(isCollection)
}

/** Whether an entry of a block list is written over several lines: when one would be too long. */
export function isTallItem(value: PlainValue): boolean {
  return isCollection(value) && renderInline(value, true).length > MAX_INLINE_ITEM
}

/** A collection as the lines of a block, without indentation. */
export function renderBlock(value: PlainValue): string[] {
  if (isList(value)) return value.flatMap(renderItem)
  if (!isMapping(value)) return [renderScalar(value, false)]
  return entriesOf(value).flatMap(([key, item]) => renderEntry(key, item))
}

/** An entry of a block mapping as lines. */
export function renderEntry(key: string, value: PlainValue): string[] {
  if (!isTall(value)) return [`${renderKey(key)}: ${renderInline(value, false)}`]
  return [`${renderKey(key)}:`, ...renderBlock(value).map((line) => `  ${line}`)]
}

/** An entry of a block list as lines. */
export function renderItem(value: PlainValue): string[] {
  if (!isTallItem(value)) return [`- ${renderInline(value, false)}`]
  return renderBlock(value).map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`))
}
