import { z } from 'zod'

import type { Client, Handlers } from './call'
import { result } from './call'
import type { AppInfo, Settings } from './app'
import { themes } from './app'
import { captureCalls } from './capture'
import { clusterExportCalls } from './cluster-export'
import { comparisonCalls } from './comparison'
import { controlPlaneCalls } from './control-plane'
import type { OpenedDocument, RecentDocument, SavedDocument } from './document'
import { exportKinds, maximumDocumentLength, maximumExportBytes } from './document'
import type { MenuCommand } from './menu'
import type { QuestionEvents } from './question-progress'
import type { RunEvents } from './run-messages'
import { reachCalls } from './reach'
import { runCalls } from './run-messages'
import { traceCalls } from './trace'

const nothing = z.undefined()
const documentText = z.string().max(maximumDocumentLength)
const fileName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\\/:*?"<>|\p{Cc}]+$/u, 'a file name, without folders')
const path = z.string().min(1).max(4096)

/** The text of the open document if it has changes that are not saved, else null. */
const unsaved = documentText.nullable()

/**
 * The border between the window and the main process: name → [schema of the parameter, result].
 *
 * A verb that would replace or close the open document takes `unsaved`; main then asks the user what to do with it
 * (save, discard, cancel) before anything else happens. Results are null where the user cancelled.
 */
export const labCalls = {
  /** Versions and platform, for the about panel and for reports. */
  getAppInfo: [nothing, result<AppInfo>()],
  getSettings: [nothing, result<Settings>()],
  /** Changes the settings given, keeps the others; comes to all of them. Error code: `settings.unwritable`, where they hold only until the end. */
  changeSettings: [z.strictObject({ theme: z.enum(themes).optional() }), result<Settings>()],

  /** What to show at start: a recovered draft, the file the app was started with, or the example. Ask once. */
  getStartDocument: [nothing, result<OpenedDocument>()],
  newDocument: [z.strictObject({ from: z.enum(['empty', 'example']), unsaved }), result<OpenedDocument | null>()],
  /** A new lab of a text made in the window, unsaved. Error code: `document.invalid`. */
  newDocumentFrom: [
    z.strictObject({ name: z.string().min(1).max(200), text: documentText, unsaved }),
    result<OpenedDocument | null>(),
  ],
  /** Lets the user choose a file. Error codes: `document.unreadable`, `document.too-large`, `document.invalid`. */
  openDocument: [z.strictObject({ unsaved }), result<OpenedDocument | null>()],
  /** Opens a recent or dropped file. Same errors as `openDocument`. */
  openDocumentAt: [z.strictObject({ path, unsaved }), result<OpenedDocument | null>()],
  /** Writes where the document came from; asks for a place when it has none or `as` is set. `document.unwritable`. */
  saveDocument: [z.strictObject({ text: documentText, as: z.boolean() }), result<SavedDocument | null>()],
  listRecentDocuments: [nothing, result<readonly RecentDocument[]>()],
  /** Error code: `recent.unwritable`. */
  clearRecentDocuments: [nothing, result<null>()],

  /** Says at once whether there are unsaved changes: the window's mark, and whether closing asks. */
  setDocumentEdited: [z.strictObject({ edited: z.boolean() }), result<null>()],
  /** Keeps unsaved text where a crash can't lose it. Call it a moment after edits; saving removes the draft. Error code: `draft.unwritable`. */
  keepDraft: [z.strictObject({ text: documentText }), result<null>()],
  /** The answer to the event `closeRequested`; false where the user chose to stay. */
  closeWindow: [z.strictObject({ unsaved }), result<boolean>()],

  /** Writes a file made in the window where the user chooses. Error code: `export.unwritable`. */
  exportFile: [
    z.strictObject({
      suggestedName: fileName,
      kind: z.enum(exportKinds),
      bytes: z.instanceof(Uint8Array).refine((bytes) => bytes.byteLength <= maximumExportBytes, 'too many bytes'),
    }),
    result<SavedDocument | null>(),
  ],

  /** Writes a drawing as a PDF of one page where the user chooses. Error codes: `export.unwritable`, `export.unprintable`. */
  exportPdf: [
    z.strictObject({
      suggestedName: fileName,
      svg: z.string().max(maximumExportBytes),
      width: z.number().min(1).max(100_000),
      height: z.number().min(1).max(100_000),
    }),
    result<SavedDocument | null>(),
  ],

  ...clusterExportCalls,
  ...runCalls,
  ...comparisonCalls,
  ...traceCalls,
  ...captureCalls,
  ...reachCalls,
  ...controlPlaneCalls,
} as const

/** What main tells the window, unasked: name → payload. */
export interface LabEvents extends RunEvents, QuestionEvents {
  /** A menu item or its accelerator. */
  readonly menuCommand: MenuCommand
  readonly settingsChanged: Settings
  /** The user closes a window with unsaved changes; answer with `closeWindow`. */
  readonly closeRequested: null
  /** A second start of the app, or the system, asks for this file; answer with `openDocumentAt`. */
  readonly openRequested: { readonly path: string }
}

export type LabCalls = typeof labCalls
export type LabCallName = keyof LabCalls
export type LabEventName = keyof LabEvents

/** What main implements. */
export type LabHandlers = Handlers<LabCalls>

/** Stops a subscription; calling it again does nothing. */
export type Unsubscribe = () => void

/** `window.lab`: a function per call, one subscription function for events, and the path of a dropped file. */
export interface LabBridge extends Client<LabCalls> {
  on<Name extends LabEventName>(name: Name, listener: (payload: LabEvents[Name]) => void): Unsubscribe
  /** The path of a file dropped on the window; empty when it is not a file on disk. */
  pathOfFile(file: DroppedFile): string
}

/** The part of a DOM `File` that this file, which knows no DOM, can name. */
export interface DroppedFile {
  readonly name: string
  readonly size: number
  readonly lastModified: number
}
