import { z } from 'zod'

import { result } from './call'
import { maximumDocumentLength } from './document'

/** What files of a lab can be made for. */
export const EXPORT_TARGETS = ['kind', 'helm', 'calico', 'containerlab', 'manifests'] as const

/** One of them. */
export type ExportTarget = (typeof EXPORT_TARGETS)[number]

/** A lab's text, who is to read the files, and the variant that they are about; all variants unless given. */
const clusterOrder = z.strictObject({
  text: z.string().max(maximumDocumentLength),
  target: z.enum(EXPORT_TARGETS),
  variant: z.string().min(1).max(253).optional(),
})

/** What files are to be made of a lab. */
export type ClusterOrder = z.infer<typeof clusterOrder>

/** The verbs about files for real clusters, as entries of the contract. */
export const clusterExportCalls = {
  /** The files, to be looked at. Error codes: `lab.invalid` with `problems`, `export.unknown-variant`. */
  makeClusterFiles: [clusterOrder, result<ClusterFiles>()],
  /** Writes them where the user chooses: one as a file, several into a folder. The same errors, and `export.nothing`, `export.unwritable`. */
  saveClusterFiles: [clusterOrder, result<SavedClusterFiles | null>()],
} as const

/** Files that real tools take, and what they do not say. */
export interface ClusterFiles {
  readonly files: readonly ClusterFile[]
  readonly warnings: readonly ExportWarning[]
}

/** A file that was made. */
export interface ClusterFile {
  /** Its path below the folder of all. */
  readonly path: string
  readonly text: string
}

/**
 * Why a file says less than the lab, or something else:
 * - `not-exported`: no such file has a place for it;
 * - `in-other-file`: the files of another target have it;
 * - `approximated`: it is there, and means something a little different.
 */
export type ExportWarningCode = 'not-exported' | 'in-other-file' | 'approximated'

/** Something of a lab that files do not say as it is. */
export interface ExportWarning {
  readonly code: ExportWarningCode
  /** Where in the lab: `spec.nodes[0].asn`. */
  readonly path: string
  readonly message: string
}

/** Where files were written. */
export interface SavedClusterFiles {
  /** The file, or the folder of all. */
  readonly path: string
  readonly files: number
}
