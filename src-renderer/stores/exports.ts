import { defineStore } from 'pinia'

import { labBridge } from '#renderer/bridge/lab-bridge'
import type { Answer } from '#shared/contract/call'
import type { ExportKind, SavedDocument } from '#shared/contract/document'

import type { DrawnPicture } from './canvas'

/** A name that every file system takes. */
function withoutFolders(name: string): string {
  return name.replaceAll(/[\\/:*?"<>|\p{Cc}]/gu, '-')
}

/** A file made in the window. */
export interface ExportedFile {
  /** Without folders; characters that file systems refuse are replaced. */
  readonly suggestedName: string
  readonly kind: ExportKind
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Writes files made in the window where the user chooses. */
export const useExportsStore = defineStore('exports', () => {
  /** Asks for a place and writes; null where the user cancelled. */
  function save({ suggestedName, kind, bytes }: ExportedFile): Promise<Answer<SavedDocument | null>> {
    return labBridge().exportFile({ suggestedName: withoutFolders(suggestedName), kind, bytes })
  }
  /** Asks for a place and writes a drawing there as a PDF of one page. */
  function savePdf({ suggestedName, svg, width, height }: { readonly suggestedName: string } & DrawnPicture): Promise<Answer<SavedDocument | null>> {
    return labBridge().exportPdf({ suggestedName: withoutFolders(suggestedName), svg, width, height })
  }

  return { save, savePdf }
})
