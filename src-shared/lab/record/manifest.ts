import { z } from '../schema-library'

/** A Kubernetes, Calico or Cilium object, as its API has it. */
export interface ManifestObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown }
  readonly [key: string]: unknown
}

/** A file of such objects, by its path inside the lab's folder. */
export interface ManifestFile {
  readonly file: string
}

/** An object given inline, or a file of them. */
export type Manifest = ManifestObject | ManifestFile

const manifestFileSchema = z.strictObject({ file: z.string().min(1) })

const manifestObjectSchema = z.looseObject({
  apiVersion: z.string().min(1),
  kind: z.string().min(1),
  metadata: z.looseObject({ name: z.string().min(1), namespace: z.string().optional() }),
})

/** Whether a manifest is a file. */
export function isManifestFile(manifest: Manifest): manifest is ManifestFile {
  return !('kind' in manifest)
}

/** The schema of a manifest: with the key `file` a file, else an object. */
export const manifestSchema = z.union([manifestFileSchema, manifestObjectSchema])
