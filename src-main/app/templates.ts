import { readFile } from 'node:fs/promises'
import path from 'node:path'

import type { DocumentTemplate } from '#main/documents/document-session'

/** A lab to start from, as shipped under `resources/`, and the name that a lab made from it gets. */
const templates: Readonly<Record<DocumentTemplate, { readonly name: string; readonly file: string }>> = {
  empty: { name: 'Untitled', file: 'templates/empty.cnilab.yaml' },
  example: { name: 'calico-vs-cilium', file: 'labs/calico-vs-cilium.cnilab.yaml' },
}

/** Reads templates from the app's resources folder. */
export function templateReader(
  resources: string,
): (template: DocumentTemplate) => Promise<{ readonly name: string; readonly text: string }> {
  return async (template) => {
    const { name, file } = templates[template]
    return { name, text: await readFile(path.join(resources, file), 'utf8') }
  }
}
