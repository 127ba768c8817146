import path from 'node:path'

import { CallRefused } from '#shared/contract/call-refused'
import type { ExportKind, SavedDocument } from '#shared/contract/document'

import type { DocumentDialogs } from './document-dialogs'
import { settledPlace } from './settled-place'
import { reasonOf } from './system-error'
import { writeAtomically } from './write-atomically'

/** A file made in the window: a chart, its figures, a picture of the canvas. */
export interface ExportedFile {
  readonly suggestedName: string
  readonly kind: ExportKind
  readonly bytes: Uint8Array
}

/** Writes a file where the user chooses; null if cancelled. Refuses with `export.unwritable`. */
export async function exportFile(
  file: ExportedFile,
  dialogs: Pick<DocumentDialogs, 'chooseFileToExport' | 'askToOverwrite'>,
): Promise<SavedDocument | null> {
  const chosen = await dialogs.chooseFileToExport(file.suggestedName, file.kind)
  if (chosen === null) return null
  const target = await settledPlace(chosen, path.extname(chosen) === '' ? `${chosen}.${file.kind}` : chosen, dialogs)
  if (target === null) return null
  await writeAtomically(target, file.bytes).catch((error: unknown) => {
    throw new CallRefused('export.unwritable', `${path.basename(target)} can't be written: ${reasonOf(error)}.`)
  })
  return { path: target, name: path.basename(target) }
}
