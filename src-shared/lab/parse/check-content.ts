import type { DocumentPath } from '../document-path'
import type { Finding } from '../problem'
import { labSchema, LAB_API_VERSION, LAB_KIND, type Lab } from '../record/lab'
import { validate } from '../validate/validate'
import { PrunedCopy } from './prune'
import { checkSchema } from './schema-findings'

/** What a document's content is: the lab it makes, perhaps with faulty parts left out, and all that is wrong with it. */
interface ContentResult {
  readonly lab?: Lab
  readonly findings: readonly Finding[]
}

/**
 * Checks content against the schema and then for meaning. Where the schema finds faults, the faulty parts are taken out
 * and the rest is checked again, so that one answer holds everything that is wrong.
 */
export function checkContent(value: unknown): ContentResult {
  const rest = new PrunedCopy({ ...(value as object), apiVersion: LAB_API_VERSION, kind: LAB_KIND })
  const findings: Finding[] = []
  const removed: DocumentPath[] = []
  while (rest.value !== undefined) {
    const result = checkSchema(labSchema, rest.value)
    if ('value' in result) {
      const meaning = validate({ lab: result.value, source: value, removed })
      const inDocument = meaning.map((finding) => ({ ...finding, path: rest.documentPath(finding.path) }))
      return { lab: result.value, findings: [...findings, ...inDocument] }
    }
    const located = result.findings.map((finding) => ({ ...finding, path: rest.documentPath(finding.path) }))
    findings.push(...located.filter(({ path }) => !removed.some((place) => isSamePath(place, path))))
    removed.push(...located.map(({ path }) => path))
    rest.remove(result.findings.map((finding) => finding.path))
  }
  return { findings }
}

function isSamePath(a: DocumentPath, b: DocumentPath): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index])
}
