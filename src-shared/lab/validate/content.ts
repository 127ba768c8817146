import { valueAt, type PlainValue } from '../change/plain-value'
import type { DocumentPath, PathSet } from '../document-path'
import type { Finding, Report } from '../problem'
import type { Lab } from '../record/lab'

/** What there is to check: a lab, and the document that it was made of. Paths in the lab are those of its document. */
export interface Content {
  /** The lab, perhaps without parts that are faulty. */
  readonly lab: Lab
  /** What the document says at a path of the lab; undefined where the lab has a default. */
  readonly given: (path: DocumentPath) => PlainValue | undefined
  /** Whether nothing at or below a path was faulty. */
  readonly isWhole: (path: DocumentPath) => boolean
}

/** A check of a lab. */
export type Check = (content: Content, report: Report) => void

/** Describes a lab whose faulty parts were taken out: `removed`, as paths of the document. */
export function contentOf(
  lab: Lab,
  source: unknown,
  removed: PathSet,
  documentPath: (path: DocumentPath) => DocumentPath,
): Content {
  return {
    lab,
    given: (path) => valueAt(source, documentPath(path)),
    isWhole: (path) => !removed.touches(documentPath(path)),
  }
}

/** A list of findings and the function that adds to it. */
export function collect(): { findings: Finding[]; report: Report } {
  const findings: Finding[] = []
  const report: Report = (code, path, message, fix) => {
    findings.push(fix === undefined ? { code, path, message } : { code, path, message, fix })
  }
  return { findings, report }
}
