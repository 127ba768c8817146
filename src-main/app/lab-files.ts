import { readManifestFiles } from '#main/documents/manifest-files'
import type { ManifestFiles } from '#shared/lab/index'

/** Where the open document's file is; null before it is saved. */
export type LabFile = () => string | null

/** Texts of the manifest files that the open document's text names, which lie next to its file; nothing before it is saved. */
export async function manifestsBeside(labFile: LabFile, text: string): Promise<{ readonly files?: ManifestFiles }> {
  const file = labFile()
  return file === null ? {} : { files: await readManifestFiles(file, text) }
}
