import { applyChange, type LabOperation } from './change/lab-change'
import { isMapping } from './change/plain-value'
import type { LabDocument } from './parse/lab-document'
import { LAB_API_VERSION } from './record/lab'

/** The step from one version of lab files to the next: what to do to a document's content, besides its apiVersion. */
export interface Migration {
  readonly from: string
  readonly to: string
  readonly operations: (content: unknown) => readonly LabOperation[]
}

/**
 * The steps from the oldest version that is read to the current one, without gaps. There is one version yet. A new one
 * is a line here: documents are edited, not rewritten, so that comments and order survive.
 */
export const MIGRATIONS: readonly Migration[] = []

/** Versions of lab files that are read, oldest first, the current one last. */
export const LAB_VERSIONS: readonly string[] = [...MIGRATIONS.map(({ from }) => from), LAB_API_VERSION]

/** Brings a document of an older version to the current one, step by step; answers any other document as it is. */
export function migrateDocument(document: LabDocument, migrations: readonly Migration[] = MIGRATIONS): LabDocument {
  const version = isMapping(document.value) ? document.value['apiVersion'] : undefined
  const first = migrations.findIndex(({ from }) => from === version)
  if (first < 0) return document
  return migrations.slice(first).reduce((current, { from, to, operations }) => {
    const setVersion: LabOperation = { op: 'set', path: ['apiVersion'], value: to }
    const label = `Migrate from ${from} to ${to}`
    return applyChange(current, { label, operations: [...operations(current.value), setVersion] }).document
  }, document)
}
