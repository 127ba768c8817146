import { loadAll } from 'js-yaml'

/** Objects of a text, or what keeps them from being read. */
export type ManifestText =
  | { readonly objects: readonly unknown[] }
  | {
      /** A sentence. */
      readonly error: string
      /** Line in the text, from 1. */
      readonly line: number
    }

/** Deepest nesting, as in lab files, and most aliases. */
const LIMITS = { maxDepth: 100, maxAliases: 10_000 }

/**
 * Reads the objects of a manifest as kubectl takes and prints it: YAML (one document or several) or JSON. Lists (`kind`
 * ending in `List`) count as the objects in them, and empty documents as none.
 */
export function readManifestText(text: string): ManifestText {
  try {
    const start = text.trimStart()[0]
    const documents = start === '{' || start === '[' ? readJson(text) : loadAll(text, LIMITS)
    return { objects: documents.flatMap(objectsIn) }
  } catch (error) {
    return { error: `It is neither YAML nor JSON: ${reasonOf(error)}.`, line: lineOf(error) }
  }
}

/** One JSON value; where it is no JSON after all, YAML in flow style. */
function readJson(text: string): unknown[] {
  try {
    return [JSON.parse(text)]
  } catch {
    return loadAll(text, LIMITS)
  }
}

function objectsIn(document: unknown): unknown[] {
  if (document === null || document === undefined) return []
  if (Array.isArray(document)) return document.flatMap(objectsIn)
  if (typeof document !== 'object') return [document]
  const { kind, items } = document as { readonly kind?: unknown; readonly items?: unknown }
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items) ? items.flatMap(objectsIn) : [document]
}

function reasonOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'reason' in error) return String(error.reason)
  return error instanceof Error ? error.message : String(error)
}

function lineOf(error: unknown): number {
  const mark: unknown = typeof error === 'object' && error !== null && 'mark' in error ? error.mark : undefined
  const line: unknown = typeof mark === 'object' && mark !== null && 'line' in mark ? mark.line : undefined
  return typeof line === 'number' ? line + 1 : 1
}
