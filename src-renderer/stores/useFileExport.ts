import { labBridge } from '#renderer/bridge/lab-bridge'
import { useToasts } from '#renderer/composables/useToasts'
import type { Answer } from '#shared/contract/call'
import type { ExportKind, SavedDocument } from '#shared/contract/document'

import type { DrawnPicture } from './canvas'

/** A file made in the window. */
export interface ExportedFile {
  /** Without folders; characters that file systems refuse are replaced. */
  readonly suggestedName: string
  readonly kind: ExportKind
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** A drawing that becomes a PDF of one page. */
export type ExportedPdf = { readonly suggestedName: string } & DrawnPicture

/** What `useFileExport` gives: both ask for a place, say what came of it, and answer whether a file was written. */
export interface FileExport {
  readonly save: (file: ExportedFile) => Promise<boolean>
  readonly savePdf: (drawing: ExportedPdf) => Promise<boolean>
}

/** Writes files made in the window where the user chooses. */
export function useFileExport(): FileExport {
  const toasts = useToasts()

  function save({ suggestedName, kind, bytes }: ExportedFile): Promise<boolean> {
    return settle(labBridge().exportFile({ suggestedName: withoutFolders(suggestedName), kind, bytes }))
  }

  function savePdf({ suggestedName, svg, width, height }: ExportedPdf): Promise<boolean> {
    return settle(labBridge().exportPdf({ suggestedName: withoutFolders(suggestedName), svg, width, height }))
  }

  async function settle(saving: Promise<Answer<SavedDocument | null>>): Promise<boolean> {
    const answer = await saving
    if (!answer.ok) toasts.show({ text: answer.error.message, tone: 'error' })
    else if (answer.value !== null) toasts.show({ text: `Saved ${answer.value.name}` })
    return answer.ok && answer.value !== null
  }

  return { save, savePdf }
}

/** A name that every file system takes. */
function withoutFolders(name: string): string {
  return name.replaceAll(/[\\/:*?"<>|\p{Cc}]/gu, '-')
}
