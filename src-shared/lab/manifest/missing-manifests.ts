import type { Finding } from '../problem'
import type { Lab } from '../record/lab'
import { isManifestFile } from '../record/manifest'
import type { ManifestFiles } from './expand'

/** Manifest files that a lab names and that nobody could read: what is in them would be missing from every answer. */
export function missingManifests({ cluster }: Lab, files?: ManifestFiles): Finding[] {
  return cluster.manifests.flatMap((manifest, index): Finding[] => {
    if (!isManifestFile(manifest) || files?.has(manifest.file) === true) return []
    const path = ['spec', 'cluster', 'manifests', index, 'file']
    return [{ code: 'unreadable', path, message: `The manifest file ${JSON.stringify(manifest.file)} can't be read.` }]
  })
}
