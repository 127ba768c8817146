import { PathSet } from '../document-path'
import { expandManifests, type ManifestFiles } from '../manifest/expand'
import type { Finding } from '../problem'
import { LAB_API_VERSION, LAB_KIND, labSchema, type Lab } from '../record/lab'
import { contentOf } from '../validate/content'
import { validateLab, validateNames } from '../validate/validate'
import { PrunedCopy } from './prune'
import { checkSchema } from './schema-findings'

/** What a document's content is: the lab it makes, perhaps with faulty parts left out, and all that is wrong with it. */
interface ContentResult {
  readonly lab?: Lab
  readonly findings: readonly Finding[]
}

/**
 * Checks content against the schema and then for meaning. Where the schema finds faults, the faulty parts are taken out
 * and the rest is checked again, so that one answer holds everything that is wrong. `files` are the texts of the manifest
 * files that the lab names.
 */
export function checkContent(value: unknown, files?: ManifestFiles): ContentResult {
  const expanded = expandManifests(value, files)
  const { lab, findings } = checkExpanded(expanded.value)
  return { ...(lab === undefined ? {} : { lab }), findings: [...expanded.findings, ...findings.map(expanded.place)] }
}

function checkExpanded(value: unknown): ContentResult {
  // The header has been checked, and what is wrong with it is known.
  const rest = new PrunedCopy({ ...(value as object), apiVersion: LAB_API_VERSION, kind: LAB_KIND })
  let faults: readonly Finding[] = []
  const removed = new PathSet()
  while (rest.value !== undefined) {
    const result = checkSchema(labSchema, rest.value)
    if ('value' in result) {
      const content = contentOf(result.value, value, removed, (path) => rest.documentPath(path))
      const meaning = validateLab(content).map((finding) => ({ ...finding, path: rest.documentPath(finding.path) }))
      return { lab: result.value, findings: [...faults, ...validateNames(value, removed), ...meaning] }
    }
    const located = result.findings.map((finding) => ({ ...finding, path: rest.documentPath(finding.path) }))
    // What is missing or wrong now because a part was taken out is no fault of the document's.
    faults = faults.concat(located.filter(({ path }) => !removed.touches(path)))
    removed.add(located.map(({ path }) => path))
    rest.remove(result.findings.map((finding) => finding.path))
  }
  return { findings: [...faults, ...validateNames(value, removed)] }
}
