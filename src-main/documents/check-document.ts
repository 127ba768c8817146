import { parseLab } from '#shared/lab/index'

import type { DocumentCheck } from './document-session'

/** Where a document says that it is a lab, and of which version; an error there means it is something else. */
const header: ReadonlySet<string> = new Set(['', 'apiVersion', 'kind'])

/**
 * A text can be shown if it is one YAML document that says it is a lab of a version this app knows. Other errors don't
 * keep it closed: a lab half drawn has some, and whoever saved it wants it back. They keep it from running.
 */
export const checkDocument: DocumentCheck = (text) => {
  const { document, problems } = parseLab(text)
  const isLab = !problems.some(({ severity, path }) => severity === 'error' && header.has(path))
  return { readable: document !== undefined && isLab, problems }
}
