import path from 'node:path'

import { makeFolder } from '#main/documents/make-folder'
import { writeAtomically } from '#main/documents/write-atomically'
import { CallRefused } from '#shared/contract/call-refused'
import type { ClusterFile, ClusterFiles, ClusterOrder } from '#shared/contract/cluster-export'
import { labErrorsText, unknownVariantsText, validLab, type ManifestFiles } from '#shared/lab/index'

import { exportLab } from './export-lab'

/**
 * The files of a target for a lab by its text; `manifests` are the texts of the manifest files that it names. Refuses with
 * `lab.invalid` and `export.unknown-variant`.
 */
export function clusterFiles({ text, target, variant }: ClusterOrder, manifests: ManifestFiles): ClusterFiles {
  const read = validLab(text, manifests)
  if ('problems' in read) throw new CallRefused('lab.invalid', labErrorsText(read.problems, 'no files can be made of it'), read.problems)
  const { lab } = read
  const variants = lab.variants.filter(({ name }) => variant === undefined || name === variant)
  if (variant !== undefined && variants.length === 0) {
    throw new CallRefused('export.unknown-variant', unknownVariantsText([variant], lab))
  }
  return exportLab(lab, variants, target)
}

/** Writes files below a folder, which is made where it is not there. Rejects with the file system's error. */
export async function writeFiles(folder: string, files: readonly ClusterFile[]): Promise<void> {
  for (const file of files) {
    const target = path.join(folder, file.path)
    await makeFolder(path.dirname(target))
    await writeAtomically(target, file.text)
  }
}
