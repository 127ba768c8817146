import { deepFreeze } from './deep-freeze'
import { expandManifests, type ManifestFiles } from './manifest/expand'
import { missingManifests } from './manifest/missing-manifests'
import { migrateDocument } from './migrations'
import { checkContent } from './parse/check-content'
import { checkHeader } from './parse/check-header'
import { quickValue } from './parse/quick-value'
import { readDocument, type LabDocument, type LocatedFinding } from './parse/lab-document'
import { lineFinder } from './parse/locate'
import { formatPath } from './document-path'
import { severityOf, type Finding, type Problem } from './problem'
import { LAB_API_VERSION, type Lab } from './record/lab'

/** What a document says. */
export interface CheckedLab {
  /** The lab; absent where there is any error. */
  readonly lab?: Lab
  /** Everything that is wrong or doubtful, in the order of the text. */
  readonly problems: readonly Problem[]
}

/** What became of a text. */
export interface ParsedLab extends CheckedLab {
  /** The document to edit; absent where the text is not one YAML document. */
  readonly document?: LabDocument
}

/**
 * Reads the text of a lab file. Never throws and never half-succeeds: with any error there is no lab. `files` are the texts
 * of the manifest files that the lab names; the objects of those that are not given stay away.
 */
export function parseLab(text: string, files?: ManifestFiles): ParsedLab {
  const read = readDocument(text)
  if (!('text' in read)) return { problems: problemsOf(read.findings) }
  const document = migrateDocument(read)
  return { document, ...checkDocument(document, files) }
}

/**
 * The lab of a text that has no errors, in a fraction of `parseLab`'s time; undefined where there may be something to
 * report, which only `parseLab` does.
 */
export function quickLab(text: string, files?: ManifestFiles): Lab | undefined {
  const value = quickValue(text)
  const { isLab, findings } = checkHeader(value)
  if (!isLab || findings.length > 0 || (value as { apiVersion: unknown }).apiVersion !== LAB_API_VERSION) return undefined
  const { lab, findings: ofContent } = checkContent(value, files)
  return lab === undefined || ofContent.some(({ code }) => severityOf(code) === 'error') ? undefined : deepFreeze(lab)
}

/**
 * The lab of a text that can be worked with, manifest files included, or else all that is wrong and doubtful. Warnings about a
 * lab without errors are nobody's here, which makes it fast.
 */
export function validLab(text: string, files?: ManifestFiles): { readonly lab: Lab } | { readonly problems: readonly Problem[] } {
  const quick = quickLab(text, files)
  if (quick !== undefined && missingManifests(quick, files).length === 0) return { lab: quick }
  const { lab, document, problems } = parseLab(text, files)
  if (lab === undefined || document === undefined) return { problems }
  const missing = missingManifests(lab, files)
  return missing.length === 0 ? { lab } : { problems: [...problems, ...placeFindings(document, missing, files)].toSorted((a, b) => a.line - b.line) }
}

/** Checks what a document says, as after an edit. */
export function checkDocument(document: LabDocument, files?: ManifestFiles): CheckedLab {
  const header = checkHeader(document.value)
  const content = header.isLab ? checkContent(document.value, files) : { findings: [] }
  const problems = problemsOf([...document.findings, ...locate(document, [...header.findings, ...content.findings])])
  const faulty = problems.some((problem) => problem.severity === 'error')
  return faulty || content.lab === undefined ? { problems } : { lab: deepFreeze(content.lab), problems }
}

/**
 * Findings about the lab that a document and its manifest files make, from wherever they come, as problems with their
 * lines, in the order of the text.
 */
export function placeFindings(document: LabDocument, findings: readonly Finding[], files?: ManifestFiles): Problem[] {
  if (findings.length === 0) return []
  const { place } = expandManifests(document.value, files)
  return problemsOf(locate(document, findings.map(place)))
}

function locate(document: LabDocument, findings: readonly Finding[]): LocatedFinding[] {
  const lineOf = lineFinder(document)
  return findings.map((finding) => ({ ...finding, line: lineOf(finding.path) }))
}

function problemsOf(findings: readonly LocatedFinding[]): Problem[] {
  return findings
    .map(({ path, ...finding }) => ({ ...finding, severity: severityOf(finding.code), path: formatPath(path) }))
    .toSorted((a, b) => a.line - b.line)
}
