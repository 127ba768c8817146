import { dump } from 'js-yaml'

import { formatPath, type DocumentPath } from '#shared/lab/index'

/** What files can be made for. */
export const EXPORT_TARGETS = ['kind', 'helm', 'calico', 'containerlab', 'manifests'] as const

/** One of them. */
export type ExportTarget = (typeof EXPORT_TARGETS)[number]

/**
 * Why a file says less than the lab, or something else:
 * - `not-exported`: no such file has a place for it;
 * - `in-other-file`: the files of another target have it;
 * - `approximated`: it is there, and means something a little different.
 */
type ExportWarningCode = 'not-exported' | 'in-other-file' | 'approximated'

/** Something of a lab that files do not say as it is. */
export interface ExportWarning {
  readonly code: ExportWarningCode
  /** Where in the lab: `spec.nodes[0].asn`. */
  readonly path: string
  readonly message: string
}

/** A file that was made. */
export interface ExportedFile {
  /** Its path below the folder of all. */
  readonly path: string
  readonly text: string
}

/** The files made of a lab so far, and what they do not say. */
export class LabExport {
  readonly files: ExportedFile[] = []
  readonly warnings: ExportWarning[] = []

  /** Adds a file of one or several YAML documents; none for no documents. */
  addYaml(path: string, ...documents: readonly object[]): void {
    if (documents.length > 0) this.addText(path, documents.map((document) => dump(document, LAYOUT)).join('---\n'))
  }

  /** Adds a file. */
  addText(path: string, text: string): void {
    this.files.push({ path, text })
  }

  /** Notes what files do not say as it is. */
  warn(code: ExportWarningCode, path: DocumentPath, message: string): void {
    this.warnings.push({ code, path: formatPath(path), message })
  }
}

/** A line for each field, however long. */
const LAYOUT = { lineWidth: -1, noRefs: true }
