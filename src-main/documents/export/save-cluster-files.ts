import path from 'node:path'

import type { DocumentDialogs } from '#main/documents/document-dialogs'
import { exportFile } from '#main/documents/export-file'
import { reasonOf } from '#main/documents/system-error'
import { isThere } from '#main/documents/settled-place'
import { CallRefused } from '#shared/contract/call-refused'
import type { ClusterFile, SavedClusterFiles } from '#shared/contract/cluster-export'

import { writeFiles } from './cluster-files'

/** The questions of an export. */
export type ExportDialogs = Pick<DocumentDialogs, 'chooseFileToExport' | 'chooseFolderToExport' | 'askToOverwrite' | 'askToReplace'>

/**
 * Writes files where the user chooses: one as a file, several into a folder; null if cancelled. Refuses with
 * `export.nothing` where there are none, and with `export.unwritable`.
 */
export async function saveClusterFiles(files: readonly ClusterFile[], dialogs: ExportDialogs): Promise<SavedClusterFiles | null> {
  const [first, ...others] = files
  if (first === undefined) throw new CallRefused('export.nothing', 'There is nothing to export.')
  if (others.length > 0) return saveAll(files, dialogs)
  const bytes = new TextEncoder().encode(first.text)
  const saved = await exportFile({ suggestedName: path.basename(first.path), kind: 'yaml', bytes }, dialogs)
  return saved && { path: saved.path, files: 1 }
}

async function saveAll(files: readonly ClusterFile[], dialogs: ExportDialogs): Promise<SavedClusterFiles | null> {
  const folder = await dialogs.chooseFolderToExport()
  if (folder === null) return null
  const present: string[] = []
  for (const file of files) if (await isThere(path.join(folder, file.path))) present.push(file.path)
  if (present.length > 0 && !(await dialogs.askToReplace(path.basename(folder), present))) return null
  await writeFiles(folder, files).catch((error: unknown) => {
    throw new CallRefused('export.unwritable', `The files can't be written to ${path.basename(folder)}: ${reasonOf(error)}.`)
  })
  return { path: folder, files: files.length }
}
