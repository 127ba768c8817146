import path from 'node:path'

import { makeFolder } from '#main/documents/make-folder'
import { writeAtomically } from '#main/documents/write-atomically'
import { invalidLab, valueOf } from '#main/pool/lab-answer'
import { CallRefused } from '#shared/contract/call-refused'
import type { ClusterFile, ClusterFiles, ClusterOrder } from '#shared/contract/cluster-export'
import { hasErrors, isManifestFile, parseLab, quickLab, type Lab, type ManifestFiles } from '#shared/lab/index'

import { exportLab } from './export-lab'

/**
 * The files of a target for a lab by its text; `manifests` are the texts of the manifest files that it names. Refuses with
 * `lab.invalid`, `export.unknown-variant` and `export.manifest-missing`.
 */
export function clusterFiles({ text, target, variant }: ClusterOrder, manifests: ManifestFiles): ClusterFiles {
  const lab = quickLab(text, manifests) ?? parsedLab(text, manifests)
  const missing = lab.cluster.manifests.filter(isManifestFile).find(({ file }) => !manifests.has(file))
  if (missing !== undefined) throw new CallRefused('export.manifest-missing', `The manifest file ${missing.file} can't be read.`)
  const variants = lab.variants.filter(({ name }) => variant === undefined || name === variant)
  if (variant !== undefined && variants.length === 0) {
    throw new CallRefused('export.unknown-variant', `The lab has no variant ${JSON.stringify(variant)}.`)
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

function parsedLab(text: string, manifests: ManifestFiles): Lab {
  const { lab, problems } = parseLab(text, manifests)
  if (lab === undefined || hasErrors(problems)) return valueOf({ ok: false, refusal: invalidLab(problems, 'no files can be made of it') })
  return lab
}
