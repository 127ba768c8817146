import path from 'node:path'

import type { BrowserWindow } from 'electron'
import { dialog } from 'electron'

import type { DocumentDialogs, OverwriteReason, UnsavedChoice } from '#main/documents/document-dialogs'
import { documentExtension } from '#main/documents/document-name'
import type { ExportKind } from '#shared/contract/document'

const labFilter = { name: 'CNI Lab', extensions: ['yaml', 'yml'] }
const openFilters = [{ name: 'Labs, and pictures with a lab inside', extensions: ['yaml', 'yml', 'png', 'svg'] }]

const exportFilters: Readonly<Record<ExportKind, string>> = {
  png: 'PNG picture',
  svg: 'SVG picture',
  pdf: 'PDF document',
  csv: 'CSV table',
  yaml: 'YAML',
  pcapng: 'PCAPNG capture',
}

/** More would not fit into a message box. */
const MOST_FILES_NAMED = 10

const overwriteDetails: Readonly<Record<OverwriteReason, string>> = {
  changed: 'Another program changed the file since it was opened here. Saving replaces those changes.',
  exists: 'A file of this name is there already. Saving replaces what it holds.',
}

/** The questions of documents, asked in dialogs that belong to `window`; `folder` is where the first one starts. */
export function windowDialogs(window: BrowserWindow, folder: string): DocumentDialogs {
  const ask = async (message: string, detail: string, buttons: string[]): Promise<number> => {
    const cancelId = buttons.length - 1
    const options = { type: 'question', message, detail, buttons, defaultId: 0, cancelId, noLink: true } as const
    return (await dialog.showMessageBox(window, options)).response
  }
  const saveAt = async (defaultPath: string, filter: { name: string; extensions: string[] }): Promise<string | null> => {
    // Linux asks about files that are there only when told to.
    const properties = ['showOverwriteConfirmation' as const]
    const { canceled, filePath } = await dialog.showSaveDialog(window, { defaultPath, filters: [filter], properties })
    return canceled || filePath === '' ? null : filePath
  }
  return {
    async chooseFileToOpen() {
      const { filePaths } = await dialog.showOpenDialog(window, { filters: openFilters, properties: ['openFile'] })
      return filePaths[0] ?? null
    },
    chooseFileToSave: (name, current) => saveAt(current ?? path.join(folder, name + documentExtension), labFilter),
    chooseFileToExport: (suggestedName, kind) =>
      saveAt(path.join(folder, suggestedName), { name: exportFilters[kind], extensions: [kind] }),
    async chooseFolderToExport() {
      const { filePaths } = await dialog.showOpenDialog(window, { defaultPath: folder, properties: ['openDirectory', 'createDirectory'] })
      return filePaths[0] ?? null
    },
    async askAboutUnsaved(name) {
      const choices: readonly UnsavedChoice[] = ['save', 'discard', 'cancel']
      const detail = 'Changes that are not saved will be lost.'
      const chosen = await ask(`Save the changes to “${name}”?`, detail, ['Save', 'Don’t Save', 'Cancel'])
      return choices[chosen] ?? 'cancel'
    },
    async askToOverwrite(name, because) {
      const detail = overwriteDetails[because]
      return (await ask(`Replace “${name}” on disk?`, detail, ['Replace', 'Cancel'])) === 0
    },
    async askToReplace(into, files) {
      const message = files.length === 1 ? `Replace a file in “${into}”?` : `Replace ${files.length} files in “${into}”?`
      const detail = [...files.slice(0, MOST_FILES_NAMED), ...(files.length > MOST_FILES_NAMED ? ['…'] : [])].join('\n')
      return (await ask(message, detail, ['Replace', 'Cancel'])) === 0
    },
    async askToRecover(name, keptAt) {
      const detail = `They were kept on ${keptAt.toLocaleString()}, before the app ended unexpectedly.`
      return (await ask(`Recover unsaved changes to “${name}”?`, detail, ['Recover', 'Discard'])) === 0
    },
    async showFailure(message) {
      await dialog.showMessageBox(window, { type: 'error', message: 'The lab can’t be opened.', detail: message })
    },
  }
}
