import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import type { EditorState, Extension } from '@codemirror/state'
import { hoverTooltip } from '@codemirror/view'

import { keysOf, schemasAt, valuesOf, type Schema } from './schema-walk'
import { yamlContext } from './yaml-context'

/** What completion in a YAML text draws on. */
export interface CompletionFacts {
  /** The schema of the whole text. */
  readonly schema: (state: EditorState) => Schema
  /** What the field at a path means, where its schema does not say. */
  readonly doc: (path: readonly (string | number)[]) => string | undefined
  /** Values that a field may have because of what is there: names of things. */
  readonly values: (path: readonly (string | number)[]) => readonly string[]
  /** Keys that a mapping may have because of what is there: names of labels. */
  readonly keys: (path: readonly (string | number)[]) => readonly string[]
}

/** Offers the keys and values that the schema has at the cursor, and the names of things where these are asked for. */
export function yamlCompletion({ schema, doc, values, keys }: CompletionFacts): (context: CompletionContext) => CompletionResult | null {
  return (context) => {
    const word = context.matchBefore(/[\w./-]*/u)
    if (word === null || (word.from === word.to && !context.explicit)) return null
    const { path, isKey, present } = yamlContext(context.state, context.pos)
    const schemas = schemasAt(schema(context.state), path)
    const options = isKey
      ? [...keyOptions(schemas, path, doc), ...keys(path).map((label) => ({ label, apply: `${label}: `, type: 'property' }))].filter(({ label }) => !present.includes(label))
      : [...values(path).map((label) => ({ label, type: 'variable' })), ...valuesOf(schemas).map((label) => ({ label, type: 'enum' }))]
    return options.length === 0 ? null : { from: word.from, options, validFor: /^[\w./-]*$/u }
  }
}

function keyOptions(schemas: readonly Schema[], path: readonly (string | number)[], doc: CompletionFacts['doc']): readonly Completion[] {
  return [...keysOf(schemas)].map(([key, its]) => {
    const info = descriptionOf(its) ?? doc([...path, key])
    return { label: key, apply: `${key}: `, type: 'property', detail: typeWord(its), ...(info === undefined ? {} : { info }) }
  })
}

function descriptionOf({ description }: Schema): string | undefined {
  return typeof description === 'string' ? description : undefined
}

function typeWord({ type, default: standard }: Schema): string {
  const word = typeof type === 'string' ? type : ''
  return ['string', 'number', 'boolean'].includes(typeof standard) && standard !== '' ? `${word}, default ${String(standard)}` : word
}

/** Shows what a key means while the pointer rests on it. */
export function yamlHover({ schema, doc: docOf }: CompletionFacts): Extension {
  return hoverTooltip(({ state }, position) => {
    const line = state.doc.lineAt(position)
    const match = [...line.text.matchAll(/[\w-]+(?=:)/gu)]
      .find(({ index, 0: key }) => position >= line.from + index && position <= line.from + index + key.length)
    if (match === undefined) return null
    const from = line.from + match.index
    const { path, isKey } = yamlContext(state, from)
    const place = [...(isKey ? path : path.slice(0, -1)), match[0]]
    const doc = schemasAt(schema(state), place).map(descriptionOf).find((text) => text !== undefined) ?? docOf(place)
    if (doc === undefined) return null
    return {
      pos: from,
      end: from + match[0].length,
      create: () => {
        const dom = document.createElement('div')
        dom.className = 'doc'
        dom.textContent = doc
        return { dom }
      },
    }
  })
}
