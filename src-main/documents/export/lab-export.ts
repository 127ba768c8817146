import { dump } from 'js-yaml'

import type { ClusterFile, ExportWarning, ExportWarningCode } from '#shared/contract/cluster-export'
import { formatPath, type DocumentPath } from '#shared/lab/index'

/** The files made of a lab so far, and what they do not say. */
export class LabExport {
  readonly files: ClusterFile[] = []
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
