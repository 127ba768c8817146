import type { App } from 'electron'

import type { DocumentDialogs } from '#main/documents/document-dialogs'
import type { DocumentSession } from '#main/documents/document-session'
import { exportFile } from '#main/documents/export-file'
import type { RecentDocuments } from '#main/documents/recent-documents'
import type { captureCalls } from '#shared/contract/capture'
import type { clusterExportCalls } from '#shared/contract/cluster-export'
import type { comparisonCalls } from '#shared/contract/comparison'
import type { controlPlaneCalls } from '#shared/contract/control-plane'
import type { LabHandlers } from '#shared/contract/lab-api'
import type { reachCalls } from '#shared/contract/reach'
import type { runCalls } from '#shared/contract/run-messages'
import type { traceCalls } from '#shared/contract/trace'

import { printPdf } from './pictures'
import type { SettingsStore } from './settings'

/** The services behind the contract. */
export interface LabServices {
  readonly app: Pick<App, 'getName' | 'getVersion'>
  readonly settings: SettingsStore
  readonly session: DocumentSession
  readonly recent: RecentDocuments
  readonly dialogs: DocumentDialogs
  /** The file that this start of the app was asked to open. */
  readonly requested: string | null
  readonly closeWindow: (unsaved: string | null) => Promise<boolean>
}

/** Answers each call about the app and its document from the service that owns it. */
export function labHandlers(services: LabServices): Omit<LabHandlers, keyof typeof clusterExportCalls | keyof typeof runCalls | keyof typeof comparisonCalls | keyof typeof traceCalls | keyof typeof reachCalls | keyof typeof controlPlaneCalls | keyof typeof captureCalls> {
  const { app, settings, session, recent, dialogs, requested, closeWindow } = services
  return {
    getAppInfo: () => ({
      name: app.getName(),
      version: app.getVersion(),
      electron: process.versions.electron,
      chrome: process.versions.chrome,
      node: process.versions.node,
      platform: process.platform,
    }),
    getSettings: () => settings.current,
    changeSettings: (changes) => settings.change(changes),

    // After a page has crashed and was loaded again, its lab is the one to show.
    getStartDocument: () => session.start(session.state.path ?? requested),
    newDocument: ({ from, unsaved }) => session.create(from, unsaved),
    newDocumentFrom: ({ name, text, unsaved }) => session.createFrom(name, text, unsaved),
    openDocument: ({ unsaved }) => session.open(unsaved),
    openDocumentAt: ({ path, unsaved }) => session.openAt(path, unsaved),
    saveDocument: ({ text, as }) => session.save(text, as),
    listRecentDocuments: () => recent.list(),
    clearRecentDocuments: async () => {
      await recent.clear()
      return null
    },

    setDocumentEdited: async ({ edited }) => {
      await session.setEdited(edited)
      return null
    },
    keepDraft: async ({ text }) => {
      await session.keepDraft(text)
      return null
    },
    closeWindow: ({ unsaved }) => closeWindow(unsaved),
    exportFile: (file) => exportFile(file, dialogs),
    exportPdf: async ({ suggestedName, ...drawing }) =>
      exportFile({ suggestedName, kind: 'pdf', bytes: await printPdf(drawing) }, dialogs),
  }
}
