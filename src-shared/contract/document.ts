import type { Problem } from '../lab/problem'

/** Longest lab text that is read, kept or saved, in UTF-16 units. A lab of 5 000 nodes takes about 2 million. */
export const maximumDocumentLength = 16 * 1024 * 1024

/** Largest file the window may hand over for export, in bytes. */
export const maximumExportBytes = 64 * 1024 * 1024

/** Kinds of file the window exports; the kind is the file's extension too. */
export const exportKinds = ['png', 'svg', 'pdf', 'csv', 'yaml', 'pcapng'] as const

export type ExportKind = (typeof exportKinds)[number]

/** A lab as main hands it to the window. */
export interface OpenedDocument {
  /** Where it is kept, or null while it has no file. */
  readonly path: string | null
  /** For titles: the file's name without `.cnilab.yaml`, or "Untitled". */
  readonly name: string
  readonly text: string
  /** True for a recovered draft: `text` is newer than the file. */
  readonly edited: boolean
  /** What is wrong or doubtful in it; a lab that can be shown may still have errors that keep it from running. */
  readonly problems: readonly Problem[]
}

/** Where a file was written. */
export interface SavedDocument {
  readonly path: string
  readonly name: string
}

/** A file opened or saved before, newest first. */
export interface RecentDocument {
  readonly path: string
  readonly name: string
}
