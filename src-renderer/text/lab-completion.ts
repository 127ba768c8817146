import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { hoverTooltip } from '@codemirror/view'

import type { Outline } from '#renderer/stores/outline'
import { fieldDoc, labJsonSchema } from '#shared/lab/index'

import { keysOf, schemasAt, valuesOf, type Schema } from './schema-walk'
import { yamlContext } from './yaml-context'

let schema: Schema | undefined

/** Made when it is first needed: it takes a moment. */
function labSchema(): Schema {
  schema ??= labJsonSchema()
  return schema
}

/** Offers the keys and values that the schema has at the cursor, and the names of things where these are asked for. */
export function labCompletion(outline: () => Outline): (context: CompletionContext) => CompletionResult | null {
  return (context) => {
    const word = context.matchBefore(/[\w./-]*/u)
    if (word === null || (word.from === word.to && !context.explicit)) return null
    const { path, isKey, present } = yamlContext(context.state, context.pos)
    const schemas = schemasAt(labSchema(), path)
    const options = isKey ? keyOptions(schemas, path, present) : valueOptions(schemas, path, outline())
    return options.length === 0 ? null : { from: word.from, options, validFor: /^[\w./-]*$/u }
  }
}

function keyOptions(schemas: readonly Schema[], path: readonly (string | number)[], present: readonly string[]): readonly Completion[] {
  return [...keysOf(schemas)].filter(([key]) => !present.includes(key)).map(([key, its]) => {
    const info = fieldDoc([...path, key])
    return { label: key, apply: `${key}: `, type: 'property', detail: typeWord(its), ...(info === undefined ? {} : { info }) }
  })
}

function valueOptions(schemas: readonly Schema[], path: readonly (string | number)[], outline: Outline): readonly Completion[] {
  return [
    ...namesFor(String(path.findLast((step) => typeof step === 'string')), outline).map((label) => ({ label, type: 'variable' })),
    ...valuesOf(schemas).map((label) => ({ label, type: 'enum' })),
  ]
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
export const labHover = hoverTooltip(({ state }, position) => {
  const line = state.doc.lineAt(position)
  const match = [...line.text.matchAll(/[\w-]+(?=:)/gu)]
    .find(({ index, 0: key }) => position >= line.from + index && position <= line.from + index + key.length)
  if (match === undefined) return null
  const from = line.from + match.index
  const { path, isKey } = yamlContext(state, from)
  const doc = fieldDoc([...(isKey ? path : path.slice(0, -1)), match[0]])
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
