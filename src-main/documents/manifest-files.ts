import path from 'node:path'

import { parseLab, type ManifestFiles } from '#shared/lab/index'

import { readDocument } from './read-document'

/** Whether a lab's text may name manifest files at all: reading a lab twice takes time. */
const mayNameFiles = /\bfile['"]?\s*:/u

/**
 * The texts of the manifest files that a lab names, by the path it names them by. Those that lead outside the lab's folder
 * or can't be read are left out: whoever builds plans says so.
 */
export async function readManifestFiles(labFile: string, text: string): Promise<ManifestFiles> {
  const texts = new Map<string, string>()
  if (!mayNameFiles.test(text)) return texts
  const folder = path.dirname(path.resolve(labFile))
  for (const name of manifestFileNames(text)) {
    const file = path.resolve(folder, name)
    if (!file.startsWith(folder + path.sep)) continue
    try {
      texts.set(name, (await readDocument(file)).text)
    } catch {
      // Said with its place in the lab by whoever misses it.
    }
  }
  return texts
}

function manifestFileNames(text: string): string[] {
  const content = parseLab(text).document?.value as
    { readonly spec?: { readonly cluster?: { readonly manifests?: unknown } } | null } | null | undefined
  const manifests = content?.spec?.cluster?.manifests
  if (!Array.isArray(manifests)) return []
  return manifests.flatMap((manifest: unknown) => {
    const file = typeof manifest === 'object' && manifest !== null && 'file' in manifest ? manifest.file : undefined
    return typeof file === 'string' ? [file] : []
  })
}
