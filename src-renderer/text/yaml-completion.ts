import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import type { EditorState, Extension } from '@codemirror/state'
import { hoverTooltip } from '@codemirror/view'

import type { Outline } from '#renderer/stores/outline'
import { fieldDoc, labJsonSchema } from '#shared/lab/index'

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

let known: Schema | undefined

/** What a lab file is completed by. The schema is made when it is first needed: it takes a moment. */
export function labFacts(outline: () => Outline): CompletionFacts {
  return {
    schema: () => (known ??= labJsonSchema()),
    doc: fieldDoc,
    values: (path) => namesFor(String(path.findLast((step) => typeof step === 'string')), outline()),
    keys: () => [],
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

/** The names that a field may refer to. */
function namesFor(key: string, { racks, switches, nodes, workloads, services, external, namespaces }: Outline): readonly string[] {
  const names = (list: readonly { readonly name: string }[]): readonly string[] => list.map(({ name }) => name)
  switch (key) {
    case 'rack':
      return names(racks)
    case 'switch':
    case 'attach':
      return names(switches)
    case 'ends':
    case 'link':
      return [...names(switches), ...names(nodes)]
    case 'nodes':
    case 'node':
      return names(nodes)
    case 'namespace':
      return names(namespaces)
    case 'workload':
      return workloads.map(({ namespace, name }) => `${namespace}/${name}`)
    case 'pod':
      return workloads.map(({ namespace, name }) => `${namespace}/${name}-0`)
    case 'service':
      return services.map(({ namespace, name }) => `${namespace}/${name}`)
    case 'external':
      return names(external)
    default:
      return []
  }
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
