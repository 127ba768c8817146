import type { EditorState } from '@codemirror/state'

import { asObject, asText, type Given } from '#renderer/stores/given'
import type { Outline } from '#renderer/stores/outline'
import type { CompletionFacts } from '#renderer/fields/index'
import { POLICY_KINDS, policyKindOf, policySchema } from '#shared/lab/index'

/** What a policy's text is completed by: the fields of its kind, and the lab's namespaces and labels. */
export function policyFacts(outline: () => Outline): CompletionFacts {
  return {
    schema: (state) => schemaOf(state),
    doc: () => undefined,
    values: (path) => valuesAt(path, outline()),
    keys: (path) => (path.at(-1) === 'matchLabels' ? labelNames(path, outline()) : []),
  }
}

/** Where no kind is written yet: those that there are. */
const ANY_KIND: Given = {
  type: 'object',
  properties: {
    apiVersion: { type: 'string', enum: [...new Set(POLICY_KINDS.map(({ apiVersion }) => apiVersion))] },
    kind: { type: 'string', enum: [...new Set(POLICY_KINDS.map(({ kind }) => kind))] },
    metadata: { type: 'object', properties: { name: { type: 'string' }, namespace: { type: 'string' } } },
    spec: { type: 'object' },
  },
}

function schemaOf(state: EditorState): Given {
  const text = state.doc.toString()
  const field = (name: string): string => new RegExp(`^${name}:\\s*["']?([\\w./-]+)`, 'mu').exec(text)?.[1] ?? ''
  const kind = policyKindOf(field('apiVersion'), field('kind'))
  return kind === undefined ? ANY_KIND : (policySchema(kind) as unknown as Given)
}

function valuesAt(path: readonly (string | number)[], outline: Outline): readonly string[] {
  const [around, key] = path.slice(-2)
  if (key === 'namespace') return outline.namespaces.map(({ name }) => name)
  if (around !== 'matchLabels') return []
  return unique(labelled(path, outline).flatMap((labels) => (labels[String(key)] === undefined ? [] : [asText(labels[String(key)])])))
}

function labelNames(path: readonly (string | number)[], outline: Outline): readonly string[] {
  return unique(labelled(path, outline).flatMap((labels) => Object.keys(labels)))
}

/** The labels of what a selector at a path selects: namespaces, or workloads. */
function labelled(path: readonly (string | number)[], { namespaces, workloads }: Outline): readonly Given[] {
  const ofNamespaces = path.includes('namespaceSelector') || path.includes('namespaces')
  return ofNamespaces
    ? namespaces.map(({ name, given }) => ({ 'kubernetes.io/metadata.name': name, ...asObject(given['labels']) }))
    : workloads.map(({ given }) => asObject(given['labels']))
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)]
}
