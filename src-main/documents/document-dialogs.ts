import type { ExportKind } from '#shared/contract/document'

/** What a user can answer when unsaved changes would be lost. */
export type UnsavedChoice = 'save' | 'discard' | 'cancel'

/**
 * Why a file is not replaced unasked: somebody else changed it since it was opened, or it was there under the name that the
 * chosen one has with its extension, which the dialog for files did not ask about.
 */
export type OverwriteReason = 'changed' | 'exists'

/** The questions that documents put to the user; the app asks them in windows, tests answer them at once. */
export interface DocumentDialogs {
  /** Which file to open; null: none. */
  chooseFileToOpen(): Promise<string | null>
  /** Where to save the lab called `name`; null: nowhere. */
  chooseFileToSave(name: string, current: string | null): Promise<string | null>
  /** Where to write an exported file; null: nowhere. */
  chooseFileToExport(suggestedName: string, kind: ExportKind): Promise<string | null>
  /** Which folder to write exported files to; null: none. */
  chooseFolderToExport(): Promise<string | null>
  /** What to do with changes to the lab called `name`. */
  askAboutUnsaved(name: string): Promise<UnsavedChoice>
  /** Whether to replace a file, and why that is a question. */
  askToOverwrite(name: string, because: OverwriteReason): Promise<boolean>
  /** Whether to replace files of a folder by exported ones. */
  askToReplace(folder: string, files: readonly string[]): Promise<boolean>
  /** Whether to go on with the draft a crash left behind. */
  askToRecover(name: string, keptAt: Date): Promise<boolean>
  /** Tells of a failure that no call can answer. */
  showFailure(message: string): Promise<void>
}
